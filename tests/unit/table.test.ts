import { describe, expect, test } from 'vitest';

import {
  cellFault,
  fitsTable,
  itemRatings,
  readCell,
  resized,
  userRatings,
  within,
  withRating,
} from '../../www/lab/table.ts';
import { TOY } from '../../www/lab/state.ts';

describe('what is typed into a cell', () => {
  test.each([
    ['4', 4],
    [' 3.5 ', 3.5],
    ['3,5', 3.5],
    ['.5', 0.5],
    ['2.', 2],
    ['-1.25', -1.25],
    ['\u22121.25', -1.25],
    ['-0', 0],
    ['1000', 1000],
    ['-1000', -1000],
  ])('is read as a number: %s', (text, value) => {
    expect(readCell(text)).toBe(value);
  });

  test.each(['', '   '])('empties the cell when there is nothing: "%s"', (text) => {
    expect(readCell(text)).toBeNull();
  });

  test.each([
    'abc',
    '1e3',
    '0x10',
    '1000.001',
    '-1001',
    '99999',
    '1.2345',
    '1 2',
    '-',
    '.',
    '--1',
    'NaN',
    '1;2',
  ])('is refused when it is no rating: %s', (text) => {
    expect(readCell(text)).toBeUndefined();
  });

  test('is complained about with the cell, the remedy and what stays', () => {
    expect(cellFault({ u: 1, i: 0 }, 'abc', null)).toBe(
      'User 2, item 1: “abc” is no rating. Type a number from \u22121000 to 1000 with at most three ' +
        'decimals, or nothing. The cell stays empty.',
    );
    expect(cellFault({ u: 0, i: 2 }, '9999', 1)).toContain('User 1, item 3: “9999”');
    expect(cellFault({ u: 0, i: 2 }, '9999', 1)).toContain('The cell keeps 1.');
  });
});

describe('the toy table', () => {
  test('knows the ratings of a user and of an item', () => {
    expect(userRatings(TOY, 1)).toEqual([4, 3]);
    expect(itemRatings(TOY, 0)).toEqual([2, 1]);
  });

  test('keeps its ratings in place when it grows, and loses the last when it shrinks', () => {
    expect(resized(TOY, 3, 4).cells).toEqual([
      2,
      null,
      1,
      null,
      null,
      4,
      3,
      null,
      1,
      null,
      null,
      null,
    ]);
    expect(resized(TOY, 2, 2).cells).toEqual([2, null, null, 4]);
  });

  test('is not changed by a copy with another rating', () => {
    expect(withRating(TOY, { u: 2, i: 1 }, 5).cells).toEqual([2, null, 1, null, 4, 3, 1, 5, null]);
    expect(TOY.cells[7]).toBeNull();
  });
});

test('a table has one to eight users and items', () => {
  expect(fitsTable(1, 8)).toBe(true);
  expect(fitsTable(0, 3)).toBe(false);
  expect(fitsTable(3, 9)).toBe(false);
});

test('a chosen cell moves into a table that has become smaller', () => {
  expect(within({ users: 1, items: 2, cells: [1, 2] }, { u: 4, i: 1 })).toEqual({ u: 0, i: 1 });
});
