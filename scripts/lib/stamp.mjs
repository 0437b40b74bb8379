// Skipping work whose inputs have not changed. A stamp is a hash of the inputs' names and contents,
// so that a checkout that only touches times rebuilds nothing.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { here } from './run.mjs';

/**
 * The files at and under a path, in a fixed order; a missing path has none.
 *
 * @param {string} place
 * @returns {string[]}
 */
function files(place) {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .sort()
    .flatMap((name) => files(path.join(place, name)));
}

/**
 * @param {string[]} inputs files and folders inside the project
 * @param {string[]} [words] anything else that decides the result
 */
export function hash(inputs, words = []) {
  const sum = createHash('sha256').update(JSON.stringify(words));
  for (const file of inputs.flatMap((input) => files(here(input)))) {
    const bytes = readFileSync(file);
    sum.update(`\0${path.relative(here('.'), file)}\0${bytes.length}\0`).update(bytes);
  }
  return sum.digest('hex');
}

/**
 * Work that leaves results, and a stamp beside them that says for which inputs.
 *
 * @typedef {{ stamp: string, value: string, results: string[] }} Job
 */

/** @param {Job} job */
export function done({ stamp, value, results }) {
  return (
    results.every((result) => existsSync(here(result))) &&
    existsSync(here(stamp)) &&
    readFileSync(here(stamp), 'utf8') === value
  );
}

/** @param {Job} job */
export function mark({ stamp, value }) {
  mkdirSync(path.dirname(here(stamp)), { recursive: true });
  writeFileSync(here(stamp), value);
}
