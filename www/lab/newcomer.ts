// What a made-up user's or film's attributes come to, as pure functions.

import type { Attribute, ParameterValues } from '../../pkg/factorscope.js';

/** The attributes of one kind, with their numbers in the data. */
export interface Kind {
  kind: string;
  values: { at: number; value: string }[];
}

/** Attributes by kind, in their order; within a kind, at most one holds for a user. */
export function kinds(attributes: readonly Attribute[]): Kind[] {
  const found = new Map<string, Kind>();
  for (const [at, { kind, value }] of attributes.entries()) {
    const own = found.get(kind) ?? { kind, values: [] };
    own.values.push({ at, value });
    found.set(kind, own);
  }
  return [...found.values()];
}

/** One row of a matrix of parameters; zeros where there is none. */
export function row(parameter: ParameterValues | undefined, at: number): number[] {
  if (!parameter) return [];
  const { columns, values } = parameter;
  return [...values.slice(at * columns, (at + 1) * columns)];
}

/** An arrow in the plane, from where the one before ends. */
export interface Arrow {
  at: number;
  from: [number, number];
  to: [number, number];
}

/** The vectors of attributes laid head to tail, beginning at zero; only their first two components. */
export function arrows(chosen: readonly number[], vector: (at: number) => number[]): Arrow[] {
  let from: [number, number] = [0, 0];
  return chosen.map((at) => {
    const [x = 0, y = 0] = vector(at);
    const to: [number, number] = [from[0] + x, from[1] + y];
    const arrow: Arrow = { at, from, to };
    from = to;
    return arrow;
  });
}

/** A word in a picture: where its baseline begins or ends, and how wide and high it is. */
export interface Word {
  x: number;
  y: number;
  width: number;
  height: number;
  anchor: 'start' | 'end';
}

/** The words where none covers another: each that would is moved down below the ones before it. */
export function apart(words: readonly Word[]): Word[] {
  const placed: Word[] = [];
  const left = ({ anchor, width, x }: Word): number => (anchor === 'start' ? x : x - width);
  const covers = (a: Word, b: Word): boolean =>
    left(a) < left(b) + b.width &&
    left(b) < left(a) + a.width &&
    Math.abs(a.y - b.y) < Math.max(a.height, b.height);
  for (const word of words) {
    let moved = word;
    for (;;) {
      const under = placed.filter((other) => covers(moved, other));
      if (under.length === 0) break;
      moved = { ...moved, y: Math.max(...under.map(({ height, y }) => y + height)) };
    }
    placed.push(moved);
  }
  return placed;
}

/** One bar of a histogram. */
export interface Bar {
  from: number;
  to: number;
  count: number;
}

/** Values counted in steps of a given width over a scale; those beyond its ends count at the ends. */
export function histogram(
  values: Iterable<number>,
  low: number,
  high: number,
  step: number,
): Bar[] {
  const n = Math.max(1, Math.round((high - low) / step));
  const bars = Array.from({ length: n }, (_x, at) => ({
    from: low + at * step,
    to: low + (at + 1) * step,
    count: 0,
  }));
  for (const value of values) {
    const at = Math.min(n - 1, Math.max(0, Math.floor((value - low) / step)));
    const bar = bars[at];
    if (bar) bar.count += 1;
  }
  return bars;
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
