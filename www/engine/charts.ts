// Charts of what a page hands over.

import { type Chart, histogramChart, lineChart } from '../../pkg/factorscope.js';
import type { Bars, DrawnLine } from './types.ts';

/** Lines over a common axis. */
export function lines(
  xLabel: string,
  yLabel: string,
  lines: readonly DrawnLine[],
  xLog: boolean,
): Chart | undefined {
  return lineChart(
    xLabel,
    yLabel,
    Uint32Array.from(lines, ({ points }) => points.length),
    Float64Array.from(lines.flatMap(({ points }) => points.flat())),
    Uint8Array.from(lines.flatMap(({ color }) => [...color])),
    xLog,
  );
}

/** Bars between edges, a curve over them, and marked values; colours in this order. */
export function bars(
  xLabel: string,
  yLabel: string,
  { edges, heights, curve, marks, colors }: Bars,
): Chart | undefined {
  return histogramChart(
    xLabel,
    yLabel,
    Float64Array.from(edges),
    Float64Array.from(heights),
    Float64Array.from(curve.flat()),
    Float64Array.from(marks),
    Uint8Array.from(colors.flatMap((color) => [...color])),
  );
}
