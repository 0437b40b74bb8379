import { describe, expect, test } from 'vitest';

import { alike, cosines, matched, nearest } from '../../www/lab/alike.ts';

describe('what two trainings have in common', () => {
  const square = [
    [2, 0],
    [0, 3],
    [-1, 0],
    [4, 1],
  ];

  test('is told by the cosines of all pairs, which no turn and no length changes', () => {
    // In the order 2-1, 3-1, 3-2, 4-1, 4-2, 4-3.
    const [far = NaN, ...others] = [...cosines(square)];
    expect(far).toBe(0);
    const root = Math.sqrt(17);
    for (const [n, value] of [-1, 0, 4 / root, 1 / root, -4 / root].entries()) {
      expect(others[n]).toBeCloseTo(value, 12);
    }
    const turned = square.map(([x = NaN, y = NaN]) => [-5 * y, 5 * x]);
    expect(alike(cosines(square), cosines(turned))).toBeCloseTo(1, 12);
    expect(alike(Float64Array.of(1, 2, 3), Float64Array.of(3, 2, 1))).toBeCloseTo(-1, 12);
  });

  test('or by the share of the nearest that are the same', () => {
    const of = nearest(square, 1);
    expect([...of].sort()).toEqual(['0 3', '1 3', '2 1', '3 0']);
    expect(alike(of, new Set(['0 3', '1 3', '2 3', '3 1']))).toBe(0.5);
  });

  test('factors that were swapped and turned around meet on the diagonal', () => {
    const first = [
      [1, 5, 0],
      [2, 1, 3],
      [3, 4, 1],
      [5, 2, 2],
    ];
    const second = first.map(([a = NaN, b = NaN, c = NaN]) => [2 * c, -a, b + 1]);
    const { columns, table } = matched(first, second);
    expect(columns).toEqual([1, 2, 0]);
    for (const [k, expected] of [-1, 1, 1].entries()) {
      expect(table[k]?.[k]).toBeCloseTo(expected, 12);
    }
    // Columns 1 and 2 of the first: deviations (-1.75, -0.75, 0.25, 2.25) and (2, -2, 1, -1).
    expect(table[0]?.[1]).toBeCloseTo(-4 / Math.sqrt(8.75 * 10), 12);
  });

  test('a factor that is the same for all is like none', () => {
    const flat = [[0], [0], [0]];
    expect(matched(flat, [[1], [2], [3]]).table).toEqual([[0]]);
    expect([...cosines(flat)]).toEqual([0, 0, 0]);
  });
});
