// A prediction of the integrated model by its tiers, as pure functions of its addends.

import type { Explanation } from '../../pkg/factorscope.js';

type Terms = Explanation['terms'];

/** The tiers, from the most general to the most particular. */
export const TIERS = ['baseline', 'factors', 'neighborhood'] as const;
export type Tier = (typeof TIERS)[number];

/** What each tier contributes to a prediction. */
export type TierShares = Record<Tier, number>;

/** The tier that an addend belongs to, told by its symbol. */
export function tierOf(symbol: string): Tier {
  if (/[wc]_\{ij\}/.test(symbol)) return 'neighborhood';
  return symbol.includes(String.raw`^\top`) ? 'factors' : 'baseline';
}

/** A prediction's addends, added up by tier. */
export function tierShares(terms: Terms): TierShares {
  const sums: TierShares = { baseline: 0, factors: 0, neighborhood: 0 };
  for (const { symbol, value } of terms) sums[tierOf(symbol)] += value;
  return sums;
}

/** A piece of a stacked bar, from one value to another. */
export interface Piece {
  tier: Tier;
  from: number;
  to: number;
}

/** The two upper tiers stacked from 0, the baseline: what adds to the right, what takes off to the left. */
export function stacked({ factors, neighborhood }: TierShares): Piece[] {
  const ends = { right: 0, left: 0 };
  const pieces: [Tier, number][] = [
    ['factors', factors],
    ['neighborhood', neighborhood],
  ];
  return pieces.map(([tier, value]) => {
    const side = value < 0 ? 'left' : 'right';
    const from = ends[side];
    ends[side] += value;
    return { tier, from, to: ends[side] };
  });
}

/** The smallest round number that holds every bar on either side of 0. */
export function reach(rows: readonly TierShares[]): number {
  const ends = rows.flatMap((row) => stacked(row).map(({ to }) => Math.abs(to)));
  return Math.max(0.1, Math.ceil(Math.max(0, ...ends) * 10) / 10);
}

/** The mean size of a tier's contribution, whatever its sign. */
export function meanSize(rows: readonly TierShares[], tier: Tier): number {
  if (rows.length === 0) return Number.NaN;
  return rows.reduce((sum, row) => sum + Math.abs(row[tier]), 0) / rows.length;
}
