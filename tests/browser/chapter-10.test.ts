import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { number, openedSite, seriousFaults, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/10-nonnegative-factors.html';

const site = openedSite();

const lab = (page: Page, n: number): Locator => page.locator(`#lab-${n}`);
test('the walk multiplies each component by the ratio of the two sums shown', async () => {
  const { page } = await site.visit(CHAPTER);
  const walk = lab(page, 1);
  await walk.scrollIntoViewIfNeeded();
  for (let step = 0; step < 4; step++) {
    await walk.getByRole('button', { name: 'Step forward' }).click();
    await walk
      .locator('.walk-where')
      .getByText(`Step ${step + 1}`, { exact: true })
      .waitFor();
    const sums = (await walk.locator('.walk-terms table td').allInnerTexts()).map(number);
    const rows = walk.locator('.walk-updates tbody tr:not(.rule)');
    expect(sums.length).toBe(4);
    expect(await rows.count()).toBe(2);
    for (const k of [0, 1]) {
      const [before, , times, after] = (await rows.nth(k).locator('td').allInnerTexts()).map(
        number,
      );
      const [up, down] = [sums[2 * k] ?? 0, sums[2 * k + 1] ?? 1];
      // Shown with four decimals.
      expect(times).toBeCloseTo(up / down, 2);
      expect(after).toBeCloseTo((before ?? 0) * (times ?? 0), 2);
      expect(after).toBeGreaterThanOrEqual(0);
    }
  }
  expect(await visibleFaults(page)).toEqual([]);
});

test('the parts name films, and no factor takes anything back', async () => {
  const { page } = await site.visit(CHAPTER);
  const parts = lab(page, 2);
  await parts.getByRole('button', { name: 'Train', exact: true }).click();
  await parts.locator('.part').nth(9).waitFor();
  expect(await parts.locator('.part').count()).toBe(10);
  expect(await parts.locator('.part li').count()).toBe(50);
  await parts.locator('.parts-sum tr.sum').waitFor();
  const values = await parts.locator('.parts-sum tr td:last-child').allInnerTexts();
  const addends = values.map(number);
  const sum = addends.pop() ?? Number.NaN;
  expect(addends.every((value) => value >= 0)).toBe(true);
  expect(Math.abs(addends.reduce((a, b) => a + b, 0) - sum)).toBeLessThan(0.001);
  expect(await visibleFaults(page)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);
});

test('the race against unconstrained factors is run', async () => {
  const { page } = await site.visit(CHAPTER);
  const race = lab(page, 3);
  await race.getByRole('button', { name: 'Start the race' }).click();
  await race.getByText('Both have finished.').waitFor();
  expect(await visibleFaults(page)).toEqual([]);
});
