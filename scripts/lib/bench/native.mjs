// The engine as a native program: the command line, and criterion on the library.

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { here, must, readJson } from '../run.mjs';

/** @typedef {import('../../../benches/browser/page.mjs').Job} Job */
/** @typedef {import('../../../benches/browser/page.mjs').CrossValidated} CrossValidated */

/**
 * Every model with the names of its hyperparameters.
 *
 * @param {string} factorscope the program
 * @returns {Promise<{ id: string, title: string, hyperparameters: { name: string }[] }[]>}
 */
export async function models(factorscope) {
  const sentence = 'The command line could not list the models.';
  return JSON.parse(await must(sentence, factorscope, ['models', '--json'], { capture: 'stdout' }));
}

/**
 * Cross-validates in a process of its own.
 *
 * @param {string} factorscope the program
 * @param {Job} job
 * @returns {Promise<CrossValidated>}
 */
export async function validate(factorscope, { model, settings, folds, seed, zip }) {
  const told = await must(
    `The command line could not cross-validate ${model}.`,
    factorscope,
    [
      ...['cv', zip ?? 'simulation', '--model', model, '--folds', `${folds}`, '--seed', `${seed}`],
      ...[...settings.flatMap((setting) => ['--set', setting]), '--json'],
    ],
    { capture: 'stdout' },
  );
  return JSON.parse(told);
}

const bench = ['--release', '--package', 'benches'];
const results = here('data/criterion');

/** Compiles criterion's program, so that compiling disturbs no measurement. */
export async function prepareCriterion() {
  await must('The native benchmark could not be built.', 'cargo', ['build', ...bench]);
}

/**
 * Seconds that one fold's fit and one pass take, by model.
 *
 * @param {string | undefined} zip
 * @param {boolean} quick
 * @returns {Promise<Record<string, { fit?: number, pass?: number }>>} also under the names of the pairs
 *   that benches/models.rs compares at equal settings
 */
export async function criterion(zip, quick) {
  rmSync(results, { recursive: true, force: true });
  await must(
    'The native benchmark failed: the reason stands above.',
    'cargo',
    ['run', ...bench, '--', '--bench', '--noplot', ...(quick ? ['--quick'] : [])],
    {
      env: {
        CRITERION_HOME: results,
        MOVIELENS_ZIP: zip ?? '',
        FACTORSCOPE_BENCH_QUICK: quick ? '1' : '',
      },
    },
  );
  /** @param {string} model @param {string} work */
  const median = (model, work) => {
    const estimates = readJson(path.join(results, model, work, 'new/estimates.json'));
    return estimates && estimates.median.point_estimate / 1e9;
  };
  const folders = readdirSync(results).filter((name) => name !== 'report');
  return Object.fromEntries(
    folders.map((model) => [model, { fit: median(model, 'fit'), pass: median(model, 'pass') }]),
  );
}
