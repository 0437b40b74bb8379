// A singular value decomposition taken apart: pure functions of its triples and of the matrix.

import type { ParameterValues } from '../../pkg/factorscope.js';

/** The triples of a decomposition: users' and items' vectors row by row, and the singular values. */
export interface Triples {
  p: ParameterValues;
  sigma: readonly number[];
  q: ParameterValues;
}

/** The triples among a model's parameters, or nothing where it has none. */
export function triples(parameters: readonly ParameterValues[]): Triples | undefined {
  const of = (name: string): ParameterValues | undefined =>
    parameters.find((parameter) => parameter.name === name);
  const [p, sigma, q] = [of('p_u'), of('sigma'), of('q_i')];
  return p && sigma && q ? { p, sigma: [...sigma.values], q } : undefined;
}

/** The matrix with its holes filled by mu + b_u + b_i, row by row. */
export function filled(
  cells: ArrayLike<number>,
  parameters: readonly ParameterValues[],
  items: number,
): number[] {
  const of = (name: string, at: number): number =>
    parameters.find((parameter) => parameter.name === name)?.values[at] ?? 0;
  return Array.from(cells, (cell, at) => {
    if (Number.isFinite(cell)) return cell;
    return of('mu', 0) + of('b_u', Math.floor(at / items)) + of('b_i', at % items);
  });
}

/** The sum of the first `f` triples, row by row. */
export function approximation({ p, q, sigma }: Triples, f: number): number[] {
  const cells: number[] = [];
  for (let u = 0; u < p.rows; u++) {
    for (let i = 0; i < q.rows; i++) {
      let sum = 0;
      for (let k = 0; k < Math.min(f, sigma.length); k++) {
        const product = (p.values[u * p.columns + k] ?? 0) * (q.values[i * q.columns + k] ?? 0);
        sum += (sigma[k] ?? 0) * product;
      }
      cells.push(sum);
    }
  }
  return cells;
}

/** The sum of squared differences over the cells for which `counts` says so. */
export function squares(
  a: readonly number[],
  b: readonly number[],
  counts: (at: number) => boolean = () => true,
): number {
  return a.reduce((sum, x, at) => (counts(at) ? sum + (x - (b[at] ?? 0)) ** 2 : sum), 0);
}

/** What Eckart and Young say is left: the squares of the singular values beyond the first `f`. */
export function cutOff(sigma: readonly number[], f: number): number {
  return sigma.slice(f).reduce((sum, s) => sum + s * s, 0);
}

/** The products of the columns with each other, the first `n` of them. */
export function products({ columns, rows, values }: ParameterValues, n: number): number[][] {
  const numbers = Array.from({ length: Math.min(n, columns) }, (_, k) => k);
  return numbers.map((k) =>
    numbers.map((l) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        sum += (values[row * columns + k] ?? 0) * (values[row * columns + l] ?? 0);
      }
      return sum;
    }),
  );
}

/** A number between 0 and `levels` for a cell's shade, by its share of the largest. */
export function shade(value: number, largest: number, levels: number): number {
  if (!(largest > 0) || !Number.isFinite(value)) return 0;
  return Math.min(levels, Math.round((Math.abs(value) / largest) * levels));
}
