import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';

import { number, openedSite, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/10-nonnegative-factors.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
  await few(lab(2));
  await lab(2).getByRole('button', { name: 'Train', exact: true }).click();
  await lab(2).locator('.parts-sum tr.sum').waitFor();
});

afterEach(async () => expect(await visibleFaults(page)).toEqual([]));

const lab = (n: number): Locator => page.locator(`#lab-${n}`);

/** Sets the epochs of a part to few, and of the other model where it has two: no number is looked at. */
async function few(own: Locator): Promise<void> {
  await own.getByLabel('epochs', { exact: true }).first().fill('5');
  const rival = own.locator('input[id$="rival-epochs"]');
  if ((await rival.count()) === 0) return;
  if (!(await rival.isVisible())) await own.getByText('Settings of').click();
  await rival.fill('5');
}

test('the walk multiplies each component by the ratio of the two sums shown', async () => {
  const walk = lab(1);
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
});

test('the parts name films, and no factor takes anything back', async () => {
  const parts = lab(2);
  expect(await parts.locator('.part').count()).toBe(10);
  expect(await parts.locator('.part li').count()).toBe(50);
  const values = await parts.locator('.parts-sum tr td:last-child').allInnerTexts();
  const addends = values.map(number);
  const sum = addends.pop() ?? Number.NaN;
  // What each of six factors adds, and the other four together.
  expect(addends).toHaveLength(7);
  expect(addends.every((value) => value >= 0)).toBe(true);
  expect(Math.abs(addends.reduce((a, b) => a + b, 0) - sum)).toBeLessThan(0.001);
});

test('the race against unconstrained factors is run', async () => {
  const race = lab(3);
  await few(race);
  await race.getByRole('button', { name: 'Start the race' }).click();
  await race.getByText('Both have finished.').waitFor();
});

test('everything can be read with the live parts at work', async () => {
  expect(await unreadable(page)).toEqual([]);
});
