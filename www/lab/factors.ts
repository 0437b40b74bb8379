// Latent vectors as pictures and lists: pure functions of a model's parameters.

import type { ParameterValues } from '../../pkg/factorscope.js';

/** A number in two directions. */
export type Pair = readonly [number, number];

/** a . b */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0);
}

/** The point after the axes have been turned by an angle in degrees. */
export function turned([x, y]: Pair, degrees: number): Pair {
  const angle = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c * x + s * y, c * y - s * x];
}

/** A vector of which two components have been turned together; the others stay. */
export function turnedVector(
  vector: readonly number[],
  first: number,
  second: number,
  degrees: number,
): number[] {
  const [x, y] = turned([vector[first] ?? 0, vector[second] ?? 0], degrees);
  return vector.map((value, k) => (k === first ? x : k === second ? y : value));
}

/** One row of a parameter. */
export function row({ columns, values }: ParameterValues, at: number): number[] {
  return [...values.subarray(at * columns, (at + 1) * columns)];
}

/** A film's place on the map. */
export interface Point {
  item: number;
  x: number;
  y: number;
  /** x before the axes were turned. */
  before: number;
}

/** Films with enough ratings, those rated most often first. */
export function placed(
  vectors: ParameterValues,
  counts: ArrayLike<number>,
  { axes, degrees, least }: { axes: Pair; degrees: number; least: number },
): Point[] {
  const items = Array.from({ length: vectors.rows }, (_, item) => item);
  const enough = items.filter((item) => (counts[item] ?? 0) >= Math.max(least, 1));
  enough.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  return enough.map((item) => {
    const vector = row(vectors, item);
    const before = vector[axes[0]] ?? 0;
    const [x, y] = turned([before, vector[axes[1]] ?? 0], degrees);
    return { item, x, y, before };
  });
}

/** At most so many of them, in even steps from the first to the last. */
export function thinned<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, n) => all[Math.floor((n * all.length) / most)] as T);
}

/** The largest of 1, 2, 5, 10, … times a power of ten that is at most this. */
export function tick(reach: number): number {
  const power = 10 ** Math.floor(Math.log10(reach));
  const times = [5, 2, 1].find((n) => n * power <= reach) ?? 1;
  return Number((times * power).toPrecision(1));
}

/** The films at both ends of the horizontal axis, the outermost first. */
export function ends(points: readonly Point[], n: number): { high: Point[]; low: Point[] } {
  const sorted = [...points].sort((a, b) => b.x - a.x || a.item - b.item);
  const half = Math.min(n, Math.floor(sorted.length / 2));
  return { high: sorted.slice(0, half), low: half > 0 ? sorted.slice(-half).reverse() : [] };
}

/** A label that has found room. */
export interface Label {
  item: number;
  x: number;
  y: number;
  text: string;
  anchor: 'start' | 'end';
}

/** Sizes in the units of the drawing, for the type of a narrow screen, which is the larger. */
const LETTER = 8.2;
const LINE = 18;
const LONGEST = 26;

/**
 * Names for the points farthest from the middle, as many as fit without touching each other, within a
 * drawing of this size.
 */
export function labels(
  points: readonly { item: number; x: number; y: number; far: number; name: string }[],
  size: number,
  most: number,
): Label[] {
  const found: (Label & { left: number; right: number })[] = [];
  for (const { item, name, x, y } of [...points].sort((a, b) => b.far - a.far)) {
    if (found.length >= most) break;
    const text = name.length > LONGEST ? `${name.slice(0, LONGEST - 1).trimEnd()}…` : name;
    const width = text.length * LETTER;
    const anchor = x + width + 8 > size ? 'end' : 'start';
    const [left, right] = anchor === 'start' ? [x + 6, x + 6 + width] : [x - 6 - width, x - 6];
    if (left < 0 || y < LINE || y > size - 4) continue;
    const apart = found.every(
      (other) => right < other.left || left > other.right || Math.abs(other.y - y) >= LINE,
    );
    if (apart) found.push({ item, x, y, text, anchor, left, right });
  }
  return found.map(({ anchor, item, text, x, y }) => ({ anchor, item, text, x, y }));
}
