// Means as formulas filled with a table's numbers. The results come from the engine.

import { plain } from '../format.ts';

const DECIMALS = 3;
/** The engine computes with about seven digits. */
const NOISE = 1e-6;

/** A number as LaTeX: at most three decimals. */
export function texNumber(value: number): string {
  return plain(value, DECIMALS)
    .replace('\u2212', '-')
    .replace('–', String.raw`\text{–}`);
}

/** Whether three decimals hold all of the number; else it stands behind an ≈. */
export function isShort(value: number): boolean {
  const shown = Number(value.toFixed(DECIMALS));
  return Math.abs(shown - value) <= NOISE * Math.max(1, Math.abs(value));
}

/** `=` before a number that is shown whole, `≈` before one that is rounded. */
export function equals(value: number): string {
  return isShort(value) ? '=' : '≈';
}

/** `2 + 1 + (-4)`: all addends up to `most`, else the first and the last with dots between. */
export function texSum(values: readonly number[], most = 8): string {
  const addend = (value: number, n: number): string =>
    value < 0 && n > 0 ? `(${texNumber(value)})` : texNumber(value);
  const addends = values.map(addend);
  if (addends.length > most) addends.splice(most - 3, addends.length - most + 1, String.raw`\dots`);
  return addends.join(' + ');
}

/** The mean of some ratings as a fraction, less `mu` where one is given. Nothing for no ratings. */
export function texMean(values: readonly number[], mu?: number): string | undefined {
  if (values.length === 0) return undefined;
  const fraction = String.raw`\dfrac{${texSum(values)}}{${values.length}}`;
  return mu === undefined ? fraction : `${fraction} ${texMinus(mu)}`;
}

/** `2.2 + 1.3 - 0.7` */
export function texAddends(values: readonly number[]): string {
  return values.map((value, n) => (n === 0 ? texNumber(value) : texPlus(value))).join(' ');
}

function texPlus(value: number): string {
  const text = texNumber(value);
  return text.startsWith('-') ? `- ${text.slice(1)}` : `+ ${text}`;
}

function texMinus(value: number): string {
  const text = texNumber(value);
  return text.startsWith('-') ? `+ ${text.slice(1)}` : `- ${text}`;
}
