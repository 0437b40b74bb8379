// What the chapters tell their readers to try, and the numbers they print, tried with the engine alone.
// Blocks about what the page shows are tried in the browser, by tests/browser/claims.test.ts; those that take
// long are tried where CLAIMS_SLOW is set.

import { expect, test, vi } from 'vitest';

import { chapterChecks, movieLens, needsMovieLens } from '../claims/chapters.ts';
import { entries } from '../claims/engine.ts';
import { tryOnEngine } from '../claims/try.ts';

// What the build hands to the pages comes from the engine itself here.
vi.mock('virtual:registry', () => ({ default: entries }));

const checks = chapterChecks(entries).filter(({ check }) => check.on === 'engine');
const hasMovieLens = movieLens() !== undefined;
const triesSlow = process.env.CLAIMS_SLOW !== undefined;

test('every chapter that tells its reader to try something is tried', () => {
  expect(checks.length).toBeGreaterThan(0);
});

for (const { check, name } of checks) {
  test(name, { timeout: 600_000 }, async ({ skip }) => {
    skip(needsMovieLens(check) && !hasMovieLens, 'MovieLens is not at hand: set MOVIELENS_ZIP');
    skip(check.slow && !triesSlow, 'This takes long: set CLAIMS_SLOW');
    expect(await tryOnEngine(check)).toEqual([]);
  });
}
