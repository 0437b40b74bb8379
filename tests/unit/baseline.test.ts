import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, test } from 'vitest';

import reference from '../reference/baseline.json' with { type: 'json' };
import { Data, initSync, Run } from '../../pkg/factorscope.js';
import { type BaselineFit, objectiveOf, PASSES, readFit, same } from '../../www/lab/baseline.ts';
import { engineCells, type Table, TOY } from '../../www/lab/state.ts';
import { allRatings, itemRatings, resized, userRatings, withRating } from '../../www/lab/table.ts';

beforeAll(() => {
  const module = readFileSync(new URL('../../pkg/factorscope_bg.wasm', import.meta.url));
  initSync({ module });
});

/** What the engine makes of a table. */
function fit(table: Table, settings: string[], passes: number): BaselineFit {
  const data = Data.table(table.users, table.items, engineCells(table));
  const run = new Run(data, 'baseline', settings, 'everything', 42);
  for (let pass = 0; pass < passes; pass++) run.pass();
  return readFit({
    history: run.history(),
    predictions: run.predictions(),
    parameters: run.parameters(),
    objective: run.objective(),
    fingerprint: run.fingerprint(),
    receipt: run.receipt(),
    stopped: undefined,
  });
}

const means = (table: Table): BaselineFit => fit(table, ['method=means'], 1);
const solved = (table: Table, lambda: number): BaselineFit =>
  fit(table, ['method=least-squares', `lambda=${lambda}`], PASSES);

const full = (users: number, items: number, cell: (n: number) => number | null): Table => ({
  users,
  items,
  cells: Array.from({ length: users * items }, (_, n) => cell(n)),
});
const TABLES: [string, Table][] = [
  ['the toy', TOY],
  ['one cell', full(1, 1, () => 3)],
  ['eight by eight, all rated', full(8, 8, (n) => (n * 7) % 5)],
  ['a user and an item without ratings', resized(TOY, 4, 4)],
  ['ratings that are all equal', full(3, 3, () => 0.1)],
  [
    'decimals, negative and large numbers',
    full(2, 3, (n) => [-1.125, 1000, null, 3.5, -999.999, 0][n] ?? null),
  ],
];

describe.each(TABLES)('the means of %s', (_name, table) => {
  const average = (ratings: number[]): number =>
    ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;

  test('are those of the ratings that the formula shows', () => {
    const { b_i, b_u, mu, predictions } = means(table);
    const mean = average(allRatings(table));
    const bias = (ratings: number[]): number => (ratings.length > 0 ? average(ratings) - mean : 0);
    expect(same(mu, mean)).toBe(true);
    const counts = [b_u.length, b_i.length, predictions.length];
    expect(counts).toEqual([table.users, table.items, table.users * table.items]);
    b_u.forEach((value, u) => expect(value).toBeCloseTo(bias(userRatings(table, u)), 3));
    b_i.forEach((value, i) => expect(value).toBeCloseTo(bias(itemRatings(table, i)), 3));
    predictions.forEach((value, n) =>
      expect(value).toBeCloseTo(
        mean + (b_u[Math.floor(n / table.items)] ?? 0) + (b_i[n % table.items] ?? 0),
        3,
      ),
    );
  });

  test.each([0, 0.3, 4])('are never better than the least squares, lambda %d', (lambda) => {
    const best = objectiveOf(solved(table, lambda), table, lambda).total;
    const other = objectiveOf(means(table), table, lambda).total;
    expect(best <= other || same(best, other)).toBe(true);
  });
});

test('user 2 and item 1 of the toy give 2.2 + 1.3 - 0.7 = 2.8', () => {
  const { b_i, b_u, mu, predictions } = means(TOY);
  const close = (value: number | undefined): string => (value ?? Number.NaN).toFixed(5);
  expect([mu, b_u[1], b_i[0], predictions[3]].map(close)).toEqual([
    '2.20000',
    '1.30000',
    '-0.70000',
    '2.80000',
  ]);
});

describe.each(reference.toy.regularized)(
  'the least squares of the toy at lambda $lambda',
  (expected) => {
    test('are those of the dense linear system', () => {
      const { b_i, b_u } = solved(TOY, expected.lambda);
      const biases = [...expected.b_u, ...expected.b_i];
      expect(b_u.length + b_i.length).toBe(biases.length);
      [...b_u, ...b_i].forEach((value, n) => expect(value).toBeCloseTo(biases[n] ?? Number.NaN, 5));
    });

    test('have the objective that its parts add up to', () => {
      const fitted = solved(TOY, expected.lambda);
      const { errors, penalty, total } = objectiveOf(fitted, TOY, expected.lambda);
      expect(errors + penalty).toBe(total);
      expect(total).toBeCloseTo(expected.objective, 5);
      expect(fitted.objective).toBeCloseTo(expected.objective, 5);
    });
  },
);

test('at lambda 0 a tree of ratings is fitted exactly, and the rest follows from sums', () => {
  // r_21 = r_23 - r_13 + r_11 = 3 - 1 + 2.
  const { predictions } = solved(TOY, 0);
  expect(predictions[3]).toBeCloseTo(4, 5);
  expect(objectiveOf(solved(TOY, 0), TOY, 0).total).toBeCloseTo(0, 5);
});

test('the penalty of the means is counted at the lambda asked for', () => {
  // Squared errors 1.44 + .09 + 1.69 + .09 + .49; squared biases .49 + 1.69 + 1.44 + .49 + 3.24 + .04.
  const { errors, meanRest, penalty } = objectiveOf(means(TOY), TOY, 2);
  expect(errors).toBeCloseTo(3.8, 5);
  expect(penalty).toBeCloseTo(2 * 7.39, 5);
  // Errors 1.2 - .3 - 1.3 - .3 + .7 of five ratings.
  expect(meanRest).toBeCloseTo(0, 5);
});

test('a rating nobody gave before changes the biases of its user and its item', () => {
  const before = means(TOY);
  const after = means(withRating(TOY, { u: 1, i: 0 }, 5));
  expect(after.mu).toBeCloseTo(16 / 6, 5);
  expect(after.b_u[1]).toBeCloseTo(4 - 16 / 6, 5);
  expect(after.b_u[1]).not.toBe(before.b_u[1]);
});
