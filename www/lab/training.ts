// What a training says about itself, as pure functions of what the engine reports.

import type { Epoch, Task } from '../../pkg/factorscope.js';
import type { Setup } from '../engine/types.ts';
import { count, duration } from '../format.ts';

/** One row of the table of errors. */
export interface ErrorRow {
  /** `training RMSE` */
  name: string;
  set: 'train' | 'test';
  /** At the start values. */
  start: number;
  now: number;
  change: number;
}

/**
 * RMSE and MAE on both sets, at the start and now; not numbers where a set is empty. Of a model that only
 * ranks, the expected percentile rank on the test set.
 */
export function errorRows(history: readonly Epoch[], task: Task = 'rating'): ErrorRow[] {
  const first = history[0];
  const last = history.at(-1);
  const row = (set: 'train' | 'test', measure: 'rmse' | 'mae' | 'rank'): ErrorRow => {
    const start = first?.[set][measure] ?? Number.NaN;
    const now = last?.[set][measure] ?? Number.NaN;
    const called = measure === 'rank' ? 'rank, %' : measure.toUpperCase();
    const name = `${set === 'train' ? 'training' : 'test'} ${called}`;
    return { name, set, start, now, change: now - start };
  };
  if (task === 'ranking') return [row('test', 'rank')];
  return [row('train', 'rmse'), row('test', 'rmse'), row('train', 'mae'), row('test', 'mae')];
}

/** Seconds until `total` are done, if the rest goes as `done` went; nothing before the first is done. */
export function secondsLeft(elapsed: number, done: number, total: number): number | undefined {
  if (done <= 0 || elapsed < 0) return undefined;
  return (elapsed / done) * Math.max(0, total - done);
}

/** `epoch 3 of 20, about 2 s left`; without the time where nothing is under way any more. */
export function progressText(elapsed: number | undefined, done: number, total: number): string {
  const left = elapsed === undefined ? undefined : secondsLeft(elapsed, done, total);
  const rest = left === undefined || done >= total ? '' : `, about ${duration(left)} left`;
  return `epoch ${count(done)} of ${count(total)}${rest}`;
}

/** Whether two runs would come out the same. */
export function sameSetup(a: Setup, b: Setup): boolean {
  return (
    a.model === b.model &&
    a.seed === b.seed &&
    a.splitSeed === b.splitSeed &&
    a.split === b.split &&
    a.settings.length === b.settings.length &&
    a.settings.every((setting, n) => setting === b.settings[n])
  );
}

/** What a walk is begun with, in one text: where it differs, the walk begins anew. A walk takes all ratings. */
export function walkKey(data: number, { model, seed, settings }: Setup): string {
  return JSON.stringify([data, model, settings, seed]);
}

/** One sentence about systems without a unique solution, or nothing where there was none. */
export function singularText(history: readonly Epoch[]): string | undefined {
  const [first, ...later] = history.filter((epoch) => epoch.singular > 0);
  if (!first) return undefined;
  const systems = counted(first.singular, 'linear system');
  const again = later.length > 0 ? ` (and in ${counted(later.length, 'later epoch')})` : '';
  return (
    `In epoch ${count(first.epoch)}${again}, ${systems} had no unique solution and stayed unsolved: ` +
    'the vectors kept their values. A larger regularization lambda makes every system solvable.'
  );
}

function counted(n: number, what: string): string {
  return `${count(n)} ${what}${n === 1 ? '' : 's'}`;
}

/** The epoch of the lowest test error, where the error has grown since by more than noise. */
export function overfitting(history: readonly Epoch[]): Epoch | undefined {
  const tested = history.filter((epoch) => Number.isFinite(epoch.test.rmse));
  const last = tested.at(-1);
  if (!last) return undefined;
  const best = tested.reduce((a, b) => (b.test.rmse < a.test.rmse ? b : a));
  const grown = best.epoch < last.epoch && last.test.rmse - best.test.rmse > 0.005;
  // Where the training error has risen as well, the model does not fit its ratings too well.
  return grown && last.train.rmse < best.train.rmse ? best : undefined;
}
