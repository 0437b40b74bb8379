import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import {
  needMovieLens,
  number,
  numbers,
  openedSite,
  part,
  unreadable,
  visibleFaults,
} from './harness.ts';

const CHAPTER = 'chapters/09-truncated-svd.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

afterEach(async () => {
  expect(await visibleFaults(page)).toEqual([]);
});

async function decomposition(): Promise<Locator> {
  const lab = part(page, 'decomposition');
  await lab.scrollIntoViewIfNeeded();
  await lab.locator('.decomposition-sums').waitFor();
  return lab;
}

/** Trains the model of this live part, and returns its test RMSE. */
async function train(lab: Locator): Promise<number> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  const row = lab.locator('.training-errors tr', { hasText: 'test RMSE' }).locator('td');
  await lab.getByText(/^epoch (\d+) of \1$/).waitFor();
  await expect.poll(() => lab.locator('.fingerprint').first().innerText()).not.toBe('–');
  return number(await row.nth(1).innerText());
}

describe('the decomposition of the cut-out', () => {
  test('leaves what it cuts off, at every rank', async () => {
    const lab = await decomposition();
    for (const f of [1, 3, 7]) {
      await lab.locator('input[id$="-rank"]').fill(String(f));
      await lab.getByText(f === 1 ? 'The sum of 1 triple' : `The sum of ${f} triples`).waitFor();
      const [left = NaN, promised = NaN] = await numbers(lab.locator('.decomposition-sums td'));
      expect(left).toBeGreaterThan(0);
      expect(Math.abs(left - promised)).toBeLessThan(0.002);
    }
  });

  test('shows in its third table the difference of the first two', async () => {
    const lab = await decomposition();
    const grids = await Promise.all(
      [0, 1, 2].map((n) => numbers(lab.locator('.decomposition-grid').nth(n).locator('tbody td'))),
    );
    const [matrix = [], close = [], rest = []] = grids;
    expect(matrix).toHaveLength(144);
    for (const [at, value] of matrix.entries()) {
      // The tables show one decimal, so that each may be off by half of it.
      expect(Math.abs(value - (close[at] ?? NaN) - (rest[at] ?? NaN))).toBeLessThan(0.11);
    }
  });

  test('has orthonormal columns, and another spectrum with another fill', async () => {
    const lab = await decomposition();
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    for (const side of [0, 1]) {
      const table = lab.locator('.decomposition-crossed').nth(side);
      expect(await numbers(table.locator('td'))).toEqual(identity);
    }
    const last = async (): Promise<string> => lab.locator('.legend output').first().innerText();
    const before = await last();
    await lab.locator('select[id$="-fill"]').selectOption('zeros');
    await expect.poll(last).not.toBe(before);
  });
});

describe('the walk', () => {
  test('solves, and then changes the basis without changing a prediction', async () => {
    const lab = part(page, 'walk');
    await lab.scrollIntoViewIfNeeded();
    const go = async (step: number): Promise<number[]> => {
      await lab.getByLabel('Go to step').fill(String(step));
      await lab.getByRole('button', { name: 'Go', exact: true }).click();
      await lab.getByText(`Step ${step} ·`).waitFor();
      return numbers(lab.locator('.map-prediction'));
    };
    await lab.getByRole('button', { name: 'Step forward' }).click();
    const solved = await go(3);
    const terms = await numbers(lab.locator('step-terms td'));
    expect(terms).toHaveLength(3);
    const turned = await go(4);
    await lab.getByText('A new basis').waitFor();
    // Three users, three items.
    expect(solved).toHaveLength(9);
    for (const [at, value] of solved.entries()) {
      expect(Math.abs(value - (turned[at] ?? NaN))).toBeLessThanOrEqual(0.01);
    }
  });
});

describe('on MovieLens', () => {
  test('the fill decides', async (context) => {
    needMovieLens(context);
    const lab = part(page, 'spectrum');
    expect(await train(lab)).toBeCloseTo(0.864, 2);
    await lab.locator('singular-values svg').first().waitFor();
    await lab.locator('select[id$="-fill"]').selectOption('zeros');
    expect(await train(lab)).toBeGreaterThan(2.5);
    await lab.locator('select[id$="-fill"]').selectOption('item-means');
    expect(await train(lab)).toBeCloseTo(0.957, 2);
  });

  test('the films stand along the triples', async () => {
    const lab = part(page, 'factors');
    await train(lab);
    await lab.locator('.factors-map').waitFor();
    await expect.poll(() => lab.locator('.factors-list tr').count()).toBe(16);
  });

  test('refilling overfits, and shrinkage mends it', async (context) => {
    needMovieLens(context);
    const lab = page.locator('model-lab', { has: page.locator('model-training') }).nth(2);
    expect(await train(lab)).toBeGreaterThan(0.92);
    await lab.getByText('the model overfits').waitFor();
    await lab.locator('input[id$="-lambda"]').fill('15');
    await lab.locator('input[id$="-lambda"]').blur();
    expect(await train(lab)).toBeLessThan(0.87);
  });

  test('the long way and the short way are raced', async () => {
    const lab = part(page, 'race');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByLabel('epochs', { exact: true }).first().fill('3');
    await lab.getByRole('button', { name: 'Start the race' }).click();
    await lab.getByText('Both have finished.').waitFor();
    const row = lab.locator('.race-results tr', { hasText: 'test RMSE at the end' }).locator('td');
    const errors = await numbers(row);
    expect(errors).toHaveLength(2);
    expect(errors.every((value) => value > 0.3 && value < 1.3)).toBe(true);
  });
});

test('with its live parts at work the chapter can be read by everybody', async () => {
  await decomposition();
  expect(await unreadable(page)).toEqual([]);
});
