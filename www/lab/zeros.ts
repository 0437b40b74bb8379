// What unrated cells taken for zeros do to predictions: pure functions of the engine's answers.

import { fixed } from '../format.ts';
import type { Table } from './state.ts';

/** What the ratings are taken as, in the order of the columns. */
export const VARIANTS = ['biased', 'plain', 'zeros'] as const;

/** One of them. */
export type Variant = (typeof VARIANTS)[number];

/** What each is called. */
export const VARIANT_NAMES: Record<Variant, string> = {
  biased: 'Known ratings, with biases',
  plain: 'Known ratings, product alone',
  zeros: 'Unrated cells as zeros',
};

/** The same table with one cell emptied. */
export function without(table: Table, held: number | undefined): Table {
  return { ...table, cells: table.cells.map((cell, at) => (at === held ? null : cell)) };
}

/** Root mean squared error over the known cells of a table; not a number where there is none. */
export function knownError(table: Table, predictions: ArrayLike<number>): number {
  const errors = table.cells.flatMap((cell, at) =>
    cell === null ? [] : [(cell - (predictions[at] ?? Number.NaN)) ** 2],
  );
  return Math.sqrt(mean(errors));
}

/** What the empty cells of a table are given on average; not a number where there is none. */
export function emptyMean(table: Table, predictions: ArrayLike<number>): number {
  return mean(
    table.cells.flatMap((cell, at) => (cell === null ? [predictions[at] ?? Number.NaN] : [])),
  );
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** What a comparison of `plain` and `zeros` shows, in a sentence that follows from the numbers. */
export function verdict(
  known: { plain: number; zeros: number },
  empty: { plain: number; zeros: number },
): string {
  if (![known.plain, known.zeros, empty.plain, empty.zeros].every(Number.isFinite)) {
    return 'Without an empty cell and a known one there is nothing to compare.';
  }
  const first =
    `The empty cells get ${fixed(empty.plain, 2)} on average where only known ratings count, ` +
    `and ${fixed(empty.zeros, 2)} where they count as zeros.`;
  const closer = Math.abs(empty.zeros) < Math.abs(empty.plain);
  const second = closer
    ? 'The zeros were taken for ratings and learned like ratings: predictions are pulled towards 0.'
    : 'With these settings λ alone holds the predictions down as much.';
  const third = `The error on the known cells is ${fixed(known.plain, 2)} and ${fixed(known.zeros, 2)}.`;
  return `${first} ${second} ${third}`;
}
