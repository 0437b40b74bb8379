// One rating, one factor: the objective of two numbers as a landscape. Pure functions.

/** (r - p q)^2 + lambda (p^2 + q^2) */
export function height(r: number, lambda: number, p: number, q: number): number {
  return (r - p * q) ** 2 + lambda * (p * p + q * q);
}

/** The lowest point along one axis while the other number is held; nothing where every point is. */
export function lowest(r: number, lambda: number, held: number): number | undefined {
  const curvature = held * held + lambda;
  return curvature > 0 ? (r * held) / curvature : undefined;
}

type Point = readonly [number, number];

/**
 * The line of one height over the square from -reach to reach, as pieces between points on the edges
 * of `cells` by `cells` cells (marching squares).
 */
export function contour(
  f: (x: number, y: number) => number,
  level: number,
  reach: number,
  cells: number,
): [Point, Point][] {
  const size = (2 * reach) / cells;
  const at = (k: number): number => -reach + k * size;
  const heights = Array.from({ length: cells + 1 }, (_, m) =>
    Array.from({ length: cells + 1 }, (_, n) => f(at(m), at(n)) - level),
  );
  const corner = (m: number, n: number): number => heights[m]?.[n] ?? 0;
  const pieces: [Point, Point][] = [];
  for (let m = 0; m < cells; m++) {
    for (let n = 0; n < cells; n++) {
      const corners = [
        [m, n],
        [m + 1, n],
        [m + 1, n + 1],
        [m, n + 1],
      ] as const;
      const crossings: Point[] = [];
      for (const [k, [am, an]] of corners.entries()) {
        const [bm, bn] = corners[(k + 1) % 4] ?? corners[0];
        const a = corner(am, an);
        const b = corner(bm, bn);
        if (a < 0 === b < 0) continue;
        const share = a / (a - b);
        crossings.push([at(am) + share * (bm - am) * size, at(an) + share * (bn - an) * size]);
      }
      const [first, second, third, fourth] = crossings;
      if (first && second) pieces.push([first, second]);
      if (third && fourth) pieces.push([third, fourth]);
    }
  }
  return pieces;
}
