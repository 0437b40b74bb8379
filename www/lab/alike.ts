// How much two trainings have in common, told by what does not hang on the axes of their factors, and by
// what does. Pure functions.

/** The cosines of all pairs of vectors: of each with all before it. A vector without length has none: 0. */
export function cosines(rows: readonly (readonly number[])[]): Float64Array {
  const units = rows.map((row) => {
    const length = Math.hypot(...row) || 1;
    return row.map((value) => value / length);
  });
  const found = new Float64Array((rows.length * (rows.length - 1)) / 2);
  let at = 0;
  for (const [i, one] of units.entries()) {
    for (const other of units.slice(0, i)) {
      found[at] = one.reduce((sum, value, k) => sum + value * (other[k] ?? 0), 0);
      at += 1;
    }
  }
  return found;
}

/** For each vector the `n` with the largest cosine to it, as pairs of places. */
export function nearest(rows: readonly (readonly number[])[], n: number): ReadonlySet<string> {
  const all = cosines(rows);
  const found = new Set<string>();
  for (const i of rows.keys()) {
    const to = Float64Array.from(rows, (_, j) => {
      const [low, high] = i < j ? [i, j] : [j, i];
      return i === j ? -Infinity : (all[(high * (high - 1)) / 2 + low] ?? -Infinity);
    });
    for (let taken = 0; taken < Math.min(n, rows.length - 1); taken++) {
      const j = to.reduce((best, value, at) => (value > (to[best] ?? 0) ? at : best), 0);
      found.add(`${i} ${j}`);
      to[j] = -Infinity;
    }
  }
  return found;
}

/** The correlation of two lists of numbers; of two sets of one size, the share that is in both. */
export function alike(a: unknown, b: unknown): number {
  if (a instanceof Set && b instanceof Set) {
    return [...a].filter((one) => b.has(one)).length / a.size;
  }
  if (a instanceof Float64Array && b instanceof Float64Array) return correlation(a, b);
  throw new Error('only cosines and nearest can be alike');
}

/** Factors of one training beside those of another. */
export interface Matched {
  /** Correlations over the items: a row for each factor of the first, a column for its partner and so on. */
  table: number[][];
  /** Which factor of the second stands in each column, counted from 0. */
  columns: number[];
}

/**
 * The correlations of all factors of two trainings, with the columns in such an order that those most alike
 * meet on the diagonal: the most alike two first, whatever the sign, then the most alike of the others.
 */
export function matched(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
): Matched {
  const factors = first[0]?.length ?? 0;
  const places = Array.from({ length: factors }, (_, k) => k);
  const column = (rows: readonly (readonly number[])[], k: number): Float64Array =>
    Float64Array.from(rows, (row) => row[k] ?? 0);
  const all = places.map((k) =>
    places.map((l) => correlation(column(first, k), column(second, l))),
  );
  const columns: number[] = [];
  const free = { rows: new Set(places), columns: new Set(places) };
  while (free.rows.size > 0) {
    const pairs = [...free.rows].flatMap((k) => [...free.columns].map((l) => [k, l] as const));
    const size = ([k, l]: readonly [number, number]): number => Math.abs(all[k]?.[l] ?? 0);
    const [k, l] = pairs.reduce((best, pair) => (size(pair) > size(best) ? pair : best));
    columns[k] = l;
    free.rows.delete(k);
    free.columns.delete(l);
  }
  return { table: all.map((row) => columns.map((l) => row[l] ?? 0)), columns };
}

/** 0 where one of them does not vary. */
function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (of: Float64Array): number => of.reduce((sum, x) => sum + x, 0) / of.length;
  const [middleA, middleB] = [mean(a), mean(b)];
  let [products, squaresA, squaresB] = [0, 0, 0];
  for (const [n, x] of a.entries()) {
    const y = (b[n] ?? NaN) - middleB;
    products += (x - middleA) * y;
    squaresA += (x - middleA) ** 2;
    squaresB += y * y;
  }
  const sizes = Math.sqrt(squaresA * squaresB);
  return sizes > 0 ? products / sizes : 0;
}
