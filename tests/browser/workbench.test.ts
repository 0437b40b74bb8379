import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { loadRegistry } from '../../www/lesson/registry.ts';
import { openedSite, visibleFaults } from './harness.ts';

const models = await loadRegistry(fileURLToPath(new URL('../../pkg', import.meta.url)));

const site = openedSite();

async function pick(page: Page, lab: string, model: string): Promise<void> {
  await page.locator(`#${lab}-model`).selectOption(model);
  const title = models.find(({ id }) => id === model)?.title;
  const section = page.locator(`#${lab} .lab`);
  await expect.poll(() => section.getAttribute('aria-label')).toBe(`Live part: ${title}`);
}

test('the workbench offers every model of the engine', async () => {
  const { page } = await site.visit('chapters/workbench.html');
  const offered = page.locator('#lab-1-model option');
  await expect.poll(() => offered.count()).toBe(models.length);
});

test('a model picked for the small table takes two factors and a penalty that leaves something', async () => {
  const { page } = await site.visit('chapters/workbench.html');
  await page.locator('#lab-2').scrollIntoViewIfNeeded();
  for (const [model, lambda] of [
    // The default times 9 / 165, the ratings a user has here and on the whole data, to one digit.
    ['als', 0.5],
    ['implicit-als', 8],
    ['svd', 0.02],
  ] as const) {
    await pick(page, 'lab-2', model);
    await expect.poll(() => page.locator('#lab-2-factors').inputValue()).toBe('2');
    expect(Number(await page.locator('#lab-2-lambda').inputValue())).toBe(lambda);
  }
  // On the whole data the defaults stand.
  await pick(page, 'lab-1', 'als');
  expect(await page.locator('#lab-1-factors').inputValue()).toBe('40');
  expect(await page.locator('#lab-1-lambda').inputValue()).toBe('10');
});

test('a walk is that of the model picked last, whichever came before it', async () => {
  const { page } = await site.visit('chapters/workbench.html');
  await page.locator('#lab-2').scrollIntoViewIfNeeded();
  const where = page.locator('#lab-2 .walk-where');
  const forward = page.locator('#lab-2 step-walk .buttons button.main');
  const firstStep = async (model: string): Promise<string> => {
    await pick(page, 'lab-2', model);
    await expect.poll(() => where.innerText(), { message: model }).toMatch(/^Step 0/);
    await forward.click();
    await expect.poll(() => where.innerText(), { message: model }).toMatch(/^Step 1 /);
    return page.locator('#lab-2 step-walk .fingerprint').innerText();
  };
  const ids = models.map(({ id }) => id);
  const seen = new Map<string, string>();
  for (const id of ids) seen.set(id, await firstStep(id));
  for (const id of [...ids].reverse().slice(1)) {
    expect(await firstStep(id), id).toBe(seen.get(id));
  }
});

describe('on a workbench that takes one model after another', () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await site.visitShared('chapters/workbench.html'));
  });

  test.each(models)('$id trains and recommends, and no number is none', async (model) => {
    const { hyperparameters, id } = model;
    const films = page.locator('#lab-1 film-table tbody tr');
    await pick(page, 'lab-1', id);
    await expect.poll(() => films.count()).toBe(0);
    if (hyperparameters.some(({ name }) => name === 'epochs')) {
      const epochs = page.locator('#lab-1-epochs');
      await epochs.fill('2');
      await epochs.press('Enter');
      await epochs.blur();
    }
    const train = page.locator('#lab-1').getByRole('button', { name: 'Train', exact: true });
    await train.click();
    await expect.poll(() => films.count()).toBeGreaterThan(9);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test.each(models)('$id takes explained steps, and no number is none', async ({ id }) => {
    await page.locator('#lab-2').scrollIntoViewIfNeeded();
    await pick(page, 'lab-2', id);
    await expect.poll(() => page.locator('#lab-2 .walk-where').innerText()).toMatch(/^Step 0/);
    const forward = page.locator('#lab-2 step-walk .buttons button.main');
    for (let step = 1; step <= 3; step += 1) {
      await expect.poll(() => forward.isEnabled()).toBe(true);
      await forward.click();
    }
    await expect.poll(() => forward.isEnabled()).toBe(true);
    expect(await page.locator('#lab-2 step-walk table').count()).toBeGreaterThan(0);
    expect(await visibleFaults(page)).toEqual([]);
  });
});
