// What a training says about itself, as pure functions of what the engine reports.

import type { Epoch, Metric } from '../../pkg/factorscope.js';
import type { Setup } from '../engine/types.ts';
import { count, duration } from '../format.ts';

/** A part of the ratings that errors are measured on. */
export type RatingSet = 'train' | 'validation' | 'test';

export const PART_NAMES: Record<RatingSet, string> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
};

/** The parts that there are, those held back last. */
export function partsOf(history: readonly Epoch[]): RatingSet[] {
  return history[0]?.validation ? ['train', 'validation', 'test'] : ['train', 'test'];
}

/** One row of the table of errors. */
export interface ErrorRow {
  /** `training RMSE` */
  name: string;
  set: RatingSet;
  /** At the start values. */
  start: number;
  now: number;
  change: number;
}

/**
 * What tables show of a model, on each part where it is measured, at the start and now; not numbers where a
 * part is empty.
 */
export function errorRows(history: readonly Epoch[], shown: readonly Metric[]): ErrorRow[] {
  const first = history[0];
  const last = history.at(-1);
  const row = (set: RatingSet, metric: Metric): ErrorRow => {
    const start = first?.[set]?.[metric.id] ?? Number.NaN;
    const now = last?.[set]?.[metric.id] ?? Number.NaN;
    const name = `${PART_NAMES[set]} ${titleOf(metric)}`;
    return { name, set, start, now, change: now - start };
  };
  const parts = partsOf(history);
  return shown.flatMap((metric) => {
    const own = parts.filter((set) => set !== 'train' || metric.of_training);
    return own.map((set) => row(set, metric));
  });
}

/** `RMSE`, or `rank, %`. */
function titleOf({ name, unit }: Metric): string {
  return unit ? `${name}, ${unit}` : name;
}

/** Seconds until `total` are done, if the rest goes as `done` went; nothing before the first is done. */
export function secondsLeft(elapsed: number, done: number, total: number): number | undefined {
  if (done <= 0 || elapsed < 0) return undefined;
  return (elapsed / done) * Math.max(0, total - done);
}

/**
 * `epoch 3 of 20, about 2 s left`; without the time where nothing is under way any more. `within` is how much of
 * the next epoch is done.
 */
export function progressText(
  elapsed: number | undefined,
  done: number,
  total: number,
  within = 0,
): string {
  const left = elapsed === undefined ? undefined : secondsLeft(elapsed, done + within, total);
  const rest = left === undefined || done >= total ? '' : `, about ${duration(left)} left`;
  return `epoch ${count(done)} of ${count(total)}${rest}`;
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

/** The epoch with the lowest error on the validation part; none where there is no such part. */
export function chosenEpoch(history: readonly Epoch[]): Epoch | undefined {
  return lowest(history, ({ validation }) => validation?.rmse);
}

/**
 * The epoch after which the error on what is held back has grown by more than noise: on the validation
 * part, or on the test set where there is none.
 */
export function overfitting(history: readonly Epoch[]): Epoch | undefined {
  const error = ({ test, validation }: Epoch): number => (validation ?? test).rmse ?? Number.NaN;
  const best = lowest(history, error);
  const last = history.filter((epoch) => Number.isFinite(error(epoch))).at(-1);
  if (!best || !last) return undefined;
  const grown = best.epoch < last.epoch && error(last) - error(best) > 0.005;
  // Where the training error has risen as well, the model does not fit its ratings too well.
  const fits = ({ train }: Epoch): number => train.rmse ?? Number.NaN;
  return grown && fits(last) < fits(best) ? best : undefined;
}

function lowest(
  history: readonly Epoch[],
  error: (epoch: Epoch) => number | undefined,
): Epoch | undefined {
  return history.reduce<Epoch | undefined>((best, epoch) => {
    const found = error(epoch) ?? Number.NaN;
    if (!Number.isFinite(found)) return best;
    return best && (error(best) ?? found) <= found ? best : epoch;
  }, undefined);
}
