import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { number, numbers, openedSite, part, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/05-neighbors.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

/** The columns of the tinted rows: residual, n, rho, shrinkage, s, weight, share. */
async function speakers(lab: Locator): Promise<number[][]> {
  const rows = lab.locator('.neighbors-table').first().locator('tr.speaks');
  const cells = await rows.evaluateAll((found) =>
    found.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText)),
  );
  return cells.map((row) => row.slice(1).map(number));
}

async function ready(lab: Locator): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.locator('.neighbors-table tr.speaks').first().waitFor();
}

describe.each([0, 1])('the neighbors of one prediction, live part %i', (nth) => {
  test('are weighted by their similarities, and their shares add up', async () => {
    const lab = part(page, 'neighbors', nth);
    await ready(lab);
    const rows = await speakers(lab);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThanOrEqual(3);
    const all = rows.reduce((sum, [, , , , , weight = NaN]) => sum + weight, 0);
    for (const [
      e = NaN,
      n = NaN,
      rho = NaN,
      shrinkage = NaN,
      s = NaN,
      w = NaN,
      share = NaN,
    ] of rows) {
      expect(shrinkage).toBeCloseTo(n / (n + 5), 2);
      expect(Math.abs(s - shrinkage * rho)).toBeLessThan(0.01);
      expect(w).toBeCloseTo(s, 3);
      expect(Math.abs(share - (w / all) * e)).toBeLessThan(0.02);
    }
    const sum = await lab.locator('.neighbors-sum').innerText();
    const result = number((await lab.locator('.neighbors-sum strong').first().innerText()).trim());
    const baseline = number(/=\s*([\d.]+)\s*\+/u.exec(sum)?.[1] ?? 'NaN');
    const shares = rows.reduce((whole, row) => whole + (row[6] ?? NaN), 0);
    expect(Math.abs(baseline + shares - result)).toBeLessThan(0.005);
  });
});

describe('the first live part', () => {
  test('lets fewer speak where k is smaller', async () => {
    const lab = part(page, 'neighbors');
    await ready(lab);
    const before = (await speakers(lab)).length;
    expect(before).toBeGreaterThan(1);
    const field = lab.locator('input[id$="-neighbors"]');
    await field.fill('1');
    await field.blur();
    await expect.poll(async () => (await speakers(lab)).length).toBe(1);
    const [[e = NaN, , , , , , share = NaN] = []] = await speakers(lab);
    expect(Math.abs(share - e)).toBeLessThan(0.006);
    await field.fill('3');
    await field.blur();
    await expect.poll(async () => (await speakers(lab)).length).toBe(before);
  });

  test('shows the sums of the pair that is chosen', async () => {
    const lab = part(page, 'neighbors');
    await ready(lab);
    const radios = lab.locator('.neighbors-table input[type=radio]');
    await radios.nth(1).check();
    const pair = lab.locator('.neighbors-pair');
    const row = lab.locator('.neighbors-table').first().locator('tbody tr').nth(1);
    const cells = await row.locator('td').allInnerTexts();
    const [, , n = NaN, , , s = NaN] = cells.map(number);
    await expect.poll(() => pair.locator('tbody tr').count()).toBe(n);
    const products = (await pair.locator('tbody td:last-child').allInnerTexts()).map(number);
    const xs = (await pair.locator('tbody td:nth-child(2)').allInnerTexts()).map(number);
    const ys = (await pair.locator('tbody td:nth-child(3)').allInnerTexts()).map(number);
    const sum = (values: number[]): number => values.reduce((whole, x) => whole + x, 0);
    const squares = (values: number[]): number => sum(values.map((x) => x * x));
    const rho = sum(products) / Math.sqrt(squares(xs) * squares(ys));
    expect(Math.abs((n / (n + 5)) * rho - s)).toBeLessThan(0.02);
  });

  test('goes to another user and another film, and back', async () => {
    const lab = part(page, 'neighbors');
    await ready(lab);
    const sum = (): Promise<string> => lab.locator('.neighbors-sum').innerText();
    const before = await sum();
    const user = lab.getByLabel('User u');
    const item = lab.getByLabel('Item i');
    const [u, i] = [await user.inputValue(), await item.inputValue()];
    await user.selectOption({ index: 3 });
    await item.selectOption({ index: 5 });
    await expect.poll(sum).not.toBe(before);
    await user.selectOption(u);
    await item.selectOption(i);
    await expect.poll(sum).toBe(before);
  });
});

test('the walk counts one film’s list at a time', async () => {
  const lab = part(page, 'walk');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Step forward' }).click();
  await lab.getByText('Step 1 ·').waitFor();
  await lab.getByRole('button', { name: 'Step back' }).click();
});

test('training takes one pass, and the films come with their reasons', async () => {
  const lab = part(page, 'train');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Train' }).click();
  await lab.locator('film-table tbody tr').first().waitFor();
  expect(await visibleFaults(page)).toEqual([]);
});

test('items and users race', async () => {
  const lab = part(page, 'race');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Start the race' }).click();
  await lab.getByText('Both have finished.').waitFor();
  const row = lab.locator('.race-results tr', { hasText: 'test RMSE at the end' }).locator('td');
  const errors = await numbers(row);
  expect(errors).toHaveLength(2);
  for (const error of errors) expect(error).toBeLessThan(0.95);
});

test('with its live parts at work the chapter can be read by everybody', async () => {
  await ready(part(page, 'neighbors'));
  await ready(part(page, 'neighbors', 1));
  expect(await unreadable(page)).toEqual([]);
});
