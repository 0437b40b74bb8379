// Prepares the data of the site from the first archive that proves to be MovieLens latest-small.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { address, atHand, download, inspectFile, wrongCounts } from './movielens.mjs';
import { here, readJson, run, say, Stop } from './run.mjs';
import { done, hash, mark } from './stamp.mjs';
import { engine } from './steps.mjs';

/** @typedef {{ from: string, to: string }} Folders where archives are kept, where the site's files go */

/** @type {Folders} */
export const folders = { from: here('data'), to: here('www/public/data') };

/** @param {string} to */
function files(to) {
  return {
    packed: path.join(to, 'movielens.fsd'),
    readme: path.join(to, 'movielens-readme.txt'),
    manifest: path.join(to, 'manifest.json'),
  };
}

/**
 * Writes the site's files from the archive if it is the right one, else says what is wrong with it.
 *
 * @param {string} zip
 * @param {string} to
 * @returns {Promise<string | undefined>}
 */
async function pack(zip, to) {
  const found = inspectFile(zip);
  if (found.wrong !== undefined) return found.wrong;
  const factorscope = await engine();
  const { packed, readme } = files(to);
  mkdirSync(to, { recursive: true });
  const part = `${packed}.part-${process.pid}`;
  try {
    const { code, stdout } = await run(factorscope, ['pack', zip, part], { capture: 'stdout' });
    if (code !== 0) return 'the reason stands above';
    const { ratings, users, items } = JSON.parse(stdout);
    const wrong = wrongCounts({ ratings, users, items });
    if (wrong) return wrong;
    renameSync(part, packed);
    writeFileSync(readme, found.readme);
    const names = { file: path.basename(packed), readme: path.basename(readme) };
    writeManifest(to, { ...names, ratings, users, items });
    return undefined;
  } finally {
    rmSync(part, { force: true });
  }
}

/** @param {string} to @param {object | null} movielens */
function writeManifest(to, movielens) {
  mkdirSync(to, { recursive: true });
  writeFileSync(files(to).manifest, `${JSON.stringify({ movielens })}\n`);
}

/**
 * @param {Folders} folders
 * @returns {Promise<string | undefined>} why it could not be had
 */
async function fetchAndPack({ from, to }) {
  // A machine that is offline would otherwise wait for the same answer at every start.
  const failed = path.join(from, 'download-failed.json');
  const whole = Number(process.env.MOVIELENS_SECONDS ?? 120) * 1000;
  const answer = Math.min(whole, readJson(failed) ? 2_000 : 20_000);
  const url = process.env.MOVIELENS_URL ?? address;
  say(`Downloading MovieLens latest-small from ${url} …`);
  const zip = path.join(from, 'ml-latest-small.zip');
  const wrong = await download(url, zip, { answer, whole }, (file) => pack(file, to));
  if (wrong) {
    mkdirSync(from, { recursive: true });
    writeFileSync(failed, `${JSON.stringify({ url, wrong })}\n`);
  } else {
    rmSync(failed, { force: true });
  }
  return wrong;
}

/**
 * @param {string} zip
 * @param {Folders} folders
 * @returns {import('./stamp.mjs').Job}
 */
function job(zip, { from, to }) {
  return {
    stamp: path.join(from, 'packed.stamp'),
    value: hash(
      ['src/data', 'src/main.rs', 'src/cli', 'Cargo.lock', 'scripts/lib/data.mjs', zip],
      [to],
    ),
    results: Object.values(files(to)),
  };
}

/**
 * Leaves in `to` what the site needs: MovieLens latest-small in compact form with GroupLens' own
 * README, and a manifest that says so; or a manifest that says it is absent.
 *
 * @param {Folders} places
 */
export async function prepare(places) {
  const ready = (/** @type {string} */ zip) => {
    mark(job(zip, places));
    say('MovieLens latest-small is ready: 100,836 ratings, 610 users, 9,724 rated films.');
  };
  const found = atHand(places.from, process.env.MOVIELENS_ZIP);
  if (found) {
    const { zip, named } = found;
    const wrong = done(job(zip, places)) ? undefined : await pack(zip, places.to);
    if (wrong === undefined) return ready(zip);
    const sentence = `${zip} is not MovieLens latest-small: ${wrong}.`;
    if (named) throw new Stop(`${sentence} MOVIELENS_ZIP names it.`);
    say(sentence);
  }
  const wrong = await fetchAndPack(places);
  if (wrong === undefined) return ready(path.join(places.from, 'ml-latest-small.zip'));
  const { packed, readme } = files(places.to);
  for (const file of [packed, readme]) rmSync(file, { force: true });
  writeManifest(places.to, null);
  say(`MovieLens could not be downloaded (${wrong}): the site will run on the simulation.`);
}
