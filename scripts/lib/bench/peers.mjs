// Other people's recommenders, in a Python environment of their own.

import { existsSync } from 'node:fs';

import { ask, here, run, windows } from '../run.mjs';
import { done, hash, mark } from '../stamp.mjs';

/**
 * @typedef {object} Peer
 * @property {number} fit_seconds for all five folds
 * @property {number} test_seconds for all five folds
 * @property {boolean} scaled whether fewer were run
 * @property {number} folds how many were
 * @property {number | undefined} [rmse] of a model that predicts ratings
 * @property {number | undefined} [mae] of the same
 * @property {number | undefined} [rank] of a model that only ranks: the expected percentile rank
 * @property {Record<string, string>} versions of its packages
 */

const knn = { key: 'surprise-knn', title: 'Surprise KNNBaseline' };

/** Which of benches/peers.py stand beside which model, the main one first, and what they are called. */
export const peersOf = /** @type {Record<string, { key: string, title: string }[]>} */ ({
  baseline: [{ key: 'surprise-baseline', title: 'Surprise BaselineOnly' }],
  'item-knn': [knn],
  'user-knn': [knn],
  svd: [{ key: 'surprise-svd', title: 'Surprise SVD' }],
  als: [{ key: 'cmfrec-als', title: 'cmfrec CMF' }],
  svdpp: [{ key: 'surprise-svdpp', title: 'Surprise SVD++' }],
  'truncated-svd': [{ key: 'sklearn-svd', title: 'scikit-learn TruncatedSVD' }],
  nmf: [{ key: 'surprise-nmf', title: 'Surprise NMF' }],
  pmf: [{ key: 'surprise-svd-unbiased', title: 'Surprise SVD, unbiased' }],
  'implicit-als': [
    { key: 'cmfrec-implicit', title: 'cmfrec CMF_implicit' },
    { key: 'implicit-cholesky', title: 'implicit, Cholesky' },
    { key: 'implicit-cg', title: 'implicit, conjugate gradients' },
  ],
});

const folder = 'data/bench-venv';
const python = `${folder}/${windows ? 'Scripts/python.exe' : 'bin/python'}`;

/**
 * Installs the peers, if that has not been done.
 *
 * @returns {Promise<string | undefined>} why they cannot be had
 */
export async function preparePeers() {
  const requirements = 'benches/requirements.txt';
  const job = { stamp: `${folder}/.stamp`, value: hash([requirements]), results: [python] };
  if (done(job)) return undefined;
  const system = ['python3', 'python'].find((name) => ask(name, ['--version']));
  if (!system) return 'Python was not found';
  console.log('Installing the peers for Python …');
  const made = await run(system, ['-m', 'venv', here(folder)]);
  if (made.code !== 0 || !existsSync(here(python))) return 'Python could make no environment';
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r'];
  const { code } = await run(here(python), [...pip, here(requirements)]);
  if (code !== 0) return 'pip could not install benches/requirements.txt';
  mark(job);
  return undefined;
}

/**
 * Runs them.
 *
 * @param {string} zip MovieLens
 * @param {{ folds: number, svdppFolds: number }} options
 * @returns {Promise<{ peers: Record<string, Peer>, wrong?: string }>}
 */
export async function peers(zip, { folds, svdppFolds }) {
  const { code, stdout } = await run(
    here(python),
    [here('benches/peers.py'), zip, '--folds', `${folds}`, '--svdpp-folds', `${svdppFolds}`],
    { capture: 'stdout' },
  );
  if (code !== 0) return { peers: {}, wrong: 'benches/peers.py failed' };
  /** @type {[string, Peer & { skipped?: string }][]} */
  const found = Object.entries(JSON.parse(stdout));
  const ran = found.filter(([, { skipped }]) => skipped === undefined);
  const missing = found.flatMap(([name, { skipped }]) => (skipped ? [`${name}: ${skipped}`] : []));
  const wrong = missing.length > 0 ? { wrong: missing.join('; ') } : {};
  return { peers: Object.fromEntries(ran), ...wrong };
}
