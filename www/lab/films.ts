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

/** An addend of a prediction in words, where the site knows its symbol. */
export function meaning(symbol: string): string {
  return (
    {
      [String.raw`\mu`]: 'the mean of all ratings',
      b_u: 'the user’s bias: how far their ratings lie from what is expected without it',
      b_i: 'the film’s bias: how far its ratings lie from what is expected without it',
      [String.raw`q_i^\top p_u`]: 'the film’s vector times the user’s own',
      [String.raw`\sigma_1 p_{u1} q_{i1}`]: 'the first triple, which is close to the mean',
      [String.raw`\sum_{k>1} \sigma_k p_{uk} q_{ik}`]: 'all the other triples',
      [String.raw`p_u^\top q_i`]: 'the user’s vector times the film’s',
      [String.raw`q_i^\top |N(u)|^{-1/2} \sum_{j} y_j`]:
        'the film’s vector times what the rated films say of the user',
      [String.raw`q_i^\top |R(u)|^{-1/2} \sum_{j} x_j`]:
        'the film’s vector times the vectors of the rated films',
      [String.raw`q_i^\top |R(u)|^{-1/2} \sum_{j} (r_{uj} - \tilde b_{uj})\, x_j`]:
        'the film’s vector times what the user’s stars say',
      [String.raw`q_i^\top z_u`]: 'the film’s vector times what the rated films say of the user',
      [String.raw`p_u^\top |N(u)|^{-1/2} \sum_{j} y_j`]:
        'the user’s vector times what the rated films say of the user: the same for every film',
      [String.raw`|R^k|^{-1/2} \sum_j (r_{uj} - \tilde b_{uj})\, w_{ij}`]:
        'how far the ratings of the film’s neighbors lie from what was expected, weighted',
      [String.raw`|N^k|^{-1/2} \sum_j c_{ij}`]: 'which of the film’s neighbors were rated at all',
      [String.raw`\sum_{a} b_a`]: 'what the user’s attributes add for every film',
      [String.raw`|G(i)|^{-1/2} \sum_{g} b_g`]: 'what the film’s genres add for every user',
      [String.raw`v_i^\top p_u`]: 'the film’s vector, its genres’ included, times the user’s own',
      [String.raw`v_i^\top |N(u)|^{-1/2} \sum_{j} x_j`]:
        'the same times what the rated films say of the user',
      [String.raw`v_i^\top \sum_{a} y_a`]: 'the same times what the attributes say of the user',
      [String.raw`\alpha_u\,\mathrm{dev}_u(t)`]: 'how far the user has drifted by then',
      'b_{u,t}': 'this user on that day; 0 on a day without ratings in training',
      [String.raw`b_{i,\mathrm{Bin}(t)}`]: 'this film in those years',
      [String.raw`q_i^\top \alpha_{pu}\,\mathrm{dev}_u(t)`]:
        'the film’s vector times how far the user’s taste has drifted',
    }[symbol] ?? ''
  );
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
  const places = of.map((symbol) => terms.findIndex((term) => term.symbol === symbol) + 1);
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
