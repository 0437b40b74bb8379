import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { number, numbers, openedSite, part, visibleFaults } from './harness.ts';

const BIASES = 'chapters/08-biases-and-regularization.html';
const NEIGHBORS = 'chapters/05-neighbors.html';
const WORKBENCH = 'chapters/workbench.html';

const site = openedSite();

const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a sweep', () => {
  let lab: Locator;

  beforeAll(async () => {
    const { page } = await site.visitShared(BIASES);
    // That of the baseline is quick.
    lab = part(page, 'sweep', 2);
    await lab.scrollIntoViewIfNeeded();
    await lab.getByRole('button', { name: 'Run the sweep' }).click();
    await lab.getByText('Finished.').waitFor();
  });

  test('chooses by the validation error, and tells the test error of the choice alone', async () => {
    expect(await lab.locator('.sweep-table thead').innerText()).toContain('validation RMSE');
    expect(await lab.locator('.sweep-table thead').innerText()).not.toContain('test RMSE');
    const errors = await numbers(lab.locator('.sweep-table tbody td:nth-child(3)'));
    const best = await lab.locator('.sweep-best').locator('td').allInnerTexts();
    expect(number(best[2] ?? '')).toBe(Math.min(...errors));
    expect(best[3]).toBe('lowest');
    expect(await lab.locator('.sweep-chosen').innerText()).toContain(`= ${best[0]}`);
    expect(number(await lab.locator('.sweep-test').innerText())).toBeGreaterThan(0);
    expect(await lab.locator('split-note').innerText()).toMatch(
      /^One split: 20 % .*10 % of the others the validation part; split seed 42, seed 42\./,
    );
  });

  test('over five split seeds has its choice on each, their mean and their spread', async () => {
    const single = number(await lab.locator('.sweep-test').innerText());
    await lab.getByRole('button', { name: 'Over 5 split seeds' }).click();
    await lab.getByText('35 trained.').waitFor();
    const table = lab.locator('.seeds-table');
    expect(await numbers(table.locator('tbody th'))).toEqual([42, 43, 44, 45, 46]);
    const cells = await table.locator('tbody td').allInnerTexts();
    expect(cells.every((cell) => /\(λ = [\d.]+\)/.test(cell))).toBe(true);
    const tests = cells.map((cell) => Number.parseFloat(cell));
    expect(tests[0]).toBe(single);
    expect(new Set(tests).size).toBe(5);
    const [middle = NaN, spread = NaN] = await numbers(table.locator('tfoot td'));
    expect(middle).toBeCloseTo(mean(tests), 3);
    expect(spread).toBeCloseTo(Math.sqrt(mean(tests.map((one) => (one - mean(tests)) ** 2))), 3);
    expect(await visibleFaults(lab.page())).toEqual([]);
  });

  test('of a link made before there was a validation part has none, and chooses nothing', async () => {
    const { page } = await site.visit(`${BIASES}#lab=lab-4&model=baseline&seed=42`);
    const linked = part(page, 'sweep', 2);
    await linked.getByText('Finished.').waitFor();
    expect(await linked.locator('.sweep-table thead').innerText()).toContain('test RMSE');
    expect(await linked.locator('.sweep-best').count()).toBe(0);
    expect(await linked.locator('.sweep-chosen').innerText()).toContain('none is chosen');
  });
});

describe('what is trained in parts', () => {
  /** Texts of a sweep and of its table over split seeds, and how many engines there were, on so many cores. */
  async function onCores(cores: number): Promise<{ texts: string[]; engines: number }> {
    const { page } = await site.visit(BIASES, {
      before: (context) =>
        context.addInitScript((value) => {
          Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => value });
        }, cores),
    });
    const lab = part(page, 'sweep', 2);
    await lab.scrollIntoViewIfNeeded();
    const run = lab.getByRole('button', { name: 'Run the sweep' });
    await run.click();
    // Here every engine of the sweep has been asked for; all but that of the part itself end with it.
    await lab.getByText('Finished.').waitFor();
    const resting = page.workers().length;
    let engines = 0;
    page.on('worker', () => (engines += 1));
    await lab.getByRole('button', { name: 'Over 5 split seeds' }).click();
    await lab.getByText('35 trained.').waitFor();
    await expect.poll(() => page.workers().length).toBe(resting);
    const texts = ['.sweep-table', '.sweep-chosen', '.seeds-table'].map((name) =>
      lab.locator(name).innerText(),
    );
    return { texts: await Promise.all(texts), engines };
  }

  test('comes out the same on one core and on four, where more engines work', async () => {
    const [one, four] = [await onCores(1), await onCores(4)];
    expect(four.texts).toEqual(one.texts);
    expect([one.engines, four.engines]).toEqual([0, 2]);
  });
});

describe('a race', () => {
  let lab: Locator;

  beforeAll(async () => {
    const { page } = await site.visitShared(NEIGHBORS);
    lab = part(page, 'race');
    await lab.scrollIntoViewIfNeeded();
  });

  test('tells the lowest validation error, and the test error of that epoch', async () => {
    await lab.getByLabel('Held back for choosing').selectOption({ index: 1 });
    await lab.getByRole('button', { name: 'Start the race' }).click();
    await lab.getByText('Both have finished.').waitFor();
    const row = (name: string): Locator =>
      lab.locator('.race-results tr', { hasText: name }).locator('td');
    // One pass is all there is: the epoch that is chosen is the last.
    expect(await row('test RMSE of that epoch').allInnerTexts()).toEqual(
      await row('test RMSE at the end').allInnerTexts(),
    );
    expect((await row('lowest validation RMSE').first().innerText()).trim()).toMatch(
      /^0\.\d{4} after 1$/,
    );
    await lab.getByRole('button', { name: 'Over 5 split seeds' }).click();
    await lab.getByText('10 trained.').waitFor();
    const first = await lab.locator('.seeds-table tbody tr').first().locator('td').allInnerTexts();
    const [items = NaN, users = NaN] = first.slice(0, 2).map((cell) => Number.parseFloat(cell));
    expect(number(first[2] ?? '')).toBeCloseTo(items - users, 3);
    const ends = await numbers(row('test RMSE at the end'));
    expect([items, users]).toEqual(ends);
  });

  test('without a part for choosing says nothing of a lowest error', async () => {
    await lab.getByLabel('Held back for choosing').selectOption({ label: 'nothing' });
    await expect.poll(() => lab.locator('.race-results').innerText()).not.toContain('lowest');
    expect(await lab.getByRole('radio', { name: 'validation RMSE' }).count()).toBe(0);
  });
});

describe('a training', () => {
  test('with a part for choosing has its curve and rows, and comes back by its link', async () => {
    const { page } = await site.visit(WORKBENCH);
    const lab = part(page, 'train');
    const train = lab.getByRole('button', { name: 'Train', exact: true });
    await train.click();
    await expect.poll(() => lab.locator('.training-errors tbody tr').count()).toBe(4);
    await expect.poll(() => train.isEnabled()).toBe(true);
    const fingerprint = lab.locator('.run-link .fingerprint');
    const before = await fingerprint.innerText();
    await lab.getByLabel('Held back for choosing').selectOption({ index: 2 });
    await train.click();
    await expect.poll(() => lab.locator('.training-errors tbody tr').count()).toBe(6);
    await expect.poll(() => train.isEnabled()).toBe(true);
    expect(await fingerprint.innerText()).not.toBe(before);
    const legend = lab.locator('.training .legend');
    expect(await legend.innerText()).toMatch(/training[^]*validation[^]*test/);
    await expect
      .poll(() => lab.locator('.training').innerText())
      .toMatch(
        /validation error was lowest after epoch \d+, at 0\.\d{4}\. The test error of that epoch is 0\./,
      );
    const shown = await fingerprint.innerText();
    await lab.getByRole('button', { name: 'Copy link' }).first().click();
    await expect.poll(() => page.url()).toContain('validation=0.2');
    const { page: again } = await site.visit(`${WORKBENCH}${new URL(page.url()).hash}`);
    const restored = part(again, 'train');
    await restored.getByText('The same bits as in the link').waitFor();
    expect(await restored.locator('.run-link .fingerprint').innerText()).toBe(shown);
  });
});
