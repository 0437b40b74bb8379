import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { needMovieLens, number, openedSite, part, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/08-biases-and-regularization.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

afterEach(async () => {
  expect(await visibleFaults(page)).toEqual([]);
});

/** Runs a sweep and returns lambda, training and validation RMSE of each line. */
async function sweep(lab: Locator): Promise<number[][]> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Run the sweep' }).click();
  await lab.getByText('Finished.').waitFor();
  const rows = await lab.locator('.sweep-table tbody tr').all();
  return Promise.all(
    rows.map(async (row) => (await row.locator('td').allInnerTexts()).slice(0, 3).map(number)),
  );
}

describe('shrinkage on the toy', () => {
  test('takes every bias to zero, those with few ratings first', async () => {
    const lab = part(page, 'sweep');
    await lab.scrollIntoViewIfNeeded();
    await lab.locator('.chart-plot svg').first().waitFor();
    // Two ends make an axis or a mark of its scale: what bends is one of the lines.
    const points = await lab
      .locator('.chart-plot polyline')
      .evaluateAll((found) => found.map((line) => (line as SVGPolylineElement).points.length));
    expect(points.filter((count) => count > 2)).toHaveLength(7);
    await lab.getByText('The values as a table').click();
    const last = lab.locator('.chart-table tbody tr').last().locator('td');
    const values = (await last.allInnerTexts()).map(number);
    expect(values).toHaveLength(7);
    for (const bias of values.slice(0, 6)) expect(Math.abs(bias)).toBeLessThan(0.06);
    // Ratings 2, 1, 4, 3, 1: their standard deviation about 2.2 is sqrt(1.36).
    expect(values[6]).toBeGreaterThan(1.1);
    expect(values[6]).toBeLessThan(Math.sqrt(1.36));
  });

  test('is explained step by step', async () => {
    const lab = part(page, 'walk');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Step forward' }).click();
    await lab.getByText('Step 1 ·').waitFor();
    // Item 1 has the ratings 2 and 1: (2 − 2.2) + (1 − 2.2) = −1.4, over 2 + lambda.
    const terms = (await lab.locator('step-terms td').allInnerTexts()).map(number);
    expect(terms[0]).toBeCloseTo(-1.4, 4);
    expect(terms[1]).toBe(3);
  });
});

describe('a sweep over lambda', () => {
  test('of ALS underfits and overfits', async (context) => {
    needMovieLens(context);
    const lab = part(page, 'sweep', 1);
    // Few epochs show the valley; what it is after all of them, the chapter's own claims hold.
    await lab.locator('input[id$="-epochs"]').fill('5');
    const found = await sweep(lab);
    expect(found.map(([lambda]) => lambda)).toEqual([0.1, 1, 3, 10, 20, 50, 100]);
    const train = found.map(([, value = NaN]) => value);
    expect(train).toEqual([...train].sort((a, b) => a - b));
    const validated = found.map(([, , value = NaN]) => value);
    const lowest = Math.min(...validated);
    expect(lowest).toBe(validated[3]);
    expect(await lab.locator('.sweep-best td').first().innerText()).toBe('10');
    expect(await lab.locator('.sweep-chosen').innerText()).toMatch(
      /^Chosen by the validation error/,
    );
    const test = number(await lab.locator('.sweep-test').innerText());
    expect(Math.abs(test - lowest)).toBeLessThan(0.02);
  });

  test('of the baseline comes back by its link with the same bits', async () => {
    const lab = part(page, 'sweep', 2);
    const found = await sweep(lab);
    expect(found).toHaveLength(7);
    expect(found.flat().every(Number.isFinite)).toBe(true);
    await lab.getByRole('button', { name: 'Copy link' }).click();
    await expect.poll(() => page.url()).toContain('run=');
    const { page: again } = await site.visit(`${CHAPTER}${new URL(page.url()).hash}`);
    await part(again, 'sweep', 2).getByText('The same bits as in the link').waitFor();
  });

  test('of gradient descent can be cancelled', async () => {
    const { engine, page: held } = await site.visitHeld(CHAPTER);
    const lab = part(held, 'sweep', 3);
    await lab.locator('input[id$="-epochs"]').fill('2');
    await lab.getByRole('button', { name: 'Run the sweep' }).click();
    await engine.passUntil(() => lab.getByText('2 of 7').isVisible());
    await lab.getByRole('button', { name: 'Cancel' }).click();
    await engine.release();
    await lab.getByText('Cancelled.').waitFor();
    expect(await lab.getByText('–', { exact: true }).count()).toBeGreaterThan(4);
    expect(await visibleFaults(held)).toEqual([]);
  });
});

describe('the parts of the variance', () => {
  test('add up to the whole', async () => {
    const lab = part(page, 'variance');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Measure the parts' }).click();
    await lab.getByText('Measured.').waitFor();
    const cells = (await lab.locator('.variance-table td').allInnerTexts()).map(number);
    const [biases = NaN, a = NaN, factors = NaN, b = NaN, rest = NaN, c = NaN, all = NaN] = cells;
    expect(biases + factors + rest).toBeCloseTo(all, 3);
    expect(a + b + c).toBeCloseTo(100, 0);
    expect(biases).toBeGreaterThan(factors);
    expect(rest).toBeGreaterThan(biases);
  });
});

test('with its live parts at work the chapter can be read by everybody', async () => {
  const toy = part(page, 'sweep');
  await toy.scrollIntoViewIfNeeded();
  await toy.locator('.chart-plot svg').first().waitFor();
  await sweep(part(page, 'sweep', 2));
  expect(await unreadable(page)).toEqual([]);
});
