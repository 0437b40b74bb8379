// Numbers as a reader sees them: with as many digits as can be trusted, and a true minus.

const MINUS = '\u2212';

/** A fixed number of decimals. */
export function fixed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `${MINUS}${text}` : text;
}

/** The same with its sign, so that addends line up. */
export function signed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const text = fixed(value, digits);
  return text.startsWith(MINUS) ? text : `+${text}`;
}

/** At most this many decimals, without trailing zeros. */
export function plain(value: number, digits = 3): string {
  const text = fixed(value, digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** 100,836 */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** 0.8 s, 12 s, 3 min */
export function duration(seconds: number): string {
  if (seconds < 1) return `${fixed(seconds, 1)} s`;
  return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
