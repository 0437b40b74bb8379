// What the project needs on a machine: installed where that is possible, else named in one sentence
// with the command that installs it. Nothing here needs an installed package.

import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { ask, here, must, readJson, say, Stop, windows } from './run.mjs';

export const wasmTarget = 'wasm32-unknown-unknown';

/** @param {string} version */
function numbers(version) {
  return version.split('.').map(Number);
}

/**
 * @param {string} version
 * @param {string} least
 */
export function atLeast(version, least) {
  const [have, want] = [numbers(version), numbers(least)];
  for (const [place, number] of want.entries()) {
    if ((have[place] ?? 0) !== number) return (have[place] ?? 0) > number;
  }
  return true;
}

/** The Node versions that Vite runs on. */
export function needNode(version = process.versions.node) {
  const fine = version.startsWith('20.')
    ? atLeast(version, '20.19')
    : version.startsWith('22.')
      ? atLeast(version, '22.12')
      : atLeast(version, '23');
  if (!fine) {
    throw new Stop(
      `Node.js 20.19 or newer, 22.12 or newer, or any later release is needed and this is ${version}: ` +
        'install one from https://nodejs.org (with nvm: nvm install 22).',
    );
  }
}

/**
 * Whether everything that package-lock.json asks for stands in node_modules, by npm's own record of
 * what it installed there. Optional packages are for other systems and may be absent.
 *
 * @param {Record<string, { version?: string, optional?: boolean }>} wanted
 * @param {Record<string, { version?: string }>} installed
 */
export function complete(wanted, installed) {
  return Object.entries(wanted).every(
    ([name, { version, optional }]) =>
      name === '' || (optional && !installed[name]) || installed[name]?.version === version,
  );
}

/** Installs the npm packages if they are missing or not those of package-lock.json. */
export async function needPackages() {
  const wanted = readJson(here('package-lock.json')).packages;
  const installed = readJson(here('node_modules/.package-lock.json'))?.packages;
  if (installed && complete(wanted, installed)) return;
  say('Installing npm packages …');
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const sentence = 'The npm packages could not be installed; once the registry answers: npm ci';
  if (npm?.endsWith('.js')) await must(sentence, process.execPath, [npm, ...flags]);
  else if (windows) await must(sentence, 'cmd.exe', ['/d', '/c', 'npm', ...flags]);
  else await must(sentence, 'npm', flags);
}

/**
 * Rust with the wasm target and the components named.
 *
 * @param {string[]} [components]
 */
export async function needRust(components = []) {
  if (!ask('cargo', ['--version'])) {
    // rustup changes PATH for the next login only.
    const bin = path.join(process.env.CARGO_HOME ?? path.join(os.homedir(), '.cargo'), 'bin');
    process.env.PATH = `${bin}${path.delimiter}${process.env.PATH ?? ''}`;
  }
  if (!ask('cargo', ['--version'])) {
    throw new Stop(
      windows
        ? 'Rust is needed and cargo was not found: install it with winget install Rustlang.Rustup'
        : "Rust is needed and cargo was not found: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y",
    );
  }
  const manifest = readFileSync(here('Cargo.toml'), 'utf8');
  const least = /^rust-version = "(.+)"$/m.exec(manifest)?.[1] ?? '1';
  const version = /^rustc (\d+\.\d+\.\d+)/.exec(ask('rustc', ['--version']) ?? '')?.[1] ?? '0';
  if (!atLeast(version, least)) {
    throw new Stop(`Rust ${least} or newer is needed and this is ${version}: rustup update stable`);
  }
  const library = ask('rustc', ['--print', 'target-libdir', '--target', wasmTarget]);
  if (!library || !existsSync(library)) await rustup(['target', 'add', wasmTarget]);
  for (const component of components) {
    const program = { rustfmt: 'cargo-fmt', clippy: 'cargo-clippy' }[component] ?? component;
    if (!ask(program, ['--version'])) await rustup(['component', 'add', component]);
  }
  needLinker();
}

/** @param {string[]} args */
async function rustup(args) {
  const command = `rustup ${args.join(' ')}`;
  if (!ask('rustup', ['--version'])) {
    throw new Stop(
      `This Rust was not installed by rustup and lacks something: get rustup from https://rustup.rs, then ${command}`,
    );
  }
  say(`${command} …`);
  await must(`rustup could not reach its server; once it answers: ${command}`, 'rustup', args);
}

/** Rust links its programs through the C compiler; on Windows rustup sees to that. */
function needLinker() {
  if (windows || ask('cc', ['--version'])) return;
  const command =
    process.platform === 'darwin'
      ? 'xcode-select --install'
      : existsSync('/usr/bin/apt-get')
        ? 'sudo apt-get install -y build-essential'
        : 'install gcc or clang with the package manager of this system';
  throw new Stop(`Rust needs a C compiler to link with and cc was not found: ${command}`);
}
