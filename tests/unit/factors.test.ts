import { describe, expect, test } from 'vitest';

import type { ParameterValues } from '../../pkg/factorscope.js';
import { dot, ends, labels, placed, turned, turnedVector } from '../../www/lab/factors.ts';
import {
  approximation,
  cutOff,
  filled,
  products,
  shade,
  squares,
  triples,
} from '../../www/lab/spectrum.ts';
import { best, lambdas, logarithmic, shares } from '../../www/lab/sweep.ts';
import { parameter as made } from './made.ts';

function parameter(name: string, columns: number, values: number[]): ParameterValues {
  const rows = values.length / columns;
  return made(name, { rows, columns, values: Float32Array.from(values) });
}

describe('vectors', () => {
  test('of the course example have the products 4.7 and −3.8', () => {
    const user = [1, 0.8, -1, 0.1, 1];
    expect(dot(user, [1, 1.5, -1.3, 0, 1.2])).toBeCloseTo(4.7, 12);
    expect(dot(user, [-1, -1, 1, 0, -1])).toBeCloseTo(-3.8, 12);
  });

  test('keep their products when both are turned', () => {
    const [a, b] = [
      [1, 0.8, -1],
      [2, -0.5, 0.3],
    ];
    if (!a || !b) throw new Error('two vectors');
    for (const degrees of [0, 5, 45, 90, 133]) {
      const product = dot(turnedVector(a, 0, 2, degrees), turnedVector(b, 0, 2, degrees));
      expect(product).toBeCloseTo(dot(a, b), 12);
    }
    const [x, y] = turned([1, 0], 90);
    expect(x).toBeCloseTo(0, 12);
    expect(y).toBeCloseTo(-1, 12);
  });
});

describe('the map', () => {
  const q = parameter('q_i', 2, [1, 0, -2, 1, 0.5, 0.5, 3, 3]);

  test('shows films with enough ratings, and both ends of the horizontal axis', () => {
    const points = placed(q, [10, 20, 5, 1], { axes: [0, 1], degrees: 0, least: 2 });
    expect(points.map(({ item }) => item)).toEqual([1, 0, 2]);
    const { high, low } = ends(points, 8);
    expect(high.map(({ item }) => item)).toEqual([0]);
    expect(low.map(({ item }) => item)).toEqual([1]);
    expect(ends([], 8)).toEqual({ high: [], low: [] });
  });

  test('names no two films on top of each other', () => {
    const at = (item: number, x: number, y: number, far: number) => ({
      item,
      x,
      y,
      far,
      name: 'A film with quite a long title indeed',
    });
    const found = labels([at(0, 50, 100, 3), at(1, 60, 104, 2), at(2, 480, 200, 1)], 520, 10);
    expect(found.map(({ item }) => item)).toEqual([0, 2]);
    expect(found[1]?.anchor).toBe('end');
    expect(found[0]?.text.endsWith('…')).toBe(true);
  });
});

describe('a decomposition', () => {
  // 3 (1, 0)(0, 1)^T + 1 (0, 1)(1, 0)^T
  const parameters = [
    parameter('p_u', 2, [1, 0, 0, 1]),
    parameter('sigma', 2, [3, 1]),
    parameter('q_i', 2, [0, 1, 1, 0]),
  ];
  const all = triples(parameters);

  test('adds up layer by layer, and what is left is what was cut off', () => {
    if (!all) throw new Error('there are triples');
    const whole = approximation(all, 2);
    expect(whole).toEqual([0, 3, 1, 0]);
    expect(squares(whole, approximation(all, 1))).toBe(cutOff(all.sigma, 1));
    expect(cutOff(all.sigma, 0)).toBe(10);
    expect(products(all.p, 4)).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(triples(parameters.slice(1))).toBeUndefined();
  });

  test('begins with the holes filled', () => {
    const biases = [
      parameter('mu', 1, [3]),
      parameter('b_u', 1, [0.5, -1]),
      parameter('b_i', 1, [0, 0.25]),
    ];
    expect(filled([Number.NaN, 4, 1, Number.NaN], biases, 2)).toEqual([3.5, 4, 1, 2.25]);
  });

  test('has shades by the share of the largest', () => {
    expect([0, 0.1, -0.5, 1].map((value) => shade(value, 1, 5))).toEqual([0, 1, 3, 5]);
    expect(shade(1, 0, 5)).toBe(0);
  });
});

describe('a sweep', () => {
  const lambda = { default: 10, min: 0, max: 100 };

  test('goes from far below the default to far above it', () => {
    const values = lambdas({
      ...lambda,
      name: 'lambda',
      symbol: '',
      kind: { type: 'real' },
      help: '',
    });
    expect(values).toEqual([0.1, 1, 3, 10, 20, 50, 100]);
    const [first, , last] = logarithmic(0.01, 100, 3);
    expect(first).toBeCloseTo(0.01, 12);
    expect(last).toBeCloseTo(100, 9);
  });

  test('chooses by the lowest validation error, and divides the variance', () => {
    const all = [
      { lambda: 1, train: 0.5, validation: 0.9, test: 0.7 },
      { lambda: 10, train: 0.6, validation: 0.8, test: 0.9 },
      { lambda: 100, train: 0.7, validation: Number.NaN, test: 0.6 },
    ];
    expect(best(all)?.lambda).toBe(10);
    expect(best([])).toBeUndefined();
    // Where nothing is held back for choosing, nothing is chosen.
    expect(best(all.map((one) => ({ ...one, validation: Number.NaN })))).toBeUndefined();
    const { biases, factors, rest } = shares(2, 1.5, 1.25);
    expect([biases, factors, rest]).toEqual([0.25, 0.125, 0.625]);
  });
});
