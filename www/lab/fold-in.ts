// Ratings of somebody who is not in the data, as pure functions.

import type { Item } from '../../pkg/factorscope.js';
import { filmName } from './films.ts';

/** One rating given on the page. */
export interface Given {
  item: number;
  rating: number;
}

/** The list with this rating, in place of one of the same item or at the end. */
export function withRating(given: readonly Given[], item: number, rating: number): Given[] {
  const known = given.some((one) => one.item === item);
  return known
    ? given.map((one) => (one.item === item ? { item, rating } : one))
    : [...given, { item, rating }];
}

/** The first `most` items whose title holds the text, of those not rated yet; none for no text. */
export function findFilms(
  items: readonly Item[],
  text: string,
  given: readonly Given[],
  most: number,
): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const rated = new Set(given.map(({ item }) => item));
  const found: number[] = [];
  for (const [n, item] of items.entries()) {
    if (found.length >= most) break;
    if (!rated.has(n) && filmName(item).toLowerCase().includes(wanted)) found.push(n);
  }
  return found;
}

/** What each factor adds to a prediction, as factors of a product, and the largest first. */
export function addends(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
): { factor: number; p: number; q: number; value: number }[] {
  const all = Array.from(p, (value, k) => {
    const other = q[k] ?? 0;
    return { factor: k + 1, p: value, q: other, value: value * other };
  });
  return all.sort((a, b) => b.value - a.value || a.factor - b.factor);
}
