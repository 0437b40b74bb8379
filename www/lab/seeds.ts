// What one split says, and what several say together: pure functions.

import type { Epoch } from '../../pkg/factorscope.js';
import type { Setup } from '../engine/types.ts';
import { plain } from '../format.ts';
import { isRandom } from './state.ts';
import { chosenEpoch } from './training.ts';

/** Over so many split seeds results are compared. */
export const SEEDS = 5;

const HELD: Readonly<Record<string, string>> = {
  latest: 'each user’s five latest ratings are the test part',
  time: 'the latest fifth of all ratings is the test part',
  everything: 'nothing is held back for a test',
};

/** `20 % of the ratings, at random, are the test part (split seed 42)`: which split a setup makes. */
export function splitText({ seed, split, splitSeed, validation }: Setup): string {
  const share = (part: number): string => `${plain(100 * part, 0)} %`;
  const drawn = isRandom(split);
  const test = drawn
    ? `${share(Number(split))} of the ratings, at random, are the test part`
    : (HELD[split] ?? split);
  const chosen = validation > 0 ? `, ${share(validation)} of the others the validation part` : '';
  const seeds = drawn || validation > 0 ? `split seed ${splitSeed}, seed ${seed}` : `seed ${seed}`;
  return `${test}${chosen}; ${seeds}`;
}

/** The split seeds from this one on. */
export function seedsFrom(first: number, largest: number): number[] {
  const start = Math.min(first, largest - SEEDS + 1);
  return Array.from({ length: SEEDS }, (_, n) => start + n);
}

/** What a training is said to have reached. */
export interface Outcome {
  /** The test RMSE that counts. */
  test: number;
  /** What was chosen by the validation error, in words; nothing where nothing was. */
  chosen: string;
}

/** Of one training: its test error at the epoch that the validation error chose, or at the end. */
export function byEpoch(history: readonly Epoch[]): Outcome {
  const chosen = chosenEpoch(history);
  const epoch = chosen ?? history.at(-1);
  return {
    test: epoch?.test.rmse ?? Number.NaN,
    chosen: chosen ? `epoch ${chosen.epoch}` : '',
  };
}

/** Of one training for each value of a setting: the test error at the end of the one with the lowest validation error. */
export function bySetting(
  trained: readonly { name: string; history: readonly Epoch[] }[],
): Outcome {
  const ends = trained.flatMap(({ name, history }) => {
    const last = history.at(-1);
    const error = last?.validation?.rmse;
    return last && error !== undefined ? [{ name, error, test: last.test.rmse ?? Number.NaN }] : [];
  });
  if (ends.length === 0) return { test: Number.NaN, chosen: '' };
  const best = ends.reduce((low, one) => (one.error < low.error ? one : low));
  return { test: best.test, chosen: best.name };
}

/** Mean and standard deviation (divided by the number, as for the folds). */
export function meanAndSpread(values: readonly number[]): { mean: number; spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / values.length) };
}
