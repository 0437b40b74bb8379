import { describe, expect, test, vi } from 'vitest';

import type { Entry, Epoch } from '../../pkg/factorscope.js';
import { readLink, writeLink } from '../../www/lab/link.ts';
import { settingsOf } from '../../www/lab/registry.ts';
import { initialState, TOY } from '../../www/lab/state.ts';
import { halfEnd } from '../../www/lab/step.ts';
import { contour, height, lowest } from '../../www/lab/landscape.ts';
import { rowTerms, silentDirection } from '../../www/lab/linear.ts';
import { place, tableRows } from '../../www/lab/lines.ts';
import { milliseconds, multiplications, racePoints, settingsText } from '../../www/lab/race.ts';
import { emptyMean, knownError, verdict, without } from '../../www/lab/zeros.ts';

// The table of models comes from the build; these tests bring models of their own.
vi.mock('virtual:registry', () => ({ default: [] }));

const entry = (id: string, names: string[]): Entry => ({
  id,
  title: id,
  source: '',
  task: 'rating',
  predicts: '',
  needs: [],
  minimizes: '',
  rules: [],
  watched: 'rmse',
  hyperparameters: names.map((name) => ({
    name,
    symbol: name,
    default: 1,
    min: 0,
    max: 100,
    kind: name === 'variant' ? { type: 'choice', choices: ['a', 'b', 'c'] } : { type: 'real' },
    help: '',
  })),
});

describe('a singular matrix', () => {
  test('of one rating with two factors leaves the direction at a right angle open', () => {
    // q q^T for q = (3, 4): everything at a right angle to q is sent to zero.
    const { direction, rank } = silentDirection([9, 12, 12, 16], 2);
    expect(rank).toBe(1);
    expect(direction[0]).toBeCloseTo(0.8, 12);
    expect(direction[1]).toBeCloseTo(-0.6, 12);
  });

  test('of zeros leaves every direction open, and names one', () => {
    const { direction, rank } = silentDirection([0, 0, 0, 0], 2);
    expect(rank).toBe(0);
    expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
  });

  test('of two ratings with three factors sends the direction found to zero', () => {
    // The sum of the outer products of (1, 2, 0) and (0, 1, 1).
    const matrix = [1, 2, 0, 2, 5, 1, 0, 1, 1];
    const { direction, rank } = silentDirection(matrix, 3);
    expect(rank).toBe(2);
    for (const row of [0, 1, 2]) {
      const sum = rowTerms(matrix, direction, row).reduce((total, [a, x]) => total + a * x, 0);
      expect(sum).toBeCloseTo(0, 12);
    }
  });

  test('is recognized in spite of what rounding to single precision leaves', () => {
    const matrix = [0.05005471035838127, -0.020999837666749954, -0.020999837666749954];
    expect(silentDirection([...matrix, 0.008810223080217838], 2).rank).toBe(1);
  });
});

describe('the landscape of one rating', () => {
  test('is lowest along p where its derivative vanishes', () => {
    const p = lowest(2, 0.5, 1.5) ?? Number.NaN;
    const slope = (height(2, 0.5, p + 1e-5, 1.5) - height(2, 0.5, p - 1e-5, 1.5)) / 2e-5;
    expect(slope).toBeCloseTo(0, 8);
  });

  test('has no lowest point along p where q and lambda are zero', () => {
    expect(lowest(2, 0, 0)).toBeUndefined();
  });

  test('never rises when p and q are solved in turn', () => {
    let [p, q] = [-2.2, 0.5];
    let before = height(2, 0.1, p, q);
    for (let n = 0; n < 10; n++) {
      if (n % 2 === 0) p = lowest(2, 0.1, q) ?? p;
      else q = lowest(2, 0.1, p) ?? q;
      const after = height(2, 0.1, p, q);
      expect(after).toBeLessThanOrEqual(before + 1e-12);
      before = after;
    }
  });

  test('is not convex: the middle of two points can be higher than both', () => {
    expect(height(2, 0, 0, 0)).toBeGreaterThan(Math.max(height(2, 0, 2, 1), height(2, 0, -2, -1)));
  });

  test('has lines of equal height that lie at that height', () => {
    const pieces = contour((x, y) => x * x + y * y, 1, 2, 40);
    expect(pieces.length).toBeGreaterThan(40);
    for (const [[x, y]] of pieces) expect(Math.hypot(x, y)).toBeCloseTo(1, 2);
  });

  test('has no line of a height that it never reaches', () => {
    expect(contour((x, y) => x * x + y * y, -1, 2, 10)).toEqual([]);
  });
});

describe('a race', () => {
  const epoch = (n: number, test: number): Epoch => ({
    epoch: n,
    train: { rmse: test / 2, rmse_unclamped: test / 2, mae: 0 },
    test: { rmse: test, rmse_unclamped: test, mae: 0 },
    seconds: n / 4,
    operations: n * 3e6,
    singular: 0,
  });
  const history = [epoch(0, 1), epoch(1, 0.8), epoch(2, 0.9)];

  test('is drawn against epochs, multiplications in millions, or milliseconds', () => {
    expect(racePoints(history, 'epochs', 'test')[1]).toEqual([1, 0.8]);
    expect(racePoints(history, 'operations', 'test')[1]).toEqual([3, 0.8]);
    expect(racePoints(history, 'time', 'train')[1]).toEqual([250, 0.4]);
  });

  test('names the settings that are numbers', () => {
    const als = entry('als', ['factors', 'lambda', 'sigma', 'variant']);
    expect(settingsText(als, { factors: 40, lambda: 10 })).toBe('factors 40, lambda 10');
  });

  test('writes counts and times in units that can be read', () => {
    expect(multiplications(1_954_373_000)).toBe('1,954 million');
    expect(multiplications(1_250_000)).toBe('1.25 million');
    expect(milliseconds(0.00125)).toBe('1.3');
    expect(milliseconds(1.2345)).toBe('1,235');
  });

  test('keeps the settings of both models in its link', () => {
    const [als, svd] = [entry('als', ['factors', 'lambda']), entry('svd', ['factors', 'gamma'])];
    const start = initialState(als, settingsOf(als), 42, false, settingsOf(svd));
    const state = { ...start, rival: { factors: 1, gamma: 0.25 } };
    const receipt = { run: undefined, data: undefined };
    const fragment = writeLink('lab-1', als, state, receipt, svd);
    expect(readLink(fragment, als, start, svd)).toMatchObject({ state, faults: [] });
  });

  test('leaves a second model at its defaults where a link gives it a value that is not allowed', () => {
    const [als, svd] = [entry('als', ['factors']), entry('svd', ['gamma'])];
    const start = initialState(als, settingsOf(als), 42, false, settingsOf(svd));
    const { faults, state } = readLink('lab=lab-1&model=als&rival.gamma=1e9', als, start, svd);
    expect(state.rival).toEqual({ gamma: 1 });
    expect(faults).toEqual(['rival.gamma']);
  });
});

describe('the table of a chart', () => {
  test('has a row for every place that any of its lines knows', () => {
    const line = (points: [number, number][]) => ({ name: '', color: '', points });
    const rows = tableRows([
      line([
        [0, 5],
        [2, 6],
      ]),
      line([
        [0, 7],
        [1, 8],
      ]),
    ]);
    expect(rows).toEqual([
      { x: 0, values: [5, 7] },
      { x: 1, values: [undefined, 8] },
      { x: 2, values: [6, undefined] },
    ]);
  });

  test('writes large places without decimals', () => {
    expect(place(1954.373)).toBe('1954');
    expect(place(1.5)).toBe('1.5');
  });
});

describe('unrated cells as zeros', () => {
  test('are judged on the cells that are empty', () => {
    // Empty are user 1 item 2, user 2 item 1, user 3 items 2 and 3.
    expect(emptyMean(TOY, [9, 1, 9, 2, 9, 9, 9, 3, 4])).toBe(2.5);
  });

  test('leave the error on the known cells to these alone', () => {
    // Off by 1 on one of five known cells.
    expect(knownError(TOY, [3, 0, 1, 0, 4, 3, 1, 0, 0])).toBeCloseTo(Math.sqrt(1 / 5), 12);
  });

  test('do not change the table when a rating is held back from a copy', () => {
    expect(without(TOY, 0).cells[0]).toBeNull();
    expect(without(TOY, undefined).cells).toEqual(TOY.cells);
    expect(TOY.cells[0]).toBe(2);
  });

  test('are said to pull predictions down only where they do', () => {
    const known = { plain: 0.3, zeros: 0.28 };
    expect(verdict(known, { plain: 1.09, zeros: 0.06 })).toContain('pulled towards 0');
    expect(verdict(known, { plain: 0.01, zeros: 0.06 })).not.toContain('pulled towards 0');
    expect(verdict(known, { plain: Number.NaN, zeros: Number.NaN })).toContain(
      'nothing to compare',
    );
  });
});

describe('half a sweep', () => {
  test('ends after the last user, and then after the last item', () => {
    // Three users and two items: a sweep has five steps.
    expect([0, 2, 3, 4, 5, 8].map((step) => halfEnd(step, 5, 3))).toEqual([3, 3, 5, 5, 8, 10]);
  });
});
