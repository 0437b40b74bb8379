import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { needMovieLens, number, openedSite, part, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/07-what-a-factor-means.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

afterEach(async () => {
  expect(await visibleFaults(page)).toEqual([]);
});

/** The films along the factors of this live part, trained once, over its first two and not turned. */
async function trained(nth = 0): Promise<Locator> {
  const lab = part(page, 'factors', nth);
  await lab.scrollIntoViewIfNeeded();
  if (!(await lab.locator('.factors-map').isVisible())) {
    await lab.getByRole('button', { name: 'Train', exact: true }).click();
    await lab.locator('.factors-map').waitFor();
  }
  await lab.getByLabel('Horizontal').selectOption('factor 1');
  await lab.getByLabel('Vertical').selectOption('factor 2');
  await turn(lab, 0);
  return lab;
}

/** The last line of the table of products: as trained, and turned. */
async function product(lab: Locator): Promise<number[]> {
  return (await lab.locator('.factors-product tfoot td').allInnerTexts()).map(number);
}

async function turn(lab: Locator, degrees: number): Promise<void> {
  const slider = lab.locator('input[type="range"][id$="-turn"]');
  await slider.fill(String(degrees));
  await lab.getByText(`turned by ${degrees}°`, { exact: false }).first().waitFor();
}

describe('the taste vectors', () => {
  const sums = async (lab: Locator, table: number): Promise<number[]> => {
    const cells = lab.locator('.taste-table').nth(table).locator('tfoot strong');
    return (await cells.allInnerTexts()).map(number);
  };

  test('have the products 4.7 and −3.8, before a turn and after it', async () => {
    const lab = part(page, 'taste');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Start over' }).click();
    expect(await sums(lab, 0)).toEqual([4.7, -3.8]);
    await lab.locator('input[type="range"]').fill('35');
    await expect.poll(() => sums(lab, 1)).toEqual([4.7, -3.8]);
    const first = lab.locator('.taste-table').nth(1).locator('tbody td').first();
    expect(number(await first.innerText())).not.toBe(1);
  });

  test('can be edited, and refuse what is no number', async () => {
    const lab = part(page, 'taste');
    const romance = lab.getByLabel('romance of the user');
    await romance.fill('1');
    await romance.blur();
    // Romance now counts −1.3 instead of +1.3 for the first film, and +1 instead of −1 for the second.
    await expect.poll(() => sums(lab, 0)).toEqual([2.1, -1.8]);
    await romance.fill('');
    await romance.blur();
    expect(await sums(lab, 0)).toEqual([2.1, -1.8]);
    await lab.getByRole('button', { name: 'Start over' }).click();
    await expect.poll(() => sums(lab, 0)).toEqual([4.7, -3.8]);
  });
});

describe('the factors', () => {
  test('of the cut-out keep a product when they are turned, and change their lists', async () => {
    const lab = await trained();
    const [before = NaN, turned = NaN] = await product(lab);
    expect(turned).toBe(before);
    expect(Number.isFinite(before)).toBe(true);
    const value = async (): Promise<string> => lab.locator('.factors-list td').first().innerText();
    const first = await value();
    await turn(lab, 60);
    await expect.poll(value).not.toBe(first);
    const [again = NaN, after = NaN] = await product(lab);
    expect(Math.abs(again - after)).toBeLessThanOrEqual(0.0001);
  });

  test('of the walk are explained step by step', async () => {
    const lab = part(page, 'walk');
    await lab.scrollIntoViewIfNeeded();
    const forward = lab.getByRole('button', { name: 'Step forward' });
    await forward.click();
    await lab.getByText('Step 1 ·').waitFor();
    expect(await lab.locator('solved-system .matrix').count()).toBe(3);
  });

  test.each([
    ['als', 1],
    ['svd', 2],
  ] as const)('of %s on MovieLens have lists and names on a map', async (_model, nth) => {
    const lab = await trained(nth);
    await expect.poll(() => lab.locator('.factors-list tr').count()).toBe(16);
    const values = (await lab.locator('.factors-list td').allInnerTexts()).map(number);
    const [high, low] = [values.slice(0, 8), values.slice(8)];
    expect(high).toEqual([...high].sort((a, b) => b - a));
    expect(low).toEqual([...low].sort((a, b) => a - b));
    expect(await lab.locator('.factors-map text').count()).toBeGreaterThan(4);
    await lab.getByLabel('Horizontal').selectOption('factor 3');
    await lab.getByLabel('Vertical').selectOption('factor 3');
    await lab.getByText('Choose two different factors').waitFor();
    await lab.getByLabel('Vertical').selectOption('factor 4');
    await turn(lab, 90);
    const [before = NaN, turned = NaN] = await product(lab);
    expect(Math.abs(before - turned)).toBeLessThanOrEqual(0.0001);
  });

  test('on MovieLens fill the map near the middle where films with few ratings are let in', async (context) => {
    needMovieLens(context);
    const lab = await trained(1);
    const dots = (): Promise<number> => lab.locator('.factors-film').count();
    const usual = await dots();
    expect(usual).toBeLessThan(1500);
    const least = lab.getByLabel('At least this many ratings');
    await least.fill('1');
    await least.blur();
    await lab.getByText('of which the map draws 1,500').waitFor();
    expect(await dots()).toBe(1500);
    await least.fill('200');
    await least.blur();
    await expect.poll(dots).toBeLessThan(usual / 2);
    await least.fill('');
    await least.blur();
    await expect.poll(dots).toBe(usual);
  });

  test('keep film and scale while the map turns', async () => {
    const lab = await trained();
    const film = (): Promise<string> => lab.locator('.factors-product caption').innerText();
    const far = (): Promise<number> =>
      lab
        .locator('.factors-film')
        .evaluateAll((dots) =>
          Math.max(
            ...dots.map((dot) =>
              Math.hypot(
                Number(dot.getAttribute('cx')) - 260,
                Number(dot.getAttribute('cy')) - 260,
              ),
            ),
          ),
        );
    const [named, reach] = [await film(), await far()];
    for (const degrees of [45, 120]) {
      await turn(lab, degrees);
      expect(await film()).toBe(named);
      expect(Math.abs((await far()) - reach)).toBeLessThan(0.2);
    }
  });
});

test('with its live parts at work the chapter can be read by everybody', async () => {
  await trained();
  expect(await unreadable(page)).toEqual([]);
});
