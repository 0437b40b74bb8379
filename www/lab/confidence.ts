// Weighted means, and the numbers of the shortcut, as pure functions.

/** A rating and how much it counts. */
export interface Weighed {
  rating: number;
  confidence: number;
}

/** The b that makes sum c (r - b)^2 least: sum c r / sum c. Not a number where nothing counts. */
export function weightedMean(all: readonly Weighed[]): number {
  const weight = all.reduce((sum, { confidence }) => sum + confidence, 0);
  return all.reduce((sum, { confidence, rating }) => sum + confidence * rating, 0) / weight;
}

/** sum c (r - b)^2. */
export function weightedErrors(all: readonly Weighed[], b: number): number {
  return all.reduce((sum, { confidence, rating }) => sum + confidence * (rating - b) ** 2, 0);
}

/** A large count in words a reader can compare: 5.9 million, 1.2 billion. */
export function large(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} billion`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} million`;
  return Math.round(value).toLocaleString('en');
}

/** Microseconds or milliseconds, with as many digits as the clock gives. */
export function brief(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  return seconds < 1e-3 ? `${(seconds * 1e6).toFixed(1)} µs` : `${(seconds * 1e3).toFixed(2)} ms`;
}
