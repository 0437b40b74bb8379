// MovieLens latest-small: where it comes from and whether it is that. It is never committed.

import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { strFromU8, unzipSync } from 'fflate';

import { Stop } from './run.mjs';

export const address = 'https://files.grouplens.org/datasets/movielens/ml-latest-small.zip';
export const counts = { ratings: 100_836, users: 610, items: 9_724 };

/** The archive is just under a megabyte; anything far from that is something else. */
const most = 8 << 20;
const parts = ['ratings.csv', 'movies.csv', 'README.txt'];

/**
 * Why a file is not MovieLens latest-small, as far as its archive shows; GroupLens' own README in it,
 * which holds the licence and the citation.
 *
 * @param {Uint8Array} bytes
 * @returns {{ readme: string, wrong?: undefined } | { wrong: string }}
 */
export function inspect(bytes) {
  if (bytes.length > most) return { wrong: `it has ${bytes.length} bytes, far too many` };
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return { wrong: 'it is not a zip archive' };
  /** @type {Record<string, Uint8Array>} */
  let entries;
  try {
    entries = unzipSync(bytes, { filter: ({ originalSize }) => originalSize <= 4 * most });
  } catch (error) {
    return { wrong: `the archive is damaged (${error instanceof Error ? error.message : error})` };
  }
  for (const part of parts) {
    if (!entries[`ml-latest-small/${part}`]?.length) {
      return { wrong: `it holds no ml-latest-small/${part}` };
    }
  }
  return { readme: strFromU8(entries['ml-latest-small/README.txt'] ?? new Uint8Array()) };
}

/**
 * Why these are not the counts of MovieLens latest-small, if they are not.
 *
 * @param {{ ratings: number, users: number, items: number }} found
 */
export function wrongCounts(found) {
  const names = /** @type {const} */ (['ratings', 'users', 'items']);
  const different = names.filter((name) => found[name] !== counts[name]);
  if (different.length === 0) return undefined;
  return `it has ${different.map((name) => `${found[name]} ${name} instead of ${counts[name]}`).join(', ')}`;
}

/**
 * @typedef {object} Source
 * @property {string} zip the file
 * @property {boolean} named whether a person named it, so that a fault in it is theirs to know
 */

/**
 * The file that may hold it already.
 *
 * @param {string} folder
 * @param {string | undefined} named the file in MOVIELENS_ZIP
 * @returns {Source | undefined}
 */
export function atHand(folder, named) {
  if (named) {
    if (!existsSync(named))
      throw new Stop(`MOVIELENS_ZIP names ${named}, and there is no such file.`);
    return { zip: path.resolve(named), named: true };
  }
  const kept = path.join(folder, 'ml-latest-small.zip');
  return existsSync(kept) ? { zip: kept, named: false } : undefined;
}

/**
 * Downloads to a temporary file beside `zip`, which appears only if all of it came and `check` found
 * nothing wrong.
 *
 * @param {string} url
 * @param {string} zip
 * @param {{ answer: number, whole: number }} limits milliseconds until the server answers, until all is here
 * @param {(file: string) => Promise<string | undefined>} check why the file is not what it should be
 * @returns {Promise<string | undefined>} why there is no file
 */
export async function download(url, zip, limits, check) {
  const part = `${zip}.part-${process.pid}`;
  const abort = new AbortController();
  const late = (/** @type {number} */ after) =>
    setTimeout(() => abort.abort(new Error(`no end after ${after / 1000} s`)), after);
  let timer = late(limits.answer);
  try {
    mkdirSync(path.dirname(zip), { recursive: true });
    const answer = await fetch(url, { signal: abort.signal });
    clearTimeout(timer);
    timer = late(limits.whole);
    if (!answer.ok || !answer.body) return `the server answered ${answer.status}`;
    let size = 0;
    const limit = new Transform({
      transform(chunk, _encoding, next) {
        size += chunk.length;
        next(size > most ? new Error('it is far too large') : null, chunk);
      },
    });
    const body = Readable.fromWeb(
      /** @type {import('node:stream/web').ReadableStream} */ (answer.body),
    );
    await pipeline(body, limit, createWriteStream(part), { signal: abort.signal });
    clearTimeout(timer);
    const wrong = await check(part);
    if (wrong) return wrong;
    renameSync(part, zip);
    return undefined;
  } catch (error) {
    return reason(abort.signal.aborted ? abort.signal.reason : error);
  } finally {
    clearTimeout(timer);
    rmSync(part, { force: true });
  }
}

/**
 * The innermost cause in words: fetch says no more than "fetch failed".
 *
 * @param {unknown} error
 * @returns {string}
 */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  if (error.cause) return reason(error.cause);
  if ('code' in error && error.code === 'ECONNREFUSED') return 'the connection was refused';
  return error.message || ('code' in error ? String(error.code) : error.name);
}

/** @param {string} zip */
export function inspectFile(zip) {
  return inspect(readFileSync(zip));
}
