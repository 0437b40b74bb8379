// The checks that are not tests: formatting, lints, types.

import { wasmTarget } from './needs.mjs';
import { run, script } from './run.mjs';

/** @typedef {{ title: string, command: string, args: string[] }} Check */

const warnings = ['--', '-D', 'warnings'];

/** How the sources are written. @type {Check[]} */
export const formats = [
  {
    title: 'prettier',
    command: process.execPath,
    args: [script('prettier'), '--check', '--log-level', 'warn', '.'],
  },
  { title: 'rustfmt', command: 'cargo', args: ['fmt', '--all', '--check'] },
];

/** What the compiler remarks. @type {Check[]} */
export const lints = [
  {
    title: 'clippy, native',
    command: 'cargo',
    args: ['clippy', '--workspace', '--all-targets', ...warnings],
  },
  {
    title: 'clippy, wasm',
    command: 'cargo',
    args: ['clippy', '--lib', '--target', wasmTarget, ...warnings],
  },
];

/** Needs the WebAssembly package, whose types it reads. @type {Check} */
export const types = {
  title: 'tsc',
  command: process.execPath,
  args: [script('typescript', 'tsc'), '--noEmit'],
};

/**
 * @param {Check} check
 * @returns {Promise<boolean>}
 */
export async function passes({ title, command, args }) {
  console.log(`\n── ${title}`);
  const { code } = await run(command, args);
  if (code === 0) console.log('ok');
  return code === 0;
}
