import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import {
  needMovieLens,
  number,
  numbers,
  openedSite,
  overflow,
  part,
  seriousFaults,
} from './harness.ts';

const CHAPTER = 'chapters/03-alternating-least-squares.html';
/** Half of the last digit that the system shows. */
const HALF_DIGIT = 0.00005;

const site = openedSite();

async function goToStep(lab: Locator, step: number): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Step forward' }).click();
  await lab.getByLabel('Go to step').fill(String(step));
  await lab.getByRole('button', { name: 'Go', exact: true }).click();
  await lab.getByText(`Step ${step} ·`).waitFor();
}

async function race(page: Page): Promise<Locator> {
  const lab = part(page, 'race');
  await lab.scrollIntoViewIfNeeded();
  // Few epochs, so that the test is quick: the bits do not matter here.
  await lab.getByLabel('epochs', { exact: true }).first().fill('2');
  await lab.getByText('Settings of').click();
  await lab.locator('input[id$="rival-epochs"]').fill('3');
  await lab.getByRole('button', { name: 'Start the race' }).click();
  await lab.getByText('Both have finished.').waitFor();
  return lab;
}

describe('the walk', () => {
  test.each([1, 2, 5, 6])('shows a system whose solution solves it, at step %i', async (step) => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'walk');
    await goToStep(lab, step);
    const tables = lab.locator('solved-system .matrix');
    const [matrix, solution, right] = await Promise.all(
      [0, 1, 2].map((n) => numbers(tables.nth(n).locator('td'))),
    );
    if (!matrix || !solution || !right) throw new Error('no system');
    expect([matrix.length, solution.length, right.length]).toEqual([4, 2, 2]);
    for (const row of [0, 1]) {
      const [a = NaN, b = NaN] = matrix.slice(2 * row, 2 * row + 2);
      const [x = NaN, y = NaN] = solution;
      const rounding = HALF_DIGIT * (1 + Math.abs(a) + Math.abs(b) + Math.abs(x) + Math.abs(y));
      expect(Math.abs(a * x + b * y - (right[row] ?? NaN))).toBeLessThan(rounding);
    }
  });

  test('goes to the end of the half-sweep and of the sweep', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'walk');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'half-sweep' }).click();
    await lab.getByText('Step 3 ·').waitFor();
    await lab.getByRole('button', { name: 'half-sweep' }).click();
    await lab.getByText('Step 6 ·').waitFor();
    await lab.getByRole('button', { name: 'end of the sweep' }).click();
    await lab.getByText('Step 12 ·').waitFor();
  });

  test('explains a singular system, and finds a solution once lambda is above 0', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'walk', 1);
    await goToStep(lab, 3);
    const explanation = lab.locator('.system-singular');
    await expect.poll(() => explanation.innerText()).toContain('fix only 1 of 2 directions');
    expect(await lab.getByText('Nothing: every number stays as it was.').count()).toBe(1);
    await lab.locator('input[id$="-lambda"]').fill('0.01');
    await lab.locator('input[id$="-lambda"]').blur();
    await explanation.waitFor({ state: 'detached' });
    await expect
      .poll(() => numbers(lab.locator('solved-system .matrix').nth(1).locator('td')))
      .toSatisfy((values: number[]) => values.length === 2 && values.every(Number.isFinite));
  });
});

describe('zeros in unrated cells', () => {
  test('pull the predictions of the toy’s empty cells towards 0', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'zeros');
    await lab.scrollIntoViewIfNeeded();
    const unseen = (grid: number): Promise<number[]> =>
      numbers(lab.locator('.zeros-grid').nth(grid).locator('.unseen'));
    await expect.poll(async () => (await unseen(3)).every(Number.isFinite)).toBe(true);
    const [plain, zeros] = [await unseen(2), await unseen(3)];
    expect(plain).toHaveLength(4);
    for (const [cell, value] of plain.entries()) {
      expect(Math.abs(zeros[cell] ?? NaN)).toBeLessThan(value);
    }
    expect(await lab.locator('.zeros-verdict').innerText()).toContain('pulled towards 0');
  });

  test('leave out of training a rating that is held back, in all three models', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'zeros');
    await lab.scrollIntoViewIfNeeded();
    const held = lab.locator('.zeros-grid .held');
    await lab.getByLabel('Hold back a rating').selectOption({ label: 'user 2, item 3: 3' });
    await expect.poll(() => held.count()).toBe(4);
    const row = lab.locator('.zeros-summary tr', { hasText: 'held back (3)' }).locator('td');
    await expect.poll(async () => (await numbers(row)).every(Number.isFinite)).toBe(true);
    const [biased = NaN, , zeros = NaN] = await numbers(row);
    expect(Math.abs(3 - biased)).toBeLessThan(Math.abs(3 - zeros));
  });

  test('make the test error of a large data set worse', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'zeros', 1);
    await lab.locator('input[id$="-factors"]').fill('8');
    await lab.getByRole('button', { name: 'Train all three' }).click();
    await lab.getByText('All three are trained.').waitFor();
    const row = lab.locator('.zeros-summary tr', { hasText: 'test RMSE' }).locator('td');
    const [biased = NaN, plain = NaN, zeros = NaN] = await numbers(row);
    expect(biased).toBeLessThan(plain);
    expect(plain).toBeLessThan(zeros);
  });
});

describe('the race', () => {
  test('ends with a line and finite numbers for both models', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = await race(page);
    const strokes = await lab
      .locator('.chart-plot polyline')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('stroke')?.toUpperCase()));
    expect(strokes).toEqual(expect.arrayContaining(['#B84F00', '#0072B2']));
    for (const name of ['test RMSE at the end', 'training RMSE at the end', 'milliseconds']) {
      const row = lab.locator('.race-results tr', { hasText: name }).locator('td');
      const values = await numbers(row);
      expect(values).toHaveLength(2);
      expect(values.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
    }
    const epochs = lab.locator('.race-results tr', {
      has: page.getByText('epochs', { exact: true }),
    });
    expect(await numbers(epochs.locator('td'))).toEqual([2, 3]);
  });

  test('is drawn anew over another axis and for the other error', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = await race(page);
    const plot = lab.locator('.chart-plot');
    for (const [choice, label] of [
      ['multiplications', 'million multiplications'],
      ['milliseconds', 'milliseconds'],
      ['training RMSE', 'training RMSE'],
    ] as const) {
      await lab.getByRole('radio', { name: choice }).check();
      await expect.poll(() => plot.locator('svg').first().textContent()).toContain(label);
    }
  });

  test('can be cancelled, and keeps what was reached', async () => {
    const { engine, page } = await site.visitHeld(CHAPTER);
    const lab = part(page, 'race');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByLabel('epochs', { exact: true }).first().fill('200');
    await lab.getByRole('button', { name: 'Start the race' }).click();
    await engine.passUntil(() => lab.getByText(/epoch [1-9]\d* of 200/).isVisible());
    await lab.getByRole('button', { name: 'Cancel' }).click();
    await engine.release();
    await lab.getByText('Cancelled; what was reached is shown.').waitFor();
    const row = lab.locator('.race-results tr', { hasText: 'test RMSE at the end' });
    expect(number(await row.locator('td').first().innerText())).toBeLessThan(1);
  });

  test('comes back by its link, with the settings of both models and the same bits', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = await race(page);
    const fingerprints = (of: Locator): Promise<string[]> =>
      of.locator('.race-results tr', { hasText: 'fingerprint' }).locator('td').allInnerTexts();
    const before = await fingerprints(lab);
    await lab.getByRole('button', { name: 'Copy link' }).click();
    await expect.poll(() => page.url()).toContain('rival.epochs=3');
    const fragment = new URL(page.url()).hash;
    const { page: again } = await site.visit(`${CHAPTER}${fragment}`);
    const restored = part(again, 'race');
    await restored.getByText('Both have finished.').waitFor();
    expect(await fingerprints(restored)).toEqual(before);
    expect(await restored.getByText('The same bits as in the link').count()).toBe(1);
  });

  test('on MovieLens ends below .87 for ALS at its defaults', async (context) => {
    needMovieLens(context);
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'race');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Start the race' }).click();
    await lab.getByText('Both have finished.').waitFor();
    const row = lab.locator('.race-results tr', { hasText: 'test RMSE at the end' });
    expect(number(await row.locator('td').first().innerText())).toBeLessThan(0.87);
  });
});

describe('the map of one rating', () => {
  test('moves at right angles, and never up', async () => {
    const { page } = await site.visit(CHAPTER);
    const lab = part(page, 'landscape');
    const objective = async (): Promise<number> =>
      number(await lab.locator('.landscape-side output').first().innerText());
    let before = await objective();
    for (const name of ['Solve for p', 'Solve for q', 'Solve for p', 'Solve for q']) {
      await lab.getByRole('button', { name }).click();
      const after = await objective();
      expect(after).toBeLessThan(before);
      before = after;
    }
    expect(await lab.locator('.leg').count()).toBe(4);
  });
});

describe('the chapter with its live parts at work', () => {
  const live = async (page: Page): Promise<void> => {
    await goToStep(part(page, 'walk'), 4);
    await goToStep(part(page, 'walk', 1), 3);
    await race(page);
  };

  test.each(['light', 'dark'] as const)('has nothing serious for axe, %s', async (colorScheme) => {
    const { page } = await site.visit(CHAPTER, { colorScheme });
    await live(page);
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('fits a phone without scrolling sideways', async () => {
    const { page } = await site.visit(CHAPTER, { viewport: { width: 360, height: 740 } });
    await live(page);
    expect(await overflow(page)).toBe(0);
  });
});
