import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { number, numbers, openedSite, part, unreadable } from './harness.ts';

const CHAPTER = 'chapters/03-alternating-least-squares.html';
/** Half of the last digit that the system shows. */
const HALF_DIGIT = 0.00005;

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

async function goToStep(lab: Locator, step: number): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Step forward' }).click();
  await lab.getByLabel('Go to step').fill(String(step));
  await lab.getByRole('button', { name: 'Go', exact: true }).click();
  await lab.getByText(`Step ${step} ·`).waitFor();
}

/** The system of the second walk that has no unique solution. */
async function singular(): Promise<Locator> {
  const lab = part(page, 'walk', 1);
  await lab.locator('input[id$="-lambda"]').fill('0');
  await lab.locator('input[id$="-lambda"]').blur();
  await goToStep(lab, 3);
  await lab.locator('.system-singular').waitFor();
  return lab;
}

async function race(): Promise<Locator> {
  const lab = part(page, 'race');
  await lab.scrollIntoViewIfNeeded();
  // Few epochs, so that the test is quick: the bits do not matter here.
  await lab.getByLabel('epochs', { exact: true }).first().fill('2');
  const rival = lab.locator('input[id$="rival-epochs"]');
  if (!(await rival.isVisible())) await lab.getByText('Settings of').click();
  await rival.fill('3');
  await lab.getByRole('button', { name: 'Start the race' }).click();
  await lab.getByText('Both have finished.').waitFor();
  return lab;
}

describe('the walk', () => {
  test('shows a system whose solution solves it', async () => {
    const lab = part(page, 'walk');
    for (const step of [1, 2, 5, 6]) {
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
    }
  });

  test('goes to the end of the half-sweep and of the sweep', async () => {
    const lab = part(page, 'walk');
    await goToStep(lab, 1);
    await lab.getByRole('button', { name: 'half-sweep' }).click();
    await lab.getByText('Step 3 ·').waitFor();
    await lab.getByRole('button', { name: 'half-sweep' }).click();
    await lab.getByText('Step 6 ·').waitFor();
    await lab.getByRole('button', { name: 'end of the sweep' }).click();
    await lab.getByText('Step 12 ·').waitFor();
  });

  test('explains a singular system, and finds a solution once lambda is above 0', async () => {
    const lab = await singular();
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
  test('pull the predictions of the toy’s empty cells towards 0, also where a rating is held back', async () => {
    const lab = part(page, 'zeros');
    await lab.scrollIntoViewIfNeeded();
    const unseen = (grid: number): Promise<number[]> =>
      numbers(lab.locator('.zeros-grid').nth(grid).locator('.unseen'));
    const isFull = (values: number[]): boolean =>
      values.length === 4 && values.every(Number.isFinite);
    await expect.poll(() => unseen(3)).toSatisfy(isFull);
    const [plain, zeros] = [await unseen(2), await unseen(3)];
    expect(plain).toHaveLength(4);
    for (const [cell, value] of plain.entries()) {
      expect(Math.abs(zeros[cell] ?? NaN)).toBeLessThan(value);
    }
    expect(await lab.locator('.zeros-verdict').innerText()).toContain('pulled towards 0');

    const held = lab.locator('.zeros-grid .held');
    await lab.getByLabel('Hold back a rating').selectOption({ label: 'user 2, item 3: 3' });
    await expect.poll(() => held.count()).toBe(4);
    const row = lab.locator('.zeros-summary tr', { hasText: 'held back (3)' }).locator('td');
    await expect.poll(async () => (await numbers(row)).every(Number.isFinite)).toBe(true);
    const [biased = NaN, , ruined = NaN] = await numbers(row);
    expect(Math.abs(3 - biased)).toBeLessThan(Math.abs(3 - ruined));
  });

  test('make the test error of a large data set worse', async () => {
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
  let lab: Locator;

  beforeAll(async () => {
    lab = await race();
  });

  test('ends with a line and finite numbers for both models', async () => {
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
    const { engine, page: held } = await site.visitHeld(CHAPTER);
    const cancelled = part(held, 'race');
    await cancelled.scrollIntoViewIfNeeded();
    await cancelled.getByLabel('epochs', { exact: true }).first().fill('200');
    await cancelled.getByRole('button', { name: 'Start the race' }).click();
    await engine.passUntil(() => cancelled.getByText(/epoch [1-9]\d* of 200/).isVisible());
    await cancelled.getByRole('button', { name: 'Cancel' }).click();
    await engine.release();
    await cancelled.getByText('Cancelled; what was reached is shown.').waitFor();
    const row = cancelled.locator('.race-results tr', { hasText: 'test RMSE at the end' });
    expect(number(await row.locator('td').first().innerText())).toBeLessThan(1);
  });
});

describe('the map of one rating', () => {
  test('moves at right angles, and never up', async () => {
    const lab = part(page, 'landscape');
    const objective = async (): Promise<number> =>
      number(await lab.locator('.landscape-side output').first().innerText());
    await lab.getByRole('button', { name: 'Start over' }).click();
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

test('with its live parts at work the chapter can be read by everybody', async () => {
  await goToStep(part(page, 'walk'), 4);
  await singular();
  await race();
  expect(await unreadable(page)).toEqual([]);
});
