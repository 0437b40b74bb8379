import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { needMovieLens, numbers, openedSite, overflow, part, seriousFaults } from './harness.ts';

const CHAPTER = 'chapters/14-integrated-model.html';
/** Three decimals are shown, and the sum has four addends. */
const ROUNDING = 0.0021;

const site = openedSite();

async function train(lab: Locator, epochs: number): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByLabel('epochs', { exact: true }).fill(String(epochs));
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  await lab.locator('.tiers-table tbody tr').first().waitFor();
}

/** Films, and the three tiers with their sum, row by row. */
async function tiers(lab: Locator): Promise<{ films: string[]; rows: number[][] }> {
  const rows = lab.locator('.tiers-table tbody tr');
  const films = await rows.locator('th').allInnerTexts();
  const cells = await numbers(rows.locator('td:not(.tier-cell)'));
  return { films, rows: films.map((_, n) => cells.slice(4 * n, 4 * n + 4)) };
}

async function walkTo(lab: Locator, step: number): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Step forward' }).click();
  await lab.getByLabel('Go to step').fill(String(step));
  await lab.getByRole('button', { name: 'Go', exact: true }).click();
  await lab.getByText(`Step ${step} ·`).waitFor();
}

async function compareSlip(lab: Locator, epochs: number): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByLabel('epochs', { exact: true }).fill(String(epochs));
  await lab.getByRole('button', { name: 'Train both' }).click();
  await lab.getByText('Both are trained.').waitFor();
}

describe('the tiers of a prediction', () => {
  test('add up to it, for films recommended and for films rated', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'tiers');
    await train(lab, 3);
    const before = await tiers(lab);
    expect(before.films).toHaveLength(10);
    await lab.getByLabel('films the user rated highest').check();
    await expect.poll(async () => (await tiers(lab)).films).not.toEqual(before.films);
    for (const { rows } of [before, await tiers(lab)]) {
      for (const [baseline = NaN, factors = NaN, neighborhood = NaN, sum = NaN] of rows) {
        expect(Math.abs(baseline + factors + neighborhood - sum)).toBeLessThan(ROUNDING);
        expect(Math.abs(factors) + Math.abs(neighborhood)).toBeGreaterThan(0);
      }
    }
  });

  test('follow the user chosen in the list of films', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'tiers', 1);
    await train(lab, 2);
    const before = await tiers(lab);
    await lab.getByRole('button', { name: 'Next', exact: true }).click();
    await expect.poll(async () => (await tiers(lab)).rows).not.toEqual(before.rows);
  });

  test('are explained by all seven addends in the list of films', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'recommendations');
    await train(lab, 2);
    await lab.getByRole('button', { name: /Why/ }).first().click();
    await lab.getByText('which of the film’s neighbors were rated at all').waitFor();
    await lab.getByText('weighted', { exact: false }).first().waitFor();
  });

  test('end below the error of SVD++ on MovieLens', async (context) => {
    needMovieLens(context);
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'tiers', 1);
    await train(lab, 30);
    const row = lab.locator('.training-errors tr', { hasText: 'test RMSE' }).locator('td');
    expect((await numbers(row))[1]).toBeLessThan(0.85);
  });
});

describe('the walk', () => {
  test('names a weight by item and neighbor, and starts the third tier at 0', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'walk');
    await walkTo(lab, 1);
    const updates = await lab.locator('step-updates').innerText();
    expect(updates).not.toContain('undefined');
    const terms = await lab.locator('step-terms').innerText();
    expect(terms).not.toContain('NaN');
    await walkTo(lab, 60);
    expect(await lab.locator('step-updates tr.rule').count()).toBeGreaterThanOrEqual(6);
  });
});

describe('the slip', () => {
  test('adds one number for all films, the paper a number for each', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'slip');
    await compareSlip(lab, 3);
    const errors = await numbers(lab.locator('.slip-table tbody').first().locator('td'));
    expect(errors.every((error) => error > 0.4 && error < 1.3)).toBe(true);
    const cells = await numbers(lab.locator('.slip-table tbody').nth(1).locator('td'));
    expect(cells.length).toBeGreaterThanOrEqual(10);
    const paper = cells.filter((_, n) => n % 2 === 0);
    const slides = cells.filter((_, n) => n % 2 === 1);
    expect(new Set(slides).size).toBe(1);
    expect(new Set(paper).size).toBeGreaterThan(1);
  });

  test('says so when the settings have changed since', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'slip');
    await compareSlip(lab, 2);
    await lab.getByLabel('epochs', { exact: true }).fill('400');
    await lab.getByLabel('epochs', { exact: true }).blur();
    await lab.getByText('Settings or data have changed').waitFor();
  });

  test('can be cancelled', async () => {
    const { engine, page } = await site.visitHeld(CHAPTER);
    const lab = part(page, 'slip');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Train both' }).click();
    await engine.passUntil(() => lab.getByText(/epoch [1-9]\d* of \d+/).isVisible());
    await lab.getByRole('button', { name: 'Cancel' }).click();
    await engine.release();
    await lab.getByText('Cancelled.').waitFor();
  });
});

describe('the chapter with its live parts at work', () => {
  const live = async (page: Page): Promise<void> => {
    await walkTo(part(page, 'walk'), 5);
    await train(part(page, 'tiers'), 2);
    await compareSlip(part(page, 'slip'), 2);
  };

  test.each(['light', 'dark'] as const)('has nothing serious for axe, %s', async (colorScheme) => {
    const { page } = await site.visit(CHAPTER, { colorScheme });
    await live(page);
    expect(await seriousFaults(page)).toEqual([]);
    const text = await page.locator('main').innerText();
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('fits a phone without scrolling sideways', async () => {
    const { page } = await site.visit(CHAPTER, { viewport: { width: 360, height: 740 } });
    await live(page);
    expect(await overflow(page)).toBe(0);
  });
});
