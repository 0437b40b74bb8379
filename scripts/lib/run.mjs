// Running other programs, and ending with one sentence instead of a stack trace.
// Nothing here needs an installed package.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const windows = process.platform === 'win32';

/** Something a person can act on: its message is all that is printed. */
export class Stop extends Error {}

/** @param {string} text */
export function say(text) {
  console.log(text);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, capture?: 'stdout' | 'copy' | 'all' }} [options] `stdout` keeps what the
 *   program prints for the caller, `copy` shows it as well, `all` keeps errors with it
 * @returns {Promise<{ code: number, stdout: string }>}
 */
export function run(command, args, { env = {}, capture } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', capture ? 'pipe' : 'inherit', capture === 'all' ? 'pipe' : 'inherit'],
    });
    /** @type {Buffer[]} */
    const chunks = [];
    const hear = (/** @type {Buffer} */ chunk) => {
      chunks.push(chunk);
      if (capture === 'copy') process.stdout.write(chunk);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/**
 * Runs a program that has to succeed.
 *
 * @param {string} what the sentence to end with if it does not
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, capture?: 'stdout' | 'copy' }} [options]
 */
export async function must(what, command, args, options) {
  const { code, stdout } = await run(command, args, options);
  if (code !== 0) throw new Stop(what);
  return stdout;
}

/**
 * What a short command prints, or nothing if it cannot be run.
 *
 * @param {string} command
 * @param {string[]} args
 */
export function ask(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * How to run the program of an installed npm package, on every system alike.
 *
 * @param {string} name
 * @param {string} [program]
 */
export function script(name, program = name) {
  const folder = path.join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bin === 'string' ? bin : bin[program]);
}

/**
 * Runs the body of a script and turns its end into an exit code.
 *
 * @param {() => Promise<void>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Stop ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}

/** @param {string} name a path as seen from the project's root */
export function here(name) {
  return path.resolve(root, name);
}

/** @param {string} file */
export function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
