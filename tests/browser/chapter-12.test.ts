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

const CHAPTER = 'chapters/12-bayesian.html';
/** Half of the last digit that the matrices show. */
const HALF_DIGIT = 0.0005;

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
  const lab = part(page, 'posterior');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Draw 500 sweeps' }).click();
  await lab.locator('.posterior-numbers').waitFor();
});

afterEach(async () => expect(await visibleFaults(page)).toEqual([]));

/** A sampler before its first draw. */
async function undrawn(nth = 0): Promise<Locator> {
  const lab = part(page, 'gibbs', nth);
  await lab.scrollIntoViewIfNeeded();
  await expect
    .poll(() => lab.getByRole('button', { name: 'Draw', exact: true }).isEnabled())
    .toBe(true);
  const restart = lab.getByRole('button', { name: 'Restart' });
  if (await restart.isEnabled()) await restart.click();
  await lab.getByText('Nothing drawn yet').waitFor();
  return lab;
}

describe('the sampler, draw by draw', () => {
  test('begins with mean and precision, and shows a mean that solves its system', async () => {
    const lab = await undrawn();
    const draw = lab.getByRole('button', { name: 'Draw', exact: true });
    await draw.click();
    await lab.getByText('of all users', { exact: false }).first().waitFor();
    await lab.getByText('Draw 1', { exact: true }).waitFor();
    await draw.click();
    await lab.getByText('Draw 2', { exact: true }).waitFor();
    const tables = lab.locator('.gibbs-numbers .matrix');
    await expect.poll(() => tables.count()).toBe(5);
    const [matrix, right, mean, deviation] = await Promise.all(
      [0, 1, 2, 3].map((n) => numbers(tables.nth(n).locator('td'))),
    );
    if (!matrix || !right || !mean || !deviation) throw new Error('no system');
    const [a = NaN, b = NaN, c = NaN, d = NaN] = matrix;
    const [x = NaN, y = NaN] = mean;
    expect(b).toBe(c);
    const rounding = HALF_DIGIT * (1 + a + Math.abs(b) + d + Math.abs(x) + Math.abs(y));
    expect(Math.abs(a * x + b * y - (right[0] ?? NaN))).toBeLessThan(rounding);
    expect(Math.abs(c * x + d * y - (right[1] ?? NaN))).toBeLessThan(rounding);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(d / (a * d - b * c)), 2);
  });

  test('goes back to the bits it had, also over fifty sweeps', async () => {
    const lab = await undrawn();
    const print = lab.locator('run-link output.fingerprint');
    await expect.poll(() => print.innerText()).toMatch(/^[0-9a-f]{16}$/);
    const start = await print.innerText();
    await lab.getByRole('button', { name: '50 sweeps' }).click();
    // A sweep has 3 + 3 vectors, and mean and precision of both sides.
    await lab.getByText('Draw 400', { exact: true }).waitFor();
    expect(await lab.locator('.gibbs-dot').count()).toBe(50 * 6);
    expect(await print.innerText()).not.toBe(start);
    await lab.getByRole('button', { name: 'Draw back' }).click();
    await lab.getByText('Draw 399', { exact: true }).waitFor();
    await lab.getByRole('button', { name: 'Restart' }).click();
    await expect.poll(() => print.innerText()).toBe(start);
  });

  test('runs on the piece of the film data too', async () => {
    const lab = await undrawn(1);
    await lab.getByRole('button', { name: 'End of the sweep' }).click();
    await lab.getByText('Draw 26', { exact: true }).waitFor();
    // Draw 26 is the twelfth item: both digits are its index, on the picture and beside it.
    const symbols = lab.locator('annotation[encoding="application/x-tex"]');
    expect(await symbols.allTextContents()).toContain('q_{12}');
    const labels = await lab.locator('.gibbs-map text.of-item').all();
    const last = labels.at(-1)?.locator('tspan');
    expect(await last?.allTextContents()).toEqual(['q', '12']);
  });
});

describe('the draws of one rating', () => {
  test('on the toy are wider for an empty cell than for a rated one', async () => {
    const lab = part(page, 'posterior');
    const table = lab.locator('.posterior-numbers');
    const row = (text: string): Promise<string> =>
      table.locator('tr', { hasText: text }).locator('td').innerText();
    expect(await row('draws kept')).toBe('450');
    // User 2, item 1 is empty in the toy.
    expect(await row('rating given')).toBe('none');
    const [mean, empty] = [
      number(await row('the prediction')),
      number(await row('their standard deviation')),
    ];
    const [low = NaN, high = NaN] = (await row('nine of ten draws')).split('…').map(number);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
    // alpha is 2: the noise adds a variance of one half.
    const wide = number(await row('noise included'));
    expect(wide).toBeCloseTo(Math.sqrt(empty * empty + 0.5), 2);
    await lab.locator('.chart-plot svg').first().waitFor();
    await lab.getByLabel('Film', { exact: true }).selectOption({ index: 1 });
    await expect.poll(() => row('rating given')).toBe('4 (in the training set)');
    expect(number(await row('their standard deviation'))).toBeLessThan(empty);
    for (const trace of ['the chosen rating', 'precision alpha', 'lengths of the means']) {
      await lab.getByLabel(trace).check();
      await lab.locator('chain-traces .chart-plot svg').waitFor();
    }
  });

  test('on MovieLens have a mean, an interval and traces', async (context) => {
    needMovieLens(context);
    const lab = part(page, 'train');
    await lab.scrollIntoViewIfNeeded();
    for (const [name, value] of [
      ['burn_in', '10'],
      ['epochs', '16'],
    ] as const) {
      const input = lab.locator(`input.number[id$="-${name}"]`);
      await input.fill(value);
      await input.blur();
    }
    await lab.getByRole('button', { name: 'Train', exact: true }).click();
    await lab.getByText(/Trained after epoch 16/).waitFor({ state: 'attached' });
    const table = lab.locator('.posterior-numbers');
    await table.waitFor();
    const row = (text: string): Promise<string> =>
      table.locator('tr', { hasText: text }).locator('td').innerText();
    expect(await row('draws kept')).toBe('6');
    await lab.getByLabel('Titles with').fill('matrix');
    const film = lab.getByLabel('Film', { exact: true });
    const matrix = film.locator('option', { hasText: 'Matrix, The (1999)' });
    await expect.poll(() => matrix.count()).toBe(1);
    await film.selectOption((await matrix.getAttribute('value')) ?? '');
    await expect.poll(() => row('rating given')).toMatch(/\d/);
    // The average of six draws beats the last of them.
    const legend = lab.locator('chain-traces .legend output');
    await expect
      .poll(async () => number((await legend.first().innerText()) || 'NaN'))
      .toBeGreaterThan(0.8);
    const [single = NaN, average = NaN] = (await legend.allInnerTexts()).map(number);
    expect(average).toBeLessThan(single);
    await lab.getByLabel('the chosen rating').check();
    await lab.locator('chain-traces .chart-plot svg').waitFor();
    await lab.locator('film-table table').first().waitFor();
  });
});

test('everything can be read with the live parts at work', async () => {
  await (await undrawn()).getByRole('button', { name: 'Draw', exact: true }).click();
  await part(page, 'gibbs').getByText('Draw 1', { exact: true }).waitFor();
  expect(await unreadable(page)).toEqual([]);
});
