import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { DataInUse } from './data-in-use.ts';
import { dropFile, number, openedSite, part, visibleFaults } from './harness.ts';

const BIASES = 'chapters/08-biases-and-regularization.html';
const DESCENT = 'chapters/02-stochastic-gradient-descent.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(DESCENT));
});

/** Fifteen users and fifteen films, two ratings in three. */
function table(rating: (u: number, i: number) => number): string {
  const rows = Array.from({ length: 225 }, (_, n) => [Math.floor(n / 15), n % 15] as const)
    .filter(([u, i]) => (u + i) % 3 !== 0)
    .map(([u, i]) => `u${u},film ${i},${rating(u, i)}`);
  return ['user,item,rating', ...rows].join('\n');
}

async function open(path: string): Promise<void> {
  if (!page.url().endsWith(path)) await page.goto(new URL(`../${path}`, page.url()).href);
}

/** Has this file in use. */
async function drop(name: string, content: string): Promise<void> {
  await open(DESCENT);
  const data = new DataInUse(part(page, 'train'));
  await data.says('ratings from');
  if ((await data.facts.innerText()).includes(name)) return;
  await dropFile(page, name, content);
  await data.says(`${name} (your own file)`);
}

async function trains(lab: Locator): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  await lab.getByText(/^Trained after epoch/).waitFor({ state: 'attached' });
}

describe('a file with ratings from 0 to 100', () => {
  const HUNDRED = table((u, i) => (u === 1 && i === 0 ? 0 : 100 - ((u * 7 + i * 11) % 10) * 10));

  test('has errors in its own units, and says what one star of the model is', async () => {
    await drop('hundred.csv', HUNDRED);
    const lab = part(page, 'train');
    await trains(lab);
    await lab.getByText('one of its units is 20 of these ratings, counted from 0.').waitFor();
    const row = lab.locator('.training-errors tr', { hasText: 'training RMSE' }).locator('td');
    // Ratings of ten values from 10 to 100 have a standard deviation of 28.7.
    expect(number(await row.first().innerText())).toBeGreaterThan(20);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('is walked through in stars beside a table in its own units, and the walk says so', async () => {
    await drop('hundred.csv', HUNDRED);
    const lab = page.locator('#lab-3');
    await lab.locator('step-walk').scrollIntoViewIfNeeded();
    await lab.locator('.walk-play:enabled').waitFor();
    const units = lab.locator('.walk-units');
    await expect.poll(() => units.innerText()).toContain('one is 20 of these ratings');
    expect(await units.innerText()).toContain('a rating of 100 is 5 stars');
    await lab.getByRole('button', { name: 'Step forward' }).click();
    await expect.poll(() => lab.locator('.walk-where').innerText()).toMatch(/= [\d.]+ stars/);
    const values = await lab.locator('.terms tr td:nth-child(2)').allInnerTexts();
    const [rating = NaN, before = NaN, after = NaN] = values.slice(-3).map(number);
    const cell = lab.locator('.map-cell.touched-error');
    expect(number(await cell.locator('.map-rating').innerText())).toBe(20 * rating);
    // What is left after the step is the rating less the prediction in the table, both in stars.
    const predicted = number(await cell.locator('.map-prediction').innerText()) / 20;
    expect(Math.abs(rating - predicted - after)).toBeLessThan(0.001);
    expect(Math.abs(after)).toBeLessThan(Math.abs(before));
  });
});

describe('a file in which all ratings are equal', () => {
  const FOURS = table(() => 4);

  test('says that there is nothing to measure, and shows no number in its place', async () => {
    await drop('fours.csv', FOURS);
    const lab = part(page, 'train');
    await trains(lab);
    await lab.getByText('Nothing to measure: all ratings are equal.').waitFor();
    const cells = await lab.locator('.training-errors td').allInnerTexts();
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.every((cell) => cell.trim() === '–')).toBe(true);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('has no variance to divide and no lambda to choose', async () => {
    await drop('fours.csv', FOURS);
    await open(BIASES);
    const variance = part(page, 'variance');
    await variance.scrollIntoViewIfNeeded();
    await variance.getByRole('button', { name: 'Measure the parts' }).click();
    await variance.getByText('there is no variance to divide').waitFor();
    const sweep = part(page, 'sweep', 2);
    await sweep.scrollIntoViewIfNeeded();
    await sweep.getByRole('button', { name: 'Run the sweep' }).click();
    await sweep.getByText('Nothing could be measured, so none is chosen.').waitFor();
    expect(await sweep.locator('.sweep-best').count()).toBe(0);
    expect(await visibleFaults(page)).toEqual([]);
  });
});
