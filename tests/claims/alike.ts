// How much two trainings have in common, told by what does not hang on the axes of their factors.

/** The cosines of all pairs of vectors. */
export function cosines(rows: readonly number[][]): Float64Array {
  const units = rows.map((row) => {
    const length = Math.hypot(...row);
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
export function nearest(rows: readonly number[][], n: number): ReadonlySet<string> {
  const all = cosines(rows);
  const between = (i: number, j: number): number => {
    const [low, high] = i < j ? [i, j] : [j, i];
    return all[(high * (high - 1)) / 2 + low] ?? NaN;
  };
  const found = new Set<string>();
  for (const i of rows.keys()) {
    const others = [...rows.keys()].filter((j) => j !== i);
    others.sort((a, b) => between(i, b) - between(i, a));
    for (const j of others.slice(0, n)) found.add(`${i} ${j}`);
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
  return products / Math.sqrt(squaresA * squaresB);
}
