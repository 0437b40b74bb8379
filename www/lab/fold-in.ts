// Ratings of somebody who is not in the data, as pure functions.

import type { Explanation, Item } from '../../pkg/factorscope.js';
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

/**
 * The first `most` items whose title holds the text, of those not rated yet; none for no text. Titles
 * that begin with it come first, and "Matrix, The" is found as "the matrix" too.
 */
export function findFilms(
  items: readonly Item[],
  text: string,
  given: readonly Given[],
  most: number,
): number[] {
  const wanted = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (wanted === '') return [];
  const rated = new Set(given.map(({ item }) => item));
  const begins: number[] = [];
  const holds: number[] = [];
  for (const [n, item] of items.entries()) {
    if (rated.has(n)) continue;
    const name = filmName(item).toLowerCase();
    const spoken = articleFirst(name);
    if (name.startsWith(wanted) || spoken.startsWith(wanted)) begins.push(n);
    else if (name.includes(wanted) || spoken.includes(wanted)) holds.push(n);
  }
  return [...begins, ...holds].slice(0, most);
}

/** "lord of the rings: the two towers, the (2002)" as it is spoken, with its article in front. */
function articleFirst(name: string): string {
  return name.replace(/^([^()]*), (the|an?|der|die|das|les?|la|il|el)(?= \(|$)/, '$2 $1');
}

/** The rating that speaks most for an item, or nothing where the ratings together do not speak for it. */
export function mainReason({ because, share, terms }: Explanation): [number, number] | undefined {
  const told = new Set(share?.of.map(({ name }) => name));
  const change = terms.reduce(
    (sum, { addend, value }) => sum + (told.has(addend.name) ? value : 0),
    0,
  );
  const [best] = because;
  return best && change > 0 && best[1] > 0 ? best : undefined;
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
