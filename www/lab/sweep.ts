// A sweep over the regularization: which values, and what came of them.

import type { Hyperparameter } from '../../pkg/factorscope.js';

const MULTIPLES = [0.01, 0.1, 0.3, 1, 2, 5, 10] as const;

/** Values of lambda from far below the default to far above it, as far as they are allowed. */
export function lambdas({ default: usual, max, min }: Hyperparameter): number[] {
  const middle = usual > 0 ? usual : max / 10;
  const all = MULTIPLES.map((multiple) => Number((middle * multiple).toPrecision(3)));
  return all.filter((value) => value >= min && value <= max);
}

/** What one value of lambda led to. */
export interface Swept {
  lambda: number;
  train: number;
  /** Not a number where nothing is held back for choosing. */
  validation: number;
  test: number;
}

/** The one with the lowest validation error, where there is one. */
export function best(all: readonly Swept[]): Swept | undefined {
  return all
    .filter(({ validation }) => Number.isFinite(validation))
    .reduce<Swept | undefined>(
      (low, one) => (low && low.validation <= one.validation ? low : one),
      undefined,
    );
}

/** Even steps on a logarithmic scale from `from` to `to`. */
export function logarithmic(from: number, to: number, steps: number): number[] {
  const [a, b] = [Math.log10(from), Math.log10(to)];
  return Array.from({ length: steps }, (_, n) => 10 ** (a + ((b - a) * n) / (steps - 1)));
}

/** How the variance of test ratings divides, each as a share of what the mean alone leaves. */
export function shares(mean: number, biases: number, factors: number): Record<Part, number> {
  const of = (variance: number): number => (mean > 0 ? variance / mean : Number.NaN);
  return { biases: of(mean - biases), factors: of(biases - factors), rest: of(factors) };
}

/** A part of the variance. */
export type Part = 'biases' | 'factors' | 'rest';
