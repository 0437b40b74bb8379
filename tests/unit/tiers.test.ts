import { describe, expect, test } from 'vitest';

import { indexed } from '../../www/lab/step.ts';
import { meanSize, reach, stacked, tierOf, tierShares } from '../../www/lab/tiers.ts';

const TERMS = [
  { symbol: String.raw`\mu`, value: 3.5 },
  { symbol: 'b_u', value: 0.2 },
  { symbol: 'b_i', value: -0.1 },
  { symbol: String.raw`q_i^\top p_u`, value: 0.3 },
  { symbol: String.raw`q_i^\top |N(u)|^{-1/2} \sum_{j} y_j`, value: 0.1 },
  { symbol: String.raw`|R^k|^{-1/2} \sum_j (r_{uj} - \tilde b_{uj})\, w_{ij}`, value: -0.05 },
  { symbol: String.raw`|N^k|^{-1/2} \sum_j c_{ij}`, value: -0.15 },
];

describe('a prediction by its tiers', () => {
  test('has every addend in the tier that its symbol tells', () => {
    expect(TERMS.map(({ symbol }) => tierOf(symbol))).toEqual([
      'baseline',
      'baseline',
      'baseline',
      'factors',
      'factors',
      'neighborhood',
      'neighborhood',
    ]);
    expect(tierOf(String.raw`p_u^\top |N(u)|^{-1/2} \sum_{j} y_j`)).toBe('factors');
  });

  test('adds up to the prediction', () => {
    const shares = tierShares(TERMS);
    expect(shares.baseline).toBeCloseTo(3.6, 12);
    expect(shares.factors).toBeCloseTo(0.4, 12);
    expect(shares.neighborhood).toBeCloseTo(-0.2, 12);
  });
});

describe('a stacked bar', () => {
  test('puts shares of one sign one after the other, of two signs back to back', () => {
    const same = stacked({ baseline: 3, factors: 0.4, neighborhood: 0.2 });
    expect(same[0]).toEqual({ tier: 'factors', from: 0, to: 0.4 });
    expect(same[1]?.from).toBe(0.4);
    expect(same[1]?.to).toBeCloseTo(0.6, 12);
    expect(stacked({ baseline: 3, factors: 0.4, neighborhood: -0.2 })[1]).toEqual({
      tier: 'neighborhood',
      from: 0,
      to: -0.2,
    });
  });

  test('fits into the reach, which is round and never 0', () => {
    expect(reach([])).toBe(0.1);
    expect(reach([{ baseline: 3, factors: 0.41, neighborhood: 0.2 }])).toBeCloseTo(0.7, 12);
    expect(reach([{ baseline: 3, factors: 0.4, neighborhood: -0.45 }])).toBeCloseTo(0.5, 12);
  });

  test('is summed up by its mean size, whatever the signs', () => {
    const rows = [-0.2, 0.4].map((factors) => ({ baseline: 3, factors, neighborhood: 0 }));
    expect(meanSize(rows, 'factors')).toBeCloseTo(0.3, 12);
    expect(meanSize([], 'factors')).toBeNaN();
  });
});

test('a weight is named by its item and its neighbor, not by its place in the list', () => {
  const weights = {
    name: 'w_ij',
    symbol: 'w_{ij}',
    axis: 'item' as const,
    rows: 2,
    columns: 2,
    values: new Float32Array(4),
    of: Uint32Array.from([4, 1, 0, 7]),
  };
  expect(indexed([weights], 0, 1, 1)).toBe('w_{2,8}');
  expect(indexed([{ ...weights, axis: 'global', rows: 1, columns: 4 }], 0, 0, 1)).toBe('w_{i,2}');
});
