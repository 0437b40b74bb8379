import { expect, test } from 'vitest';

import type { Epoch, Metric, RatedShare, Task } from '../../pkg/factorscope.js';
import { isUseful } from '../../www/data/intake.ts';
import { addendsOf, filmName, shares, userIndex } from '../../www/lab/films.ts';
import {
  chosenEpoch,
  errorRows,
  overfitting,
  progressText,
  secondsLeft,
  singularText,
} from '../../www/lab/training.ts';
import { sentence } from '../../www/sentence.ts';
import { measured } from '../claims/engine.ts';
import { addend, term } from './made.ts';

const shown = (task: Task): Metric[] =>
  measured.filter((metric) => metric.task === task && metric.shown);

function epoch(n: number, train: number, test: number, singular = 0): Epoch {
  return {
    epoch: n,
    train: { rmse: train, rmse_unclamped: train, mae: train / 2 },
    test: { rmse: test, rmse_unclamped: test, mae: test / 2 },
    seconds: n,
    operations: n,
    singular,
  };
}

test('time left goes on as the epochs so far went', () => {
  expect(secondsLeft(2, 4, 20)).toBe(8);
  expect(secondsLeft(5, 20, 20)).toBe(0);
});

test('there is no time left to tell before the first epoch is done', () => {
  expect(secondsLeft(3, 0, 20)).toBeUndefined();
  expect(progressText(3, 0, 20)).toBe('epoch 0 of 20');
});

test('progress tells the time left only while something is under way', () => {
  expect(progressText(6, 3, 9)).toBe('epoch 3 of 9, about 12 s left');
  expect(progressText(6, 1, 9, 0.5)).toBe('epoch 1 of 9, about 30 s left');
  expect(progressText(6, 9, 9)).toBe('epoch 9 of 9');
  expect(progressText(undefined, 3, 9)).toBe('epoch 3 of 9');
});

test('errors are told with their change since the start', () => {
  const rows = errorRows([epoch(0, 1, 1.5), epoch(1, 0.75, 1.25)], shown('rating'));
  expect(rows.map(({ change, name, now, start }) => [name, start, now, change])).toEqual([
    ['training RMSE', 1, 0.75, -0.25],
    ['test RMSE', 1.5, 1.25, -0.25],
    ['training MAE', 0.5, 0.375, -0.125],
    ['test MAE', 0.75, 0.625, -0.125],
  ]);
});

test('a model that only ranks has one row, its rank on the test set', () => {
  const ranked = (n: number, rank: number): Epoch => {
    return { ...epoch(n, 1, 1), train: {}, test: { rank } };
  };
  expect(errorRows([ranked(0, 50), ranked(1, 12)], shown('ranking'))).toEqual([
    { name: 'test rank, %', set: 'test', start: 50, now: 12, change: -38 },
  ]);
  expect(overfitting([ranked(0, 50), ranked(1, 12)])).toBeUndefined();
});

test('a set that is empty or a training that has not begun has no numbers', () => {
  expect(errorRows([], shown('rating')).map(({ now }) => now)).toEqual([NaN, NaN, NaN, NaN]);
  const held = { ...epoch(0, 1, 1), test: {} };
  expect(errorRows([held], shown('rating'))[1]?.change).toBeNaN();
});

test('systems without a unique solution are counted in one sentence, or not mentioned', () => {
  expect(singularText([epoch(0, 1, 1), epoch(1, 1, 1)])).toBeUndefined();
  const text = singularText([epoch(0, 1, 1), epoch(1, 1, 1, 3), epoch(2, 1, 1, 1)]);
  expect(text).toContain('In epoch 1 (and in 1 later epoch), 3 linear systems');
});

test('overfitting is told once the test error has grown by more than noise', () => {
  const falling = [epoch(0, 1, 1), epoch(1, 0.9, 0.95)];
  expect(overfitting(falling)).toBeUndefined();
  expect(overfitting([...falling, epoch(2, 0.8, 0.952)])).toBeUndefined();
  expect(overfitting([...falling, epoch(2, 0.8, 0.96)])?.epoch).toBe(1);
  expect(overfitting([epoch(0, 1, Number.NaN), epoch(1, 0.5, Number.NaN)])).toBeUndefined();
});

test('the epoch to stop at is chosen by the validation error, never by the test error', () => {
  const validated = (n: number, validation: number, test: number): Epoch => {
    const { test: errors, ...rest } = epoch(n, 1 - n / 10, test);
    return { ...rest, test: errors, validation: { ...errors, rmse: validation } };
  };
  const history = [validated(0, 1, 1), validated(1, 0.9, 0.8), validated(2, 0.85, 0.9)];
  expect(chosenEpoch(history)?.epoch).toBe(2);
  expect(chosenEpoch([epoch(0, 1, 1), epoch(1, 0.9, 0.8)])).toBeUndefined();
  // The test error alone has grown: by the part that chooses, nothing has.
  expect(overfitting(history)).toBeUndefined();
  expect(overfitting([...history, validated(3, 0.86, 0.7)])?.epoch).toBe(2);
});

test('a validation part has its rows between training and test', () => {
  const { test: errors, ...rest } = epoch(0, 1, 1);
  const rows = errorRows(
    [{ ...rest, test: errors, validation: { ...errors, rmse: 0.9 } }],
    shown('rating'),
  );
  expect(rows.map(({ name }) => name)).toEqual([
    'training RMSE',
    'validation RMSE',
    'test RMSE',
    'training MAE',
    'validation MAE',
    'test MAE',
  ]);
  expect(rows[1]?.now).toBe(0.9);
});

test('a run whose training error rose with the test error does not overfit', () => {
  const settled = [epoch(0, 0.9, 0.95), epoch(1, 0.657, 0.85)];
  expect(overfitting([...settled, epoch(2, 0.6873, 0.9)])).toBeUndefined();
});

test('a film is called by its title, and by its year where it is known', () => {
  expect(filmName({ title: 'Alien', year: 1979 })).toBe('Alien (1979)');
  expect(filmName({ title: '4711', year: undefined })).toBe('4711');
});

test('shares beyond the largest are summed up, so that all together stay the same', () => {
  const because: [number, number][] = [
    [7, 0.5],
    [3, 0.25],
    [1, 0.125],
    [2, -0.5],
  ];
  const found = shares({ terms: [], because, share: undefined }, 2);
  expect(found?.largest).toEqual([
    { item: 7, share: 0.5 },
    { item: 3, share: 0.25 },
  ]);
  expect(found?.others).toBe(2);
  expect(found?.rest).toBe(-0.375);
  expect(found?.sum).toBe(0.375);
  expect(shares({ terms: [], because: [], share: undefined }, 2)).toBeUndefined();
});

test('the addends that shares sum to are named by their place', () => {
  const terms = ['mu', 'b_u', 'b_i', 'x', 'y', 'z'].map((name) => term({ name }, 1));
  const of = (...names: string[]): RatedShare => {
    return { latex: '', words: '', of: names.map((name) => addend({ name })) };
  };
  const named = (...names: string[]): string => addendsOf(terms, of(...names));
  expect(named('z')).toBe('the last addend');
  expect(named('y', 'z')).toBe('the last two addends');
  expect(named('x', 'y', 'z')).toBe('the last three addends');
  expect(named('y')).toBe('addend 5');
  expect(addendsOf([term({ name: 'p' }, 1)], of('p'))).toBe('the whole prediction');
});

test('a user is found by the id of the data set, blanks aside', () => {
  expect(userIndex(['ann', 'bob'], ' bob ')).toBe(1);
  expect(userIndex(['10', '1'], '1')).toBe(1);
  expect(userIndex(['10', '1'], '')).toBeUndefined();
});

test('what file managers leave in folders is no part of a data set', () => {
  const paths = ['ml-1m/ratings.dat', 'ml-1m/.DS_Store', '__MACOSX/ratings.csv', 'a/Thumbs.db'];
  expect(paths.filter(isUseful)).toEqual(['ml-1m/ratings.dat']);
  expect(isUseful('.hidden/ratings.csv')).toBe(false);
});

test('what the engine throws becomes a sentence, and file names stay as they are', () => {
  expect(sentence(new Error('training diverged; try less'))).toBe('Training diverged; try less.');
  expect(sentence(new Error('mine.csv, line 3: expected a number'))).toBe(
    'mine.csv, line 3: expected a number.',
  );
  expect(sentence('no data set is open')).toBe('No data set is open.');
  expect(sentence(new Error('Really?'))).toBe('Really?');
});
