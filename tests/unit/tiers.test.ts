import { describe, expect, test } from 'vitest';

import { indexed } from '../../www/lab/step.ts';
import { meanSize, reach, tierOf, tierShares } from '../../www/lab/tiers.ts';
import { parameter, term } from './made.ts';

const TERMS = [
  term({ kind: 'mean' }, 3.5),
  term({ kind: 'bias' }, 0.2),
  term({ kind: 'bias' }, -0.1),
  term({ kind: 'factors' }, 0.3),
  term({ kind: 'factors' }, 0.1),
  term({ kind: 'neighbors' }, -0.05),
  term({ kind: 'neighbors' }, -0.15),
];

describe('a prediction by its tiers', () => {
  test('has every addend in the tier that its kind tells', () => {
    expect(TERMS.map(({ addend }) => tierOf(addend.kind))).toEqual([
      'baseline',
      'baseline',
      'baseline',
      'factors',
      'factors',
      'neighborhood',
      'neighborhood',
    ]);
  });

  test('adds up to the prediction', () => {
    const shares = tierShares(TERMS);
    expect(shares.baseline).toBeCloseTo(3.6, 12);
    expect(shares.factors).toBeCloseTo(0.4, 12);
    expect(shares.neighborhood).toBeCloseTo(-0.2, 12);
  });
});

describe('a tier', () => {
  test('has bars on a round scale that holds them, and is never 0', () => {
    const row = (factors: number) => ({ baseline: 3, factors, neighborhood: 2 });
    expect(reach([], 'factors')).toBe(0.01);
    expect(reach([row(0.013), row(-0.017)], 'factors')).toBe(0.02);
    expect(reach([row(0.05)], 'factors')).toBe(0.05);
    expect(reach([row(0.31)], 'factors')).toBe(0.5);
    expect(reach([row(-0.71)], 'factors')).toBe(1);
    expect(reach([row(0)], 'neighborhood')).toBe(2);
  });

  test('is summed up by its mean size, whatever the signs', () => {
    const rows = [-0.2, 0.4].map((factors) => ({ baseline: 3, factors, neighborhood: 0 }));
    expect(meanSize(rows, 'factors')).toBeCloseTo(0.3, 12);
    expect(meanSize([], 'factors')).toBeNaN();
  });
});

test('a weight is named by its item and its neighbor, not by its place in the list', () => {
  const weights = parameter('w_ij', { rows: 2, columns: 2, of: Uint32Array.from([4, 1, 0, 7]) });
  expect(indexed([weights], 0, 1, 1)).toBe('w_{2,8}');
  expect(indexed([{ ...weights, axis: 'global', rows: 1, columns: 4 }], 0, 0, 1)).toBe('w_{i,2}');
});
