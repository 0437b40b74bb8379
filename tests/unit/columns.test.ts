import { describe, expect, test } from 'vitest';

import type { Preview } from '../../pkg/factorscope.js';
import { columnNames, columnsOf, missing, pickedAtFirst } from '../../www/lab/columns.ts';

const preview: Preview = {
  file: 'forms.csv',
  header: ['when', 'who', '', 'stars'],
  rows: [['1', 'ann', 'Alien', '5', 'extra']],
  roles: { user: 1, item: undefined, rating: 3, time: undefined },
  wide: false,
  refusal: undefined,
};

describe('a table whose columns nobody can tell', () => {
  test('names its columns by the header, and by number where that says nothing', () => {
    expect(columnNames(preview)).toEqual(['when', 'who', 'column 3', 'stars', 'column 5']);
    expect(columnNames({ ...preview, header: undefined })[0]).toBe('column 1');
  });

  test('begins with what the engine took the columns for', () => {
    expect(pickedAtFirst(preview)).toEqual({ user: 1, rating: 3 });
  });

  test('is not read before user, item and rating are told apart; a time is nobody’s duty', () => {
    expect(missing({})).toBe('Still to be said: user, item, rating.');
    expect(missing({ user: 0, rating: 2 })).toBe('Still to be said: item.');
    expect(missing({ user: 0, item: 1, rating: 1 })).toMatch(/two things/);
    expect(missing({ user: 0, item: 1, rating: 2 })).toBeUndefined();
  });

  test('is handed over by numbers counted from 1', () => {
    const picked = { user: 1, item: 2, rating: 3 };
    expect(columnsOf(picked, preview)).toEqual({ user: '2', item: '3', rating: '4' });
    expect(columnsOf({ ...picked, time: 0 }, preview).time).toBe('1');
  });

  test('has no time where the engine saw one and the reader does not', () => {
    const timed = { ...preview, roles: { ...preview.roles, time: 0 } };
    expect(columnsOf({ user: 1, item: 2, rating: 3 }, timed).time).toBe('none');
  });
});
