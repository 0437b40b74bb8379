import { describe, expect, test } from 'vitest';

import { equals, texAddends, texMean, texNumber, texSum } from '../../www/lab/means.ts';

describe('a sum as LaTeX', () => {
  test('has every addend, negative ones in brackets', () => {
    expect(texSum([2, 1, 4])).toBe('2 + 1 + 4');
    expect(texSum([-2, -1.5, 4])).toBe('-2 + (-1.5) + 4');
  });

  test('has dots in the middle when it is long', () => {
    expect(texSum([1, 2, 3, 4, 5, 6, 7, 8])).toBe('1 + 2 + 3 + 4 + 5 + 6 + 7 + 8');
    expect(texSum([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe(String.raw`1 + 2 + 3 + 4 + 5 + \dots + 8 + 9`);
  });
});

describe('a mean as LaTeX', () => {
  test('is a fraction, less the mean of all', () => {
    expect(texMean([2, 1, 4, 3, 1])).toBe(String.raw`\dfrac{2 + 1 + 4 + 3 + 1}{5}`);
    expect(texMean([2, 1], 2.2)).toBe(String.raw`\dfrac{2 + 1}{2} - 2.2`);
    expect(texMean([-1], -2)).toBe(String.raw`\dfrac{-1}{1} + 2`);
  });

  test('is nothing without a rating', () => {
    expect(texMean([], 2.2)).toBeUndefined();
  });
});

test('addends carry their signs', () => {
  expect(texAddends([2.2, 1.3, -0.7])).toBe('2.2 + 1.3 - 0.7');
});

test('numbers of the engine are shown without its rounding', () => {
  expect(texNumber(Math.fround(2.2))).toBe('2.2');
  expect(equals(Math.fround(2.2))).toBe('=');
  expect(equals(7 / 3)).toBe('≈');
});
