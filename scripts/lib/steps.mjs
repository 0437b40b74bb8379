// The steps of a build, each skipped when its inputs have not changed.

import { copyFileSync, readdirSync, renameSync, rmSync } from 'node:fs';

import { here, must, say, script, Stop } from './run.mjs';
import { done, hash, mark } from './stamp.mjs';

/**
 * Builds the command line and answers where it is: that of FACTORSCOPE_BIN, where its builder has set it.
 * @param {'release' | 'tune'} [profile] `release` for timing; else what is compiled in a third of the time
 */
export async function engine(profile = 'tune') {
  const { FACTORSCOPE_BIN } = process.env;
  if (profile === 'tune' && FACTORSCOPE_BIN) return FACTORSCOPE_BIN;
  const sentence = 'The command line could not be built: the reason stands above.';
  return program(sentence, ['build', '--profile', profile, '--bin', 'factorscope']);
}

/**
 * Compiles the Rust tests and answers where the command line is that they run.
 * @param {readonly string[]} parts which of them, as cargo names them
 */
export async function rustTests(parts) {
  const sentence = 'The Rust tests could not be built: the reason stands above.';
  return program(sentence, ['test', '--no-run', ...parts]);
}

/**
 * The command line among what cargo builds.
 * @param {string} sentence what to say if it fails
 * @param {readonly string[]} args
 * @returns {Promise<string>}
 */
async function program(sentence, args) {
  const format = ['--message-format', 'json-render-diagnostics'];
  const told = await must(sentence, 'cargo', [...args, ...format], { capture: 'stdout' });
  for (const line of told.split('\n').filter((text) => text.startsWith('{'))) {
    const { executable, profile, target } = JSON.parse(line);
    if (target?.name === 'factorscope' && executable && !profile.test) return executable;
  }
  throw new Stop('cargo built no program named factorscope.');
}

/**
 * Builds the WebAssembly package in pkg/. With FACTORSCOPE_QUICK set it is compiled in a fraction of the
 * time, larger and slower but with the same bits: for looking at a change, never for timing.
 */
export async function wasm() {
  const quick = Boolean(process.env.FACTORSCOPE_QUICK);
  const job = {
    stamp: 'pkg/.stamp',
    value: hash([
      ...['src', 'xtask', 'Cargo.toml', 'Cargo.lock', '.cargo', 'scripts/lib/steps.mjs'],
      'package-lock.json',
    ]).concat(quick ? ' quick' : ''),
    results: ['pkg/factorscope.js', 'pkg/factorscope_bg.wasm'],
  };
  if (done(job)) return;
  say('Building the WebAssembly package …');
  const sentence = 'The WebAssembly package could not be built: the reason stands above.';
  const fresh = here('pkg/.new');
  rmSync(fresh, { recursive: true, force: true });
  const task = ['run', '--package', 'xtask', '--profile', 'xtask', '--', 'wasm', fresh];
  await must(sentence, 'cargo', quick ? [...task, 'tune'] : task);
  if (!quick) await shrink(`${fresh}/factorscope_bg.wasm`, sentence);
  // In place, file by file: a server that watches pkg/ never sees it empty.
  for (const file of readdirSync(fresh)) copyFileSync(`${fresh}/${file}`, here(`pkg/${file}`));
  rmSync(fresh, { recursive: true });
  mark(job);
}

/**
 * Optimizes a WebAssembly module once more, in place.
 * @param {string} module
 * @param {string} sentence what to say if that fails
 */
async function shrink(module, sentence) {
  const small = `${module}.small`;
  const features = [
    'simd',
    'bulk-memory',
    'sign-ext',
    'mutable-globals',
    'nontrapping-float-to-int',
  ];
  await must(sentence, process.execPath, [
    script('binaryen', 'wasm-opt'),
    ...['-O3', ...features.map((name) => `--enable-${name}`), '--enable-multivalue'],
    ...['--enable-reference-types', '--strip-producers', module, '-o', small],
  ]);
  renameSync(small, module);
}

/** Builds the static site in dist/. */
export async function site() {
  const sources = ['index.html', 'www', 'notebooks-md', 'src', 'vite.config.ts', 'tsconfig.json'];
  const job = {
    stamp: 'pkg/.site-stamp',
    value: hash([
      ...[...sources, 'pkg/.stamp', 'package-lock.json', 'Cargo.lock'],
      ...['scripts/lib/steps.mjs', 'scripts/lib/licences.mjs'],
    ]),
    results: ['dist/index.html'],
  };
  if (done(job)) return;
  say('Building the site …');
  const args = [script('vite'), 'build', '--logLevel', 'warn'];
  await must('The site could not be built: the reason stands above.', process.execPath, args);
  mark(job);
}
