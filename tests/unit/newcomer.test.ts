import { expect, test } from 'vitest';

import type { ColdPart } from '../../www/engine/types.ts';
import { coldCurve, worth } from '../../www/lab/cold.ts';
import { apart, arrows, histogram, kinds, mean, row } from '../../www/lab/newcomer.ts';
import { parameter } from './made.ts';

const part = (
  at: number,
  fold: number,
  known: number,
  rmse: number,
  ratings: number,
): ColdPart => ({
  at,
  fold,
  known,
  ratings,
  errors: { rmse, rmse_unclamped: rmse, mae: 0 },
});

test('groups are pooled by their squared errors', () => {
  const parts = [part(0, 0, 1, 1, 30), part(0, 1, 1, 2, 10), part(1, 0, 1, 9, 5)];
  const [point, ...rest] = coldCurve(parts, 0);
  expect(rest).toEqual([]);
  expect(point?.known).toBe(1);
  // (30 · 1 + 10 · 4) / 40
  expect(point?.rmse).toBeCloseTo(Math.sqrt(1.75), 12);
});

test('points come by the number of known ratings, in whatever order they were measured', () => {
  const parts = [part(0, 0, 5, 0.8, 1), part(0, 0, 0, 1, 1), part(0, 0, 1, 0.9, 1)];
  expect(coldCurve(parts, 0).map(({ known }) => known)).toEqual([0, 1, 5]);
  expect(coldCurve(parts, 1)).toEqual([]);
});

test('attributes are worth as many ratings as bring the other curve down to them', () => {
  const curve = (...points: [number, number][]) => points.map(([known, rmse]) => ({ known, rmse }));
  const lacking = curve([0, 1], [1, 0.96], [5, 0.92], [10, 0.9]);
  expect(worth(curve([0, 0.94]), lacking)).toBeCloseTo(3, 12);
  expect(worth(curve([0, 0.96]), lacking)).toBeCloseTo(1, 12);
  expect(worth(curve([0, 0.5]), lacking)).toBe(Infinity);
  expect(worth(curve([0, 1.1]), lacking)).toBeUndefined();
  expect(worth([], lacking)).toBeUndefined();
});

test('attributes are put together by kind and keep their numbers', () => {
  const told = kinds([
    { kind: 'age', value: '18-24' },
    { kind: 'age', value: '25-34' },
    { kind: 'gender', value: 'F' },
  ]);
  expect(told.map(({ kind }) => kind)).toEqual(['age', 'gender']);
  expect(told[1]?.values).toEqual([{ at: 2, value: 'F' }]);
});

test('arrows are laid head to tail', () => {
  const vectors = [
    [1, 2, 7],
    [0.5, -1, 7],
  ];
  expect(arrows([0, 1], (at) => vectors[at] ?? [])).toEqual([
    { at: 0, from: [0, 0], to: [1, 2] },
    { at: 1, from: [1, 2], to: [1.5, 1] },
  ]);
  expect(arrows([], () => [])).toEqual([]);
});

test('a row of a parameter is cut out of its values', () => {
  const vectors = parameter('y_a', { rows: 2, columns: 2, values: Float32Array.of(1, 2, 3, 4) });
  expect(row(vectors, 1)).toEqual([3, 4]);
  expect(row(undefined, 1)).toEqual([]);
});

test('a histogram counts what lies beyond its scale at the ends', () => {
  const bars = histogram([-1, 0.5, 0.6, 1.5, 9], 0.5, 2.5, 0.5);
  expect(bars.map(({ count }) => count)).toEqual([3, 0, 1, 1]);
  expect(bars.map(({ from }) => from)).toEqual([0.5, 1, 1.5, 2]);
  expect(mean([1, 2, 6])).toBe(3);
});

test('words that would cover each other stand one below the other, and others where they were', () => {
  const word = (x: number, y: number, width: number) => ({
    x,
    y,
    width,
    height: 16,
    anchor: 'start' as const,
  });
  const [first, second, third, far] = apart([
    word(10, 50, 30),
    word(20, 55, 10),
    { ...word(45, 60, 30), anchor: 'end' as const },
    word(200, 50, 30),
  ]);
  expect(first?.y).toBe(50);
  expect(second?.y).toBe(66);
  expect(third?.y).toBe(82);
  expect(far?.y).toBe(50);
});
