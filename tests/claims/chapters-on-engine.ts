// What the chapters tell their readers to try, and the numbers they print, tried with the engine alone.
// Blocks about what the page shows are tried in the browser, by tests/browser/claims.test.ts; those that take
// long are tried where CLAIMS_SLOW is set.

import { expect, test } from 'vitest';

import { chapterChecks, movieLens, needsMovieLens } from './chapters.ts';
import { entries } from './engine.ts';
import { tryOnEngine } from './try.ts';

const hasMovieLens = movieLens() !== undefined;
const triesSlow = process.env.CLAIMS_SLOW !== undefined;

/** Makes a test of every block of these chapters, by their numbers: two files of tests use two cores. */
export function tryChapters(which: (chapter: number) => boolean): void {
  const checks = chapterChecks(entries)
    .filter(({ check }) => check.on === 'engine')
    .filter(({ name }) => which(Number.parseInt(name, 10)));

  test('every chapter that tells its reader to try something is tried', () => {
    expect(checks.length).toBeGreaterThan(0);
  });

  for (const { check, name } of checks) {
    test(name, async ({ skip }) => {
      skip(needsMovieLens(check) && !hasMovieLens, 'MovieLens is not at hand: set MOVIELENS_ZIP');
      skip(check.slow && !triesSlow, 'This takes long: set CLAIMS_SLOW');
      expect(await tryOnEngine(check)).toEqual([]);
    });
  }
}
