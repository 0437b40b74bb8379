import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';

import { number, openedSite, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/16-time.html';
const [DRIFT, WALK, MAIN, SPLITS, PLUSPLUS] = [1, 2, 3, 4, 5].map((n) => `#lab-${n}`) as [
  string,
  string,
  string,
  string,
  string,
];

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
  await set(MAIN, 'epochs', '4');
  await train(MAIN);
});

afterEach(async () => expect(await visibleFaults(page)).toEqual([]));

/** Puts a number into a control of a lab. */
async function set(id: string, name: string, value: string): Promise<void> {
  const input = page.locator(`${id}-${name}`);
  const folded = page.locator(`${id} .more-controls`);
  if (!(await input.isVisible()) && (await folded.count()) > 0) {
    await folded.locator('summary').click();
  }
  await input.fill(value);
  await input.press('Enter');
  await input.blur();
}

async function train(id: string): Promise<void> {
  await page.locator(id).getByRole('button', { name: 'Train', exact: true }).click();
  await page.waitForFunction((selector) => {
    const text = document.querySelector<HTMLElement>(`${selector} output.fingerprint`)?.innerText;
    return /^[0-9a-f]{16}$/.test(text ?? '');
  }, id);
}

async function error(id: string, name: string): Promise<number> {
  const row = page.locator(id).locator('.training-errors tbody tr', { hasText: name });
  return Number(await row.locator('td').nth(1).innerText());
}

async function slide(slider: Locator, value: number): Promise<void> {
  await slider.evaluate((input: HTMLInputElement, to) => {
    input.value = String(to);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);
}

/** The addends of one prediction of the main part, which may stand open already. */
async function explained(): Promise<void> {
  const addends = page.locator(`${MAIN} .addends`).first();
  if (!(await addends.isVisible())) await page.locator(`${MAIN} .film-why`).first().click();
  await addends.waitFor();
}

test('the drift is alpha times the power of the days', async () => {
  const said = page.locator(`${DRIFT} .drift-sum strong`);
  await said.waitFor();
  await slide(page.locator(`${DRIFT}-days`), -32);
  await slide(page.locator(`${DRIFT}-alpha`), 0.05);
  await expect.poll(async () => number(await said.innerText())).toBeCloseTo(-0.2, 3);
  await slide(page.locator(`${DRIFT}-beta`), 1);
  await expect.poll(async () => number(await said.innerText())).toBeCloseTo(-1.6, 3);
});

test('a walk tells the date, moves bin and day, and its sums are right', async () => {
  const walk = page.locator(WALK);
  await walk.scrollIntoViewIfNeeded();
  const forward = walk.getByRole('button', { name: 'Step forward' });
  await expect.poll(() => forward.isEnabled()).toBe(true);
  for (let n = 1; n <= 4; n += 1) {
    await forward.click();
    await walk.locator('.walk-where', { hasText: `Step ${n}` }).waitFor();
  }
  expect(await walk.locator('.walk-where').innerText()).toMatch(/\d{1,2} \w{3,4} \d{4}/);
  const terms = await walk.locator('table.terms tbody tr td:nth-child(2)').allInnerTexts();
  // mu, b_u, b_i, drift, day, bin, product, drifting taste; then sum, rating, error, error after.
  expect(terms).toHaveLength(12);
  const values = terms.map(number);
  const sum = values.slice(0, 8).reduce((a, b) => a + b, 0);
  expect(Math.abs(sum - (values[8] ?? 0))).toBeLessThan(0.001);
  const [, , , , , , , , total = 0, rating = 0, before = 0, after = 0] = values;
  expect(rating - total).toBeCloseTo(before, 3);
  expect(Math.abs(after)).toBeLessThan(Math.abs(before));
  const rates = await walk.locator('table.updates td.operator').allInnerTexts();
  for (const gamma of ['0.05', '0.02', '0.001']) {
    expect(rates.some((text) => text.includes(` ${gamma} `))).toBe(true);
  }
  await page.locator(`${WALK}-time`).selectOption('none');
  await expect.poll(() => walk.locator('table.terms tbody tr').count()).toBe(8);
});

test('a trained model shows its curves, and other films and users', async () => {
  expect(await error(MAIN, 'test RMSE')).toBeLessThan(1.05);
  const charts = page.locator(`${MAIN} bias-curves line-chart`);
  await charts.nth(1).locator('.chart-plot > svg').first().waitFor();
  expect(await charts.count()).toBe(2);
  expect(await charts.nth(0).locator('.chart-plot svg').innerHTML()).toMatch(/>\s*(19|20)\d\d\s*</);
  const user = page.locator(`${MAIN}-regular`);
  const options = await user.locator('option').allInnerTexts();
  const days = options.map((text) => Number(/: ([\d,]+) days/.exec(text)?.[1]?.replace(',', '')));
  expect(days.length).toBe(50);
  expect(days).toEqual([...days].sort((a, b) => b - a));
  const before = await charts.nth(0).locator('.chart-plot svg').innerHTML();
  await page.locator(`${MAIN}-film`).selectOption({ index: 7 });
  const redrawn = async (): Promise<boolean> =>
    (await charts.nth(0).locator('.chart-plot svg').innerHTML()) !== before;
  await expect.poll(redrawn).toBe(true);
  await user.selectOption({ index: 3 });
  await explained();
});

test('the split in time can be chosen and linked to', async () => {
  await set(PLUSPLUS, 'epochs', '2');
  await page.locator(`${PLUSPLUS}-split`).selectOption('time');
  await train(PLUSPLUS);
  const before = await page.locator(`${PLUSPLUS} output.fingerprint`).innerText();
  await page.locator(PLUSPLUS).getByRole('button', { name: 'Copy link' }).click();
  await page.waitForURL(/split=time/);
  const { hash } = new URL(page.url());
  const second = await site.visit(`${CHAPTER}${hash}`);
  await second.page.locator(PLUSPLUS).getByText('The same bits as in the link').waitFor();
  expect(await second.page.locator(`${PLUSPLUS} output.fingerprint`).innerText()).toBe(before);
});

test('three splits are trained side by side', async () => {
  const splits = page.locator(SPLITS);
  await set(SPLITS, 'epochs', '2');
  await set(SPLITS, 'factors', '5');
  await splits.getByRole('button', { name: 'Train all 12' }).click();
  await splits.getByText('All 12 trained.').waitFor();
  const cells = await splits.locator('.splits-table tbody td').allInnerTexts();
  const values = cells.map(number);
  expect(values).toHaveLength(15);
  for (const value of values.slice(0, 12)) expect(value).toBeGreaterThan(0.5);
  for (let column = 0; column < 3; column += 1) {
    const gain = (values[9 + column] ?? 0) - (values[column] ?? 0);
    expect(values[12 + column]).toBeCloseTo(gain, 3);
  }
  await set(SPLITS, 'epochs', '500');
  await splits.getByText('The settings have changed').waitFor();
});

test('the training of three splits can be cancelled', async () => {
  const { engine, page: held } = await site.visitHeld(CHAPTER);
  const splits = held.locator(SPLITS);
  await splits.getByRole('button', { name: 'Train all 12' }).click();
  await splits.getByRole('button', { name: 'Cancel' }).click();
  await engine.release();
  await splits.getByText('Cancelled after 0.').waitFor();
  expect(await visibleFaults(held)).toEqual([]);
});

test('everything can be read with the live parts at work', async () => {
  await explained();
  expect(await unreadable(page)).toEqual([]);
});
