import { describe, expect, test } from 'vitest';

import type { Epoch } from '../../pkg/factorscope.js';
import { byEpoch, bySetting, meanAndSpread, seedsFrom, splitText } from '../../www/lab/seeds.ts';

function epoch(n: number, validation: number | undefined, test: number): Epoch {
  const errors = (rmse: number) => ({ rmse, rmse_unclamped: rmse, mae: rmse });
  return {
    epoch: n,
    train: errors(1),
    ...(validation === undefined ? {} : { validation: errors(validation) }),
    test: errors(test),
    seconds: 0,
    operations: 0,
    singular: 0,
  };
}

describe('one split', () => {
  const setup = { model: 'svd', settings: [], seed: 3, splitSeed: 7, split: '0.2', validation: 0 };

  test('is told by its parts and its seeds', () => {
    expect(splitText(setup)).toBe(
      '20 % of the ratings, at random, are the test part; split seed 7, seed 3',
    );
    expect(splitText({ ...setup, validation: 0.1 })).toBe(
      '20 % of the ratings, at random, are the test part, 10 % of the others the validation part; split seed 7, seed 3',
    );
  });

  test('has no seed where nothing is drawn', () => {
    expect(splitText({ ...setup, split: 'time' })).toBe(
      'the latest fifth of all ratings is the test part; seed 3',
    );
    expect(splitText({ ...setup, split: 'time', validation: 0.1 })).toContain('split seed 7');
  });
});

describe('several splits', () => {
  test('take the seeds from the chosen one on, as far as there are any', () => {
    expect(seedsFrom(42, 100)).toEqual([42, 43, 44, 45, 46]);
    expect(seedsFrom(99, 100)).toEqual([96, 97, 98, 99, 100]);
  });

  test('report the test error of the epoch with the lowest validation error', () => {
    const history = [epoch(0, 1, 1), epoch(1, 0.8, 0.95), epoch(2, 0.9, 0.7)];
    expect(byEpoch(history)).toEqual({ test: 0.95, chosen: 'epoch 1' });
    const plain = [epoch(0, undefined, 1), epoch(1, undefined, 0.8), epoch(2, undefined, 0.9)];
    expect(byEpoch(plain)).toEqual({ test: 0.9, chosen: '' });
  });

  test('report the test error of the setting with the lowest validation error at its end', () => {
    const trained = [
      { name: 'λ = 1', history: [epoch(0, 0.5, 0.5), epoch(1, 0.9, 0.6)] },
      { name: 'λ = 2', history: [epoch(0, 1, 1), epoch(1, 0.8, 0.85)] },
      { name: 'λ = 3', history: [epoch(0, Number.NaN, 0.1)] },
    ];
    expect(bySetting(trained)).toEqual({ test: 0.85, chosen: 'λ = 2' });
    expect(bySetting([]).test).toBeNaN();
  });

  test('have a mean and a spread', () => {
    expect(meanAndSpread([1, 3])).toEqual({ mean: 2, spread: 1 });
  });
});
