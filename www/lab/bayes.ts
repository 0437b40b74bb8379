// Normal distributions, draws and how they are spread: pure functions.

/** A normal distribution of one number. */
export interface Gaussian {
  mean: number;
  variance: number;
}

/** A rating's remainder t, to be explained by p times q. */
export interface Seen {
  q: number;
  t: number;
}

/** The height of the normal curve at x. */
export function density(x: number, { mean, variance }: Gaussian): number {
  return Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
}

/**
 * The likelihood of t = p q + noise as a function of p, scaled to a distribution; nothing where no
 * rating says anything about p.
 */
export function likelihood(seen: readonly Seen[], noise: number): Gaussian | undefined {
  const squares = seen.reduce((sum, { q }) => sum + q * q, 0);
  if (squares === 0) return undefined;
  const products = seen.reduce((sum, { q, t }) => sum + q * t, 0);
  return { mean: products / squares, variance: noise / squares };
}

/** The posterior of p under p ~ N(0, prior): precisions add, and the mean is their weighted mean. */
export function posterior(seen: readonly Seen[], noise: number, prior: number): Gaussian {
  const told = likelihood(seen, noise);
  if (!told) return { mean: 0, variance: prior };
  const precision = 1 / told.variance + 1 / prior;
  return { mean: told.mean / told.variance / precision, variance: 1 / precision };
}

/** Points of a curve over an interval. */
export function curve(
  f: (x: number) => number,
  from: number,
  to: number,
  pieces: number,
): [number, number][] {
  return Array.from({ length: pieces + 1 }, (_, n) => {
    const x = from + ((to - from) * n) / pieces;
    return [x, f(x)];
  });
}

/** Mean, spread and the middle nine tenths of some numbers. */
export interface Spread {
  mean: number;
  sd: number;
  low: number;
  high: number;
}

/** How numbers are spread; nothing where there are none. */
export function spread(values: readonly number[]): Spread | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (n - 1);
    const [below = 0, above = below] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
    return below + (place % 1) * (above - below);
  };
  return { mean, sd: Math.sqrt(variance), low: at(0.05), high: at(0.95) };
}

const WIDTHS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

/** The most bars, for values with some far out. */
const MOST_BARS = 60;

/** Bars of a round width, about four a standard deviation, and how many values fall into each. */
export function bars(values: readonly number[]): { edges: number[]; counts: number[] } {
  if (values.length === 0) return { edges: [], counts: [] };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const sd = spread(values)?.sd ?? 0;
  const fits = (w: number): boolean => w >= sd / 4 && (high - low) / w <= MOST_BARS;
  const width = WIDTHS.find(fits) ?? high - low;
  const first = Math.floor(low / width);
  const bins = Math.floor(high / width) - first + 1;
  const counts = Array.from({ length: bins }, () => 0);
  for (const x of values) {
    const bin = Math.min(Math.floor(x / width) - first, bins - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const edges = Array.from({ length: bins + 1 }, (_, n) => (first + n) * width);
  return { edges, counts };
}

/** The inverse of a symmetric matrix of two by two numbers, row by row. */
export function inverse2(matrix: ArrayLike<number>): [number, number, number, number] | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = Array.from(matrix);
  const determinant = a * d - b * c;
  if (!(Math.abs(determinant) > 1e-12)) return undefined;
  return [d / determinant, -b / determinant, -c / determinant, a / determinant];
}

/** Points around a center at which a normal distribution of the plane lies `radius` deviations away. */
export function ellipse(
  [x, y]: readonly [number, number],
  [a, b, , d]: readonly [number, number, number, number],
  radius: number,
): [number, number][] {
  // The covariance is L L^T with L lower triangular; L turns a circle into the ellipse.
  const l11 = Math.sqrt(Math.max(a, 0));
  const l21 = l11 > 0 ? b / l11 : 0;
  const l22 = Math.sqrt(Math.max(d - l21 * l21, 0));
  return Array.from({ length: 48 }, (_, n) => {
    const angle = (2 * Math.PI * n) / 48;
    const [u, v] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return [x + l11 * u, y + l21 * u + l22 * v];
  });
}
