// Numbers as a reader sees them: with as many digits as can be trusted, and a true minus.

const MINUS = '\u2212';

/** A fixed number of decimals; a dash for what was not measured. */
export function fixed(value: number | undefined, digits = 3): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
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

/** Four decimals, or a power of ten where a number has run away, so that its column stays narrow. */
export function steady(value: number, digits = 4): string {
  if (!Number.isFinite(value) || Math.abs(value) < 1e4) return fixed(value, digits);
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential(1).split('e');
  return `${value < 0 ? MINUS : ''}${mantissa}e${exponent.replace('+', '')}`;
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
