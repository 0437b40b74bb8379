// A baseline as the engine fitted it, and its objective taken apart.

import type { Fit, Print } from '../engine/types.ts';
import type { Table } from './state.ts';

/** Passes after which the least squares of a small table no longer change, or hardly. */
export const PASSES = 1000;

/** Parameters and predictions of a baseline. */
export interface BaselineFit {
  mu: number;
  b_u: readonly number[];
  b_i: readonly number[];
  /** Row by row. */
  predictions: readonly number[];
  /** As the engine counts it: for the means without any penalty. */
  objective: number;
  print: Print;
}

/** Takes the parameters of a baseline out of what the engine answers. */
export function readFit(fit: Fit): BaselineFit {
  const values = (name: string): number[] => [
    ...(fit.parameters.find((parameter) => parameter.name === name)?.values ?? []),
  ];
  return {
    mu: values('mu')[0] ?? Number.NaN,
    b_u: values('b_u'),
    b_i: values('b_i'),
    predictions: [...fit.predictions],
    objective: fit.objective,
    print: { fingerprint: fit.fingerprint, receipt: fit.receipt },
  };
}

/** Where the objective comes from. */
export interface Objective {
  /** Sum of the squared errors on the known ratings. */
  errors: number;
  /** lambda times the sum of all squared biases. */
  penalty: number;
  total: number;
  /** The mean of what the prediction leaves, r_ui less it. */
  meanRest: number;
}

/** The objective at a lambda, whichever way the biases came about. */
export function objectiveOf(fit: BaselineFit, table: Table, lambda: number): Objective {
  const rests = table.cells.flatMap((cell, n) =>
    cell === null ? [] : [cell - (fit.predictions[n] ?? Number.NaN)],
  );
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const squares = (values: readonly number[]): number => sum(values.map((value) => value * value));
  const errors = squares(rests);
  const penalty = lambda * squares([...fit.b_u, ...fit.b_i]);
  return { errors, penalty, total: errors + penalty, meanRest: sum(rests) / rests.length };
}

/** Differences below this are the engine's rounding. */
const ROUNDING = 1e-5;

/** Whether two numbers are the same up to the engine's rounding. */
export function same(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a), Math.abs(b));
}
