import { expect, test } from 'vitest';

import { addends, findFilms, mainReason, withRating } from '../../www/lab/fold-in.ts';
import { addend, term } from './made.ts';

const items = ['Alien', 'Aliens', 'Heat'].map((title) => ({ title, year: undefined, genres: [] }));

test('a rating replaces one of the same item, or comes last', () => {
  const one = withRating([], 2, 4);
  expect(one).toEqual([{ item: 2, rating: 4 }]);
  expect(withRating(withRating(one, 0, 5), 2, 1)).toEqual([
    { item: 2, rating: 1 },
    { item: 0, rating: 5 },
  ]);
});

test('films are found by a part of the title, without those already rated', () => {
  expect(findFilms(items, ' ALI', [], 6)).toEqual([0, 1]);
  expect(findFilms(items, 'ali', [{ item: 0, rating: 5 }], 6)).toEqual([1]);
  expect(findFilms(items, 'ali', [], 1)).toEqual([0]);
  expect(findFilms(items, '  ', [], 6)).toEqual([]);
});

test('a film is found by its title as it is spoken, and first where the title begins with the text', () => {
  const films = [
    'Old Lord of the Hills',
    'Matrix, The',
    'Lord of the Rings: The Return of the King, The',
  ];
  const titled = films.map((title) => ({ title, year: 1999, genres: [] }));
  expect(findFilms(titled, 'the  matrix', [], 6)).toEqual([1]);
  expect(findFilms(titled, 'Matrix, the (1999)', [], 6)).toEqual([1]);
  expect(findFilms(titled, 'lord of the', [], 6)).toEqual([2, 0]);
  expect(findFilms(titled, 'the lord of the rings: the return', [], 6)).toEqual([2]);
});

test('no rating is a reason for a film that the ratings together move down', () => {
  const because: [number, number][] = [
    [7, 0.1],
    [8, -0.3],
  ];
  const share = { latex: '', words: '', of: [addend({ name: 'product' })] };
  const moved = (value: number): ReturnType<typeof mainReason> =>
    mainReason({
      because,
      share,
      terms: [term({ name: 'mu' }, 3), term({ name: 'product' }, value)],
    });
  expect(moved(-0.2)).toBeUndefined();
  expect(moved(0.2)).toEqual([7, 0.1]);
  expect(mainReason({ because: [], share: undefined, terms: [] })).toBeUndefined();
});

test('what the factors add is told largest first', () => {
  expect(addends([1, 2], [0.5, 3])).toEqual([
    { factor: 2, p: 2, q: 3, value: 6 },
    { factor: 1, p: 1, q: 0.5, value: 0.5 },
  ]);
});
