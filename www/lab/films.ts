// What the table of films says, as pure functions.

import type { Explanation, Item, RatedShare, Term } from '../../pkg/factorscope.js';

/** An item as a line of text: its title, and the year where it is known. */
export function filmName({ title, year }: Pick<Item, 'title' | 'year'>): string {
  return year === undefined ? title : `${title} (${year})`;
}

/** The same of the item with this index. */
export function nameOf(items: readonly Item[], item: number): string {
  const known = items[item];
  return known ? filmName(known) : `item ${item + 1}`;
}

/** Ratings a film needs to be recommended, unless the reader says otherwise; 1 in small data. */
export function usualLeast(ratings: number): number {
  return ratings < 1000 ? 1 : 5;
}

/** What single rated items add to a prediction: the largest, and all the others together. */
export interface Shares {
  largest: { item: number; share: number }[];
  others: number;
  /** The sum of the others. */
  rest: number;
  /** The sum of all. */
  sum: number;
}

/** The `most` largest of an explanation's shares, or nothing where the model cannot tell. */
export function shares({ because }: Explanation, most: number): Shares | undefined {
  if (because.length === 0) return undefined;
  const largest = because.slice(0, most).map(([item, share]) => ({ item, share }));
  const others = because.slice(most);
  const total = (of: readonly [number, number][]): number =>
    of.reduce((sum, [, share]) => sum + share, 0);
  return { largest, others: others.length, rest: total(others), sum: total(because) };
}

const COUNTED = ['', '', 'two ', 'three '];

/** Which addends of a prediction the shares sum to, by their place in the table of addends. */
export function addendsOf(terms: readonly Term[], { of }: RatedShare): string {
  const places = of.map(({ name }) => terms.findIndex(({ addend }) => addend.name === name) + 1);
  if (places.length === terms.length) return 'the whole prediction';
  const last = Math.min(...places) === terms.length - places.length + 1;
  if (last) return `the last ${COUNTED[places.length] ?? ''}addend${places.length > 1 ? 's' : ''}`;
  return `addend ${places.join(' and ')}`;
}

/** The dense index of a user by the id the data set gave, or nothing. */
export function userIndex(ids: readonly string[], text: string): number | undefined {
  const at = ids.indexOf(text.trim());
  return at < 0 ? undefined : at;
}
