// The licences of what the site hands out: the JavaScript packages in its bundles, the Rust crates in its
// WebAssembly, each with the texts that it came with.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { ask, here, readJson, Stop } from './run.mjs';

/**
 * @typedef {{ name: string, version: string, licence: string, texts: string[] }} Part
 * @typedef {{ id: string, name: string, version: string, license: string | null, manifest_path: string,
 *   targets: { kind: string[] }[] }} Crate
 * @typedef {{ id: string, deps: { pkg: string, dep_kinds: { kind: string | null }[] }[] }} Node
 * @typedef {{ packages: Crate[], resolve: { nodes: Node[] } }} Metadata
 */

/** The file that `dist/` has them in. */
export const FILE = 'licences.txt';

const IS_TEXT = /^(un)?licen[cs]e|^copying|^notice/i;

/** @param {string} folder @returns {string[]} */
function texts(folder) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && IS_TEXT.test(entry.name))
    .map(({ name }) => name);
  return names.sort().map((name) => readFileSync(path.join(folder, name), 'utf8').trim());
}

/**
 * The crates that are compiled into the engine: those it depends on at run time. What only runs while
 * compiling is not in it.
 *
 * @param {Metadata} metadata
 * @returns {Crate[]}
 */
export function compiledIn({ packages, resolve }) {
  const crates = new Map(packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  /** @type {Set<Crate>} */
  const found = new Set();
  /** @param {string} id */
  const visit = (id) => {
    const crate = crates.get(id);
    const macros = crate?.targets.some(({ kind }) => kind.includes('proc-macro'));
    if (!crate || macros || found.has(crate)) return;
    found.add(crate);
    for (const { dep_kinds: kinds, pkg } of nodes.get(id)?.deps ?? []) {
      if (kinds.some(({ kind }) => kind === null)) visit(pkg);
    }
  };
  const engine = packages.find(({ name }) => name === 'factorscope');
  if (engine) visit(engine.id);
  return [...found].filter((crate) => crate !== engine);
}

/** @returns {Part[]} */
function crates() {
  const command = ['metadata', '--format-version', '1', '--locked'];
  const told = ask('cargo', [...command, '--filter-platform', 'wasm32-unknown-unknown']);
  if (!told) throw new Stop('cargo metadata does not tell which crates the engine is made of.');
  const parts = compiledIn(JSON.parse(told)).map((crate) => ({
    name: crate.name,
    version: crate.version,
    licence: crate.license ?? 'see below',
    texts: texts(path.dirname(crate.manifest_path)),
  }));
  return [...parts, standardLibrary()];
}

/** @returns {Part} */
function standardLibrary() {
  const version = /^rustc (\S+)/.exec(ask('rustc', ['--version']) ?? '')?.[1] ?? '';
  // The project itself is under the same two licences, word for word.
  const ours = ['LICENSE-APACHE', 'LICENSE-MIT'].map((name) => readFileSync(here(name), 'utf8'));
  return {
    name: 'Rust standard library, by the Rust project developers',
    version,
    licence: 'MIT OR Apache-2.0',
    texts: ours.map((text) => text.trim()).filter((text) => text.includes('Apache License')),
  };
}

/**
 * The packages that modules belong to.
 *
 * @param {Iterable<string>} modules absolute paths
 * @returns {Part[]}
 */
export function bundledPackages(modules) {
  const folders = new Set();
  for (const module of modules) {
    const folder = /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(module)?.[1];
    if (folder && existsSync(path.join(folder, 'package.json'))) folders.add(folder);
  }
  return [...folders].map((folder) => {
    const { license, name, version } = readJson(path.join(folder, 'package.json'));
    return { name, version, licence: license ?? 'see below', texts: texts(folder) };
  });
}

/**
 * One document. A text that many came with stands there once.
 *
 * @param {readonly Part[]} parts
 */
export function document(parts) {
  const sorted = [...parts].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  /** @type {Map<string, string[]>} */
  const shared = new Map();
  for (const { name, texts: all, version } of sorted) {
    for (const text of all) {
      const key = text.replaceAll('\r\n', '\n');
      shared.set(key, [...(shared.get(key) ?? []), `${name} ${version}`.trim()]);
    }
  }
  const line = '='.repeat(78);
  const list = sorted.map(({ licence, name, version }) => `  ${name} ${version}: ${licence}`);
  const bodies = [...shared].map(([text, of]) => `${line}\n${of.join(', ')}\n${line}\n\n${text}\n`);
  return [
    'factorscope is under MIT or Apache-2.0, at your choice. What it hands out contains these:\n',
    `${list.join('\n')}\n`,
    ...bodies,
  ].join('\n');
}

/** Writes the licences of what a build has bundled beside it. */
export function licences() {
  return {
    name: 'factorscope:licences',
    apply: /** @type {const} */ ('build'),

    /**
     * @this {{ emitFile(file: { type: 'asset', fileName: string, source: string }): unknown }}
     * @param {unknown} _options
     * @param {Record<string, { type: string, moduleIds?: string[] }>} bundle
     */
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(({ moduleIds }) => moduleIds ?? []);
      const source = document([...bundledPackages(modules), ...crates()]);
      this.emitFile({ type: 'asset', fileName: FILE, source });
    },
  };
}

/** Leaves out what keeps a page that is opened as a file from its own styles. */
export function plainLinks() {
  return {
    name: 'factorscope:plain-links',
    apply: /** @type {const} */ ('build'),
    transformIndexHtml: {
      order: /** @type {const} */ ('post'),
      handler: (/** @type {string} */ html) =>
        html.replaceAll('<link rel="stylesheet" crossorigin ', '<link rel="stylesheet" '),
    },
  };
}
