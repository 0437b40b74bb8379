import { expect, test } from 'vitest';

import { openedSite, part } from './harness.ts';

const site = openedSite();

test('a view whose code does not arrive leaves the others of its part at work, and is told of', async () => {
  const { faults, page } = await site.visit('');
  await page.route(/\/assets\/film-table-[^/]*\.js$/, (route) => route.abort());
  await page.goto(new URL('chapters/01-three-users-three-items.html', page.url()).href);
  const lab = part(page, 'recommendations');
  await expect
    .poll(() => lab.locator('.lab > .note').allInnerTexts())
    .toEqual([expect.stringMatching(/^Some of this live part could not be loaded\. Reload/)]);
  // The others are there and listen to one another.
  const epochs = lab.locator('.controls input.number').first();
  await epochs.fill('3');
  await epochs.press('Enter');
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  const said = lab.locator('model-training [role="status"]').first();
  await expect.poll(() => said.textContent()).toMatch(/^Trained after epoch/);
  expect(await lab.locator('film-table *').count()).toBe(0);
  // Parts that do without it say nothing of it.
  const means = part(page, 'means');
  await expect.poll(() => means.locator('baseline-means .verdict').innerText()).toMatch(/rates/);
  expect(await means.locator('.lab > .note').count()).toBe(0);
  // The browser notes the file that is missing; no script of the page fails over it.
  expect(faults.filter((said) => !/ERR_FAILED/.test(said))).toEqual([]);
  faults.length = 0;
});
