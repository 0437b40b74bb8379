import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import {
  needMovieLens,
  number,
  openedSite,
  overflow,
  part,
  seriousFaults,
  visibleFaults,
} from './harness.ts';

const CHAPTER = 'chapters/07-what-a-factor-means.html';

const site = openedSite();

async function train(lab: Locator): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  await lab.locator('.factors-map').waitFor();
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
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'taste');
    await lab.scrollIntoViewIfNeeded();
    expect(await sums(lab, 0)).toEqual([4.7, -3.8]);
    await lab.locator('input[type="range"]').fill('35');
    await expect.poll(() => sums(lab, 1)).toEqual([4.7, -3.8]);
    const first = lab.locator('.taste-table').nth(1).locator('tbody td').first();
    expect(number(await first.innerText())).not.toBe(1);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('can be edited, and refuse what is no number', async () => {
    const { page } = await site.visit(CHAPTER);
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
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'factors');
    await train(lab);
    const [trained = NaN, turned = NaN] = await product(lab);
    expect(turned).toBe(trained);
    expect(Number.isFinite(trained)).toBe(true);
    const value = async (): Promise<string> => lab.locator('.factors-list td').first().innerText();
    const before = await value();
    await turn(lab, 60);
    await expect.poll(value).not.toBe(before);
    const [again = NaN, after = NaN] = await product(lab);
    expect(Math.abs(again - after)).toBeLessThanOrEqual(0.0001);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('of the walk are explained step by step', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'walk');
    await lab.scrollIntoViewIfNeeded();
    const forward = lab.getByRole('button', { name: 'Step forward' });
    await forward.click();
    await lab.getByText('Step 1 ·').waitFor();
    expect(await lab.locator('solved-system .matrix').count()).toBe(3);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test.each([
    ['als', 1],
    ['svd', 2],
  ] as const)('of %s on MovieLens have lists and names on a map', async (_model, nth) => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'factors', nth);
    await train(lab);
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
    const [trained = NaN, turned = NaN] = await product(lab);
    expect(Math.abs(trained - turned)).toBeLessThanOrEqual(0.0001);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('on MovieLens fill the map near the middle where films with few ratings are let in', async (context) => {
    needMovieLens(context);
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'factors', 1);
    await train(lab);
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
  });

  test('keep film and scale while the map turns', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'factors');
    await train(lab);
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

describe('the chapter with its live parts at work', () => {
  test.each(['light', 'dark'] as const)('has nothing serious for axe, %s', async (colorScheme) => {
    const { page } = await site.visit(CHAPTER, { colorScheme });
    await train(part(page, 'factors'));
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('fits a phone without scrolling sideways', async () => {
    const { page } = await site.visit(CHAPTER, { viewport: { width: 360, height: 740 } });
    await train(part(page, 'factors'));
    expect(await overflow(page)).toBe(0);
  });
});
