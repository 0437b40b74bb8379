// Facts about the small systems that a step solves, read off their numbers.

/** `row` of the matrix times the vector, addend by addend. */
export function rowTerms(
  matrix: readonly number[],
  vector: readonly number[],
  row: number,
): [number, number][] {
  return vector.map((x, column) => [matrix[row * vector.length + column] ?? Number.NaN, x]);
}

/** What a matrix leaves open. */
export interface Silence {
  /** How many directions the matrix fixes. */
  rank: number;
  /** A direction of length 1 that the matrix sends to zero, its largest component positive. */
  direction: number[];
}

/** Pivots below this share of the largest count as zero: the matrix was summed in single precision. */
const NOTHING = 1e-5;

/**
 * A direction that a singular symmetric matrix, row by row, sends to zero: found by eliminating with
 * the largest pivot left, until none is.
 */
export function silentDirection(matrix: readonly number[], size: number): Silence {
  const a = Array.from({ length: size }, (_, row) => matrix.slice(row * size, (row + 1) * size));
  const at = (row: number, column: number): number => a[row]?.[column] ?? 0;
  const largest = Math.max(0, ...a.map((_, k) => at(k, k)));
  const open = a.map((_, k) => k);
  const pivots: number[] = [];
  while (open.length > 1) {
    open.sort((m, n) => at(n, n) - at(m, m));
    const pivot = open[0] ?? 0;
    if (at(pivot, pivot) <= NOTHING * largest) break;
    open.shift();
    pivots.push(pivot);
    for (const row of open) {
      const share = at(row, pivot) / at(pivot, pivot);
      a[row] = (a[row] ?? []).map((value, column) => value - share * at(pivot, column));
    }
  }
  const direction = new Array<number>(size).fill(0);
  direction[open[0] ?? 0] = 1;
  for (const pivot of pivots.reverse()) {
    direction[pivot] = 0;
    const sum = direction.reduce((total, x, column) => total + at(pivot, column) * x, 0);
    direction[pivot] = -sum / at(pivot, pivot);
  }
  const strongest = direction.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  const length = Math.hypot(...direction) * Math.sign(strongest);
  return { rank: pivots.length, direction: direction.map((x) => x / length) };
}
