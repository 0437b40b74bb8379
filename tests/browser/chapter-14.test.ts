import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { needMovieLens, numbers, openedSite, part, unreadable } from './harness.ts';

const CHAPTER = 'chapters/14-integrated-model.html';
/** Three decimals are shown, and the sum has four addends. */
const ROUNDING = 0.0021;

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
  await train(part(page, 'tiers'), 3);
  await train(part(page, 'tiers', 1), 2);
  await compareSlip(part(page, 'slip'), 3);
});

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
    const lab = part(page, 'tiers');
    const before = await tiers(lab);
    expect(before.films).toHaveLength(10);
    await lab.getByLabel('films the user rated highest').check();
    await expect.poll(async () => (await tiers(lab)).films).not.toEqual(before.films);
    for (const { rows } of [before, await tiers(lab)]) {
      expect(rows).toHaveLength(10);
      for (const [baseline = NaN, factors = NaN, neighborhood = NaN, sum = NaN] of rows) {
        expect(Math.abs(baseline + factors + neighborhood - sum)).toBeLessThan(ROUNDING);
        expect(Math.abs(factors) + Math.abs(neighborhood)).toBeGreaterThan(0);
      }
    }
  });

  test('follow the user chosen in the list of films', async () => {
    const lab = part(page, 'tiers', 1);
    const before = await tiers(lab);
    await lab.getByRole('button', { name: 'Next', exact: true }).click();
    await expect.poll(async () => (await tiers(lab)).rows).not.toEqual(before.rows);
  });

  test('are explained by all seven addends in the list of films', async () => {
    const lab = part(page, 'recommendations');
    await lab.getByRole('button', { name: /Why/ }).first().click();
    await lab.getByText('which of the film’s neighbors were rated at all').waitFor();
    await lab.getByText('weighted', { exact: false }).first().waitFor();
  });

  test('bring the error down on MovieLens', async (context) => {
    needMovieLens(context);
    const row = part(page, 'tiers', 1).locator('.training-errors tr', { hasText: 'test RMSE' });
    const [start = NaN, end = NaN] = await numbers(row.locator('td'));
    expect(end).toBeLessThan(start);
    expect(end).toBeLessThan(0.9);
  });
});

describe('the walk', () => {
  test('names a weight by item and neighbor, and starts the third tier at 0', async () => {
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
    const lab = part(page, 'slip');
    const errors = await numbers(lab.locator('.slip-table tbody').first().locator('td'));
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((error) => error > 0.4 && error < 1.3)).toBe(true);
    const cells = await numbers(lab.locator('.slip-table tbody').nth(1).locator('td'));
    expect(cells.length).toBeGreaterThanOrEqual(10);
    const paper = cells.filter((_, n) => n % 2 === 0);
    const slides = cells.filter((_, n) => n % 2 === 1);
    expect(new Set(slides).size).toBe(1);
    expect(new Set(paper).size).toBeGreaterThan(1);
  });

  test('says so when the settings have changed since', async () => {
    const lab = part(page, 'slip');
    const changed = lab.getByText('Settings or data have changed');
    expect(await changed.count()).toBe(0);
    const epochs = lab.getByLabel('epochs', { exact: true });
    for (const [value, times] of [
      ['400', 1],
      ['3', 0],
    ] as const) {
      await epochs.fill(value);
      await epochs.blur();
      await expect.poll(() => changed.count()).toBe(times);
    }
  });

  test('can be cancelled', async () => {
    const { engine, page: held } = await site.visitHeld(CHAPTER);
    const lab = part(held, 'slip');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Train both' }).click();
    await engine.passUntil(() => lab.getByText(/epoch [1-9]\d* of \d+/).isVisible());
    await lab.getByRole('button', { name: 'Cancel' }).click();
    await engine.release();
    await lab.getByText('Cancelled.').waitFor();
  });
});

test('can be read by everybody with its live parts at work', async () => {
  await walkTo(part(page, 'walk'), 5);
  expect(await unreadable(page)).toEqual([]);
});
