import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { needMovieLens, number, openedSite, part, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/17-confidence.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

afterEach(async () => expect(await visibleFaults(page)).toEqual([]));

async function slide(lab: Locator, name: string, to: number): Promise<void> {
  await lab.getByLabel(name, { exact: true }).fill(String(to));
}

/** The walk after its first step. */
async function firstStep(): Promise<Locator> {
  const walk = part(page, 'walk');
  await walk.scrollIntoViewIfNeeded();
  await walk.locator('.walk-play:enabled').waitFor();
  await walk.getByLabel('Go to step').fill('1');
  await walk.getByRole('button', { name: 'Go', exact: true }).click();
  await walk.getByText('Step 1 ·').waitFor();
  return walk;
}

describe('the weighted mean', () => {
  test('follows its formula', async () => {
    const lab = part(page, 'weighted-mean');
    await lab.scrollIntoViewIfNeeded();
    const mean = lab.locator('output');
    await expect.poll(() => mean.innerText()).toBe('3.333');
    await slide(lab, 'confidence of the third', 3);
    await expect.poll(() => mean.innerText()).toBe('2.400');
    await slide(lab, 'rating of the first', 4);
    await slide(lab, 'confidence of the second', 0);
    await expect.poll(() => mean.innerText()).toBe('1.750');
    for (const which of ['first', 'third']) await slide(lab, `confidence of the ${which}`, 0);
    await lab.getByText('nothing counts').waitFor();
    await lab.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => mean.innerText()).toBe('3.333');
  });
});

describe('the walk', () => {
  test('solves a system, items first, and the objective falls', async () => {
    const lab = await firstStep();
    await expect.poll(() => lab.locator('.walk-where').innerText()).toContain('item 1');
    const tables = lab.locator('solved-system .matrix');
    const cells = async (n: number): Promise<number[]> =>
      (await tables.nth(n).locator('td').allInnerTexts()).map(number);
    const [matrix, solution, right] = [await cells(0), await cells(1), await cells(2)];
    for (const row of [0, 1]) {
      const [a = NaN, b = NaN] = matrix.slice(2 * row, 2 * row + 2);
      const [x = NaN, y = NaN] = solution;
      expect(Math.abs(a * x + b * y - (right[row] ?? NaN))).toBeLessThan(0.002);
    }
    await lab.getByRole('button', { name: 'half-sweep' }).click();
    await lab.getByText('Step 3 ·').waitFor();
    await lab.getByRole('button', { name: 'Step forward' }).click();
    await lab.getByText('Step 4 ·').waitFor();
    expect(await lab.locator('.walk-where').innerText()).toContain('user 1');
    const objective = async (): Promise<number> => {
      const text = await lab.getByText('weighted squared errors of all cells').innerText();
      return number(/: ?([\d.,]*\d)/.exec(text.replaceAll('\n', ' '))?.[1] ?? '');
    };
    const before = await objective();
    await lab.getByRole('button', { name: 'end of the sweep' }).click();
    await lab.getByText('Step 6 ·').waitFor();
    expect(await objective()).toBeLessThanOrEqual(before + 0.0001);
  });
});

describe('on a large data set', () => {
  test('the shortcut adds up the same matrix with fewer multiplications', async () => {
    const lab = part(page, 'shortcut');
    await lab.scrollIntoViewIfNeeded();
    for (const name of ['Measure', 'Another user']) {
      await lab.getByRole('button', { name }).click();
      await lab.getByText('films rated').waitFor();
      await expect
        .poll(() => lab.getByRole('button', { name: 'Measure', exact: true }).isEnabled())
        .toBe(true);
      const told = await lab.locator('.shortcut-results caption').innerText();
      const [rated = NaN, items = NaN] =
        told
          .split(':')[1]
          ?.match(/[\d,]+/g)
          ?.map((text) => Number(text.replaceAll(',', ''))) ?? [];
      const rows = lab.locator('.shortcut-results tbody tr');
      const ratio = number(await rows.nth(0).locator('td').nth(2).innerText());
      expect(Math.abs(ratio - items / rated)).toBeLessThan(0.06);
      expect(number(await rows.nth(1).locator('td').nth(2).innerText())).toBeGreaterThan(1);
      expect(number(await lab.locator('.shortcut-apart .value').first().innerText())).toBeLessThan(
        1e-4,
      );
    }
  });

  test('training lowers the rank, and confidence times similarity explains the prediction', async (context) => {
    needMovieLens(context);
    const lab = part(page, 'train');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByLabel('epochs', { exact: true }).first().fill('3');
    await lab.getByRole('button', { name: 'Train', exact: true }).click();
    await lab.getByText('Trained after epoch 3').waitFor();
    const cells = lab.locator('.training-errors tbody td');
    const [start = NaN, now = NaN] = (await cells.allInnerTexts()).map(number);
    expect(start).toBeCloseTo(50, 4);
    expect(now).toBeGreaterThan(2);
    expect(now).toBeLessThan(20);
    await lab.getByRole('button', { name: /^Why / }).first().click();
    const shares = lab.locator('.addends').nth(1);
    await shares.waitFor();
    let sum = 0;
    const rows = await shares.locator('tbody tr:not(.sum)').all();
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) {
      const values = (await row.locator('.film-number').allInnerTexts()).map(number);
      const product = values.at(-1) ?? NaN;
      if (values.length === 3) {
        const [confidence = NaN, similarity = NaN] = values;
        expect(Math.abs(confidence * similarity - product)).toBeLessThan(0.001);
      }
      sum += product;
    }
    const predicted = number(await lab.locator('.addends .sum .film-number').first().innerText());
    expect(Math.abs(sum - predicted)).toBeLessThan(0.001);
  });

  test('the race of weighted and unweighted ratings runs', async (context) => {
    needMovieLens(context);
    const lab = part(page, 'race');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByLabel('epochs', { exact: true }).first().fill('1');
    await lab.getByText('Settings of').click();
    await lab.locator('input[id$="rival-epochs"]').fill('1');
    await lab.getByRole('button', { name: 'Start the race' }).click();
    await lab.getByText('Both have finished.').waitFor();
  });
});

test('everything can be read with the live parts at work', async () => {
  await firstStep();
  expect(await unreadable(page)).toEqual([]);
});
