// A prediction of the integrated model by its tiers, as pure functions of its addends.

import type { AddendKind, Explanation } from '../../pkg/factorscope.js';

type Terms = Explanation['terms'];

/** The tiers, from the most general to the most particular. */
export const TIERS = ['baseline', 'factors', 'neighborhood'] as const;
export type Tier = (typeof TIERS)[number];

/** What each tier contributes to a prediction. */
export type TierShares = Record<Tier, number>;

/** The tier that an addend belongs to. */
export function tierOf(kind: AddendKind): Tier {
  if (kind === 'neighbors') return 'neighborhood';
  return kind === 'factors' ? 'factors' : 'baseline';
}

/** A prediction's addends, added up by tier. */
export function tierShares(terms: Terms): TierShares {
  const sums: TierShares = { baseline: 0, factors: 0, neighborhood: 0 };
  for (const { addend, value } of terms) sums[tierOf(addend.kind)] += value;
  return sums;
}

/** The smallest of 0.01, 0.02, 0.05, 0.1, … that holds a tier's every share, whatever its sign. */
export function reach(rows: readonly TierShares[], tier: Tier): number {
  const most = Math.max(0.01, ...rows.map((row) => Math.abs(row[tier])));
  const decade = 10 ** Math.floor(Math.log10(most) + 1e-9);
  const step = [1, 2, 5, 10].find((times) => times * decade >= most * (1 - 1e-9)) ?? 10;
  return Number((step * decade).toPrecision(1));
}

/** The mean size of a tier's contribution, whatever its sign. */
export function meanSize(rows: readonly TierShares[], tier: Tier): number {
  if (rows.length === 0) return Number.NaN;
  return rows.reduce((sum, row) => sum + Math.abs(row[tier]), 0) / rows.length;
}
