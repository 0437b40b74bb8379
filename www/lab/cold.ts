// What a cold start says, as pure functions of its parts.

import type { ColdPart } from '../engine/types.ts';

/** How many ratings of each cold user or item are known, from one training to the next. */
export const KNOWN = [0, 1, 2, 5, 10];

/** Errors with so many known ratings, over all groups measured so far. */
export interface ColdError {
  known: number;
  rmse: number;
}

/** The RMSE of one model over the groups, for each number of known ratings. */
export function coldCurve(parts: readonly ColdPart[], at: number): ColdError[] {
  const own = parts.filter((part) => part.at === at);
  const known = [...new Set(own.map((part) => part.known))].sort((a, b) => a - b);
  return known.map((n) => {
    const same = own.filter((part) => part.known === n);
    const square = ({ errors: { rmse = Number.NaN } }: ColdPart): number => rmse ** 2;
    const squares = same.reduce((sum, part) => sum + square(part) * part.ratings, 0);
    const ratings = same.reduce((sum, part) => sum + part.ratings, 0);
    return { known: n, rmse: Math.sqrt(squares / ratings) };
  });
}

/**
 * How many ratings the attributes are worth to somebody of whom no rating is known: where the curve
 * without them, drawn straight from point to point, comes down to that height. Nothing where they do
 * not help, infinity where the curve does not come down so far.
 */
export function worth(
  having: readonly ColdError[],
  lacking: readonly ColdError[],
): number | undefined {
  const [first] = having;
  const [start] = lacking;
  if (!first || !start || first.known !== 0 || first.rmse >= start.rmse) return undefined;
  for (const [n, to] of lacking.entries()) {
    const from = lacking[n - 1];
    if (!from || to.rmse > first.rmse) continue;
    return (
      from.known + ((from.rmse - first.rmse) / (from.rmse - to.rmse)) * (to.known - from.known)
    );
  }
  return Infinity;
}
