import { describe, expect, test } from 'vitest';

import {
  bars,
  curve,
  density,
  ellipse,
  inverse2,
  likelihood,
  posterior,
  spread,
} from '../../www/lab/bayes.ts';

const SEEN = [
  { q: 1, t: 1.8 },
  { q: 0.5, t: 0.8 },
];

describe('one number', () => {
  test('is pulled from the likelihood towards the prior as ridge regression does', () => {
    const [noise, prior] = [0.5, 0.25];
    const lambda = noise / prior;
    const { mean, variance } = posterior(SEEN, noise, prior);
    expect(mean).toBeCloseTo((1.8 + 0.4) / (1.25 + lambda), 12);
    expect(variance).toBeCloseTo(noise / (1.25 + lambda), 12);
    expect(likelihood(SEEN, noise)).toEqual({ mean: 2.2 / 1.25, variance: 0.4 });
  });

  test('has its prior where nothing is seen', () => {
    expect(likelihood([], 1)).toBeUndefined();
    expect(likelihood([{ q: 0, t: 3 }], 1)).toBeUndefined();
    expect(posterior([], 1, 0.3)).toEqual({ mean: 0, variance: 0.3 });
  });

  test('has a posterior in proportion to likelihood times prior', () => {
    const after = posterior(SEEN, 0.5, 0.25);
    const told = likelihood(SEEN, 0.5);
    if (!told) throw new Error('no likelihood');
    const ratio = (x: number): number =>
      density(x, after) / (density(x, told) * density(x, { mean: 0, variance: 0.25 }));
    expect(ratio(0.2) / ratio(1.4)).toBeCloseTo(1, 10);
    const points = curve((x) => density(x, after), -4, 4, 400);
    expect(points.reduce((sum, [, y]) => sum + y * 0.02, 0)).toBeCloseTo(1, 6);
  });
});

describe('draws', () => {
  test('have a mean, a deviation and a middle', () => {
    const found = spread([1, 2, 3, 4, 5]);
    expect(found?.mean).toBe(3);
    expect(found?.sd).toBeCloseTo(Math.SQRT2, 12);
    expect(found?.low).toBeCloseTo(1.2, 12);
    expect(found?.high).toBeCloseTo(4.8, 12);
    expect(spread([])).toBeUndefined();
    expect(spread([2])).toEqual({ mean: 2, sd: 0, low: 2, high: 2 });
  });

  test('fall each into one bar of a round width', () => {
    const values = Array.from({ length: 101 }, (_, n) => 3 + n / 100);
    const { counts, edges } = bars(values);
    expect(edges.length).toBe(counts.length + 1);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(101);
    expect((edges[1] ?? 0) - (edges[0] ?? 0)).toBeCloseTo(0.1, 12);
    expect(bars([2, 2]).counts).toEqual([2]);
    expect(bars([])).toEqual({ counts: [], edges: [] });
  });
});

describe('the plane', () => {
  test('has an inverse for a matrix that is not singular', () => {
    expect(inverse2([2, 1, 1, 1])).toEqual([1, -1, -1, 2]);
    expect(inverse2([1, 1, 1, 1])).toBeUndefined();
  });

  test('has an ellipse on which the distance in deviations is the same', () => {
    const covariance: [number, number, number, number] = [2, 0.6, 0.6, 1];
    const precision = inverse2(covariance);
    if (!precision) throw new Error('singular');
    const [a, b, , d] = precision;
    const points = ellipse([1, -1], covariance, 2);
    expect(points.length).toBeGreaterThan(8);
    for (const [x, y] of points) {
      const [u, v] = [x - 1, y + 1];
      expect(a * u * u + 2 * b * u * v + d * v * v).toBeCloseTo(4, 10);
    }
  });
});
