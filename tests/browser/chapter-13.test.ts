import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { openedSite, seriousFaults, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/13-implicit-feedback.html';

const site = openedSite();

const lab = (page: Page, n: number): Locator => page.locator(`#lab-${n}`);

test('a step of the walk changes x_j and y_j of the rated items', async () => {
  const { page } = await site.visit(CHAPTER);
  const walk = lab(page, 1);
  await walk.scrollIntoViewIfNeeded();
  await walk.getByRole('button', { name: 'Step forward' }).click();
  await walk.locator('.walk-where').getByText('Step 1', { exact: true }).waitFor();
  // Biases, q_i, x_j and y_j each have a rule.
  expect(await walk.locator('.walk-updates tr.rule').count()).toBe(5);
  expect(await visibleFaults(page)).toEqual([]);
});

test('somebody new is predicted from a few ratings, without training', async () => {
  const { page } = await site.visit(CHAPTER);
  const part = lab(page, 2);
  await page.locator('#lab-2-epochs').fill('3');
  await page.locator('#lab-2-epochs').press('Enter');
  await part.getByRole('button', { name: 'Train', exact: true }).click();
  const films = part.locator('.fold-in-films tbody tr');
  await films.first().waitFor({ timeout: 60_000 });
  const fingerprint = await part.locator('run-link output.fingerprint').first().innerText();
  const before = await films.allInnerTexts();
  expect(before.length).toBe(10);
  expect(await part.locator('.fold-in-told').innerText()).toContain('0 ratings, no training');

  await part.getByRole('button', { name: /^Take 5 ratings/ }).click();
  await part.locator('.fold-in-told').getByText('5 ratings, no training').waitFor();
  const stars = part.locator('.fold-in-given input').first();
  await stars.fill('0.5');
  await stars.press('Enter');
  await stars.blur();
  await part.locator('#lab-2-film').fill('the');
  const match = part.locator('.fold-in-matches button').first();
  const name = await match.innerText();
  await match.click();
  await part.locator('.fold-in-told').getByText('6 ratings, no training').waitFor();
  const after = await films.allInnerTexts();
  expect(after).not.toEqual(before);
  expect(after.some((text) => text.startsWith(name))).toBe(false);
  // Nothing was learned.
  expect(await part.locator('run-link output.fingerprint').first().innerText()).toBe(fingerprint);
  expect(await visibleFaults(page)).toEqual([]);
  expect(await seriousFaults(page)).toEqual([]);

  await part.getByRole('button', { name: 'Clear' }).click();
  await part.locator('.fold-in-told').getByText('0 ratings, no training').waitFor();
  expect(await films.allInnerTexts()).toEqual(before);
});

test('the race of two models that differ in the user’s own vector is run', async () => {
  const { page } = await site.visit(CHAPTER);
  const race = lab(page, 3);
  await race.getByRole('button', { name: 'Start the race' }).click();
  await race.getByText('Both have finished.').waitFor({ timeout: 60_000 });
  expect(await visibleFaults(page)).toEqual([]);
});
