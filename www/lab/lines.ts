import { plain } from '../format.ts';

/** One line of a chart, for its drawing, legend, read-out and table. */
export interface Line {
  name: string;
  /** A token of the palette. */
  color: string;
  points: readonly (readonly [number, number])[];
}

/** A horizontal value: without decimals where they say nothing. */
export function place(x: number): string {
  return plain(x, Math.abs(x) < 100 ? 3 : 0);
}

/** Every horizontal value with what each line has there; lines need not share them. */
export function tableRows(lines: readonly Line[]): { x: number; values: (number | undefined)[] }[] {
  const places = lines.map(({ points }) => new Map(points));
  const all = [...new Set(places.flatMap((place) => [...place.keys()]))].sort((a, b) => a - b);
  return all.map((x) => ({ x, values: places.map((place) => place.get(x)) }));
}
