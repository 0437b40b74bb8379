import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { needMovieLens, number, openedSite, part, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/11-probabilistic.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

afterEach(async () => expect(await visibleFaults(page)).toEqual([]));

async function put(lab: Locator, name: string, value: string): Promise<void> {
  const field = lab.locator(`input.number[id$="-${name}"]`).first();
  await field.fill(value);
  await field.blur();
}

describe('one number', () => {
  /** The part at its start, all its ratings in use. */
  const started = async (): Promise<Locator> => {
    const lab = part(page, 'prior-posterior');
    await lab.scrollIntoViewIfNeeded();
    await put(lab, 'variance_p', '0.5');
    for (const box of await lab.getByRole('checkbox').all()) await box.check();
    return lab;
  };
  const values = async (lab: Locator): Promise<number[]> =>
    (await lab.locator('.prior-numbers strong').allInnerTexts()).map(number);

  test('has the most probable value and the deviation of the formulas', async () => {
    const lab = await started();
    await lab.locator('.chart-plot svg').first().waitFor();
    // q = 1 and 0.5, t = 1.8 and 0.8, both variances 0.5.
    const [products, squares] = [1.8 + 0.4, 1.25];
    await expect
      .poll(() => values(lab))
      .toEqual([
        1,
        Number((products / squares).toFixed(4)),
        Number((products / (squares + 1)).toFixed(4)),
        Number(Math.sqrt(0.5 / (squares + 1)).toFixed(4)),
      ]);
    await put(lab, 'variance_p', '0.125');
    await expect.poll(async () => (await values(lab))[2]).toBe(Number((2.2 / 5.25).toFixed(4)));
  });

  test('has its prior where no rating is left', async () => {
    const lab = await started();
    for (const box of await lab.getByRole('checkbox').all()) await box.uncheck();
    await expect.poll(() => lab.locator('.prior-numbers').innerText()).toContain('no rating tells');
    const [, , mean, deviation] = await values(lab);
    expect([mean, deviation]).toEqual([0, Number(Math.SQRT1_2.toFixed(4))]);
    await lab.getByLabel('q of item 2').fill('0.5');
    expect(await lab.locator('.prior-ratings').innerText()).toContain('0.50');
  });
});

describe('PMF beside least squares', () => {
  test('has the same bits with lambda the ratio of variances, and others per vector', async () => {
    const lab = part(page, 'same-numbers');
    await lab.scrollIntoViewIfNeeded();
    const prints = lab.locator('.same-table .fingerprint');
    await expect.poll(() => prints.count()).toBe(2);
    const [first, second] = await prints.allInnerTexts();
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(second).toBe(first);
    expect(await lab.locator('.good').innerText()).toContain('every bit');
    const differences = lab.locator('.same-table tbody tr td:nth-child(4)');
    const apart = (await differences.allInnerTexts()).filter((text) => text !== '').map(number);
    // 3 + 3 biases, 2 times 3 + 3 components.
    expect(apart).toEqual(Array.from({ length: 18 }, () => 0));

    // Twice both variances: the same ratio, the same bits.
    await put(lab, 'variance', '1');
    await put(lab, 'variance_p', '20');
    await expect.poll(() => lab.locator('.same-lambda').innerText()).toContain('1 / 20');
    await expect.poll(() => prints.first().innerText()).toBe(first);

    await lab.locator('select[id$="-prior"]').selectOption('per-vector');
    await expect.poll(() => lab.locator('.note').innerText()).toContain('once for each rating');
    await lab.locator('select[id$="-prior"]').selectOption('none');
    await expect.poll(() => lab.locator('.good').count()).toBe(1);
  });
});

describe('the walk', () => {
  test('takes steps and goes back to the bits it had', async () => {
    const lab = part(page, 'walk');
    await lab.scrollIntoViewIfNeeded();
    const print = lab.locator('run-link output.fingerprint');
    await expect.poll(() => print.innerText()).toMatch(/^[0-9a-f]{16}$/);
    const start = await print.innerText();
    await lab.getByRole('button', { name: 'Step forward' }).click();
    await expect.poll(() => print.innerText()).not.toBe(start);
    await lab.getByRole('button', { name: 'Step back' }).click();
    await expect.poll(() => print.innerText()).toBe(start);
  });
});

describe('on films', () => {
  test('the race ends with the same fingerprint twice', async () => {
    const lab = part(page, 'race');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Start the race' }).click();
    await lab.getByText('Both have finished.').waitFor();
    const row = lab.locator('.race-results tr', { hasText: 'fingerprint' }).locator('td');
    const [one, other] = await row.allInnerTexts();
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(other).toBe(one);
  });

  test('trains at the defaults to the error that the command line has on the same split', async (context) => {
    needMovieLens(context);
    const lab = part(page, 'train');
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Train', exact: true }).click();
    await lab.getByText(/Trained after epoch 40/).waitFor({ state: 'attached' });
    const said = await lab.getByText(/Trained after epoch 40/).innerText();
    // `factorscope train ml-latest-small.zip --model pmf`, to the four digits shown.
    expect(number(/RMSE (\d\.\d+)/.exec(said)?.[1] ?? '')).toBeCloseTo(0.8603, 4);
    await lab.locator('film-table table').first().waitFor();
  });
});

test('everything can be read with the live parts at work', async () => {
  await part(page, 'same-numbers').scrollIntoViewIfNeeded();
  await part(page, 'same-numbers').locator('.same-table').waitFor();
  expect(await unreadable(page)).toEqual([]);
});
