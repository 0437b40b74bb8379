// A value that is not allowed in the field of a setting: nothing in its part is computed until it is put right.

import { readdirSync } from 'node:fs';

import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { openedSite } from './harness.ts';

const site = openedSite();
const chapters = readdirSync(new URL('../../notebooks-md/', import.meta.url))
  .filter((name) => /^(\d\d-|workbench)/.test(name))
  .map((name) => `chapters/${name.replace(/md$/, 'html')}`);

/** Notes what the page asks of its engines with a seed, before any script of the page runs. */
const LISTEN = `{
  const asked = (globalThis.asked = []);
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    const text = JSON.stringify(message);
    if (text.includes('"seed":')) asked.push(text);
    return post.call(this, message, ...rest);
  };
}`;

interface Part {
  id: string;
  views: string[];
  model: string;
}

async function partsWithControls(page: Page): Promise<Part[]> {
  const all = await page
    .locator('model-lab')
    .evaluateAll((labs) =>
      labs.map(({ id, dataset }) => ({ id, block: JSON.parse(dataset['lab'] ?? '{}') })),
    );
  return all
    .map(({ block, id }): Part => ({ id, views: block.show, model: block.model }))
    .filter(({ views }) => views.includes('controls') || views.includes('race'));
}

/** How often an engine has been asked something of this model with this seed. */
async function askedWith(page: Page, { model }: Part, seed: number): Promise<number> {
  const asked = await page.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
  return asked.filter(
    (text) => text.includes(`"seed":${seed},`) && text.includes(`"model":"${model}"`),
  ).length;
}

/** The buttons that make an engine compute. */
function runs(lab: Locator): Locator {
  return lab.locator('button.main, .walk-play');
}

test.each(chapters)('on %s nothing runs until it is put right', async (chapter) => {
  const { page } = await site.visit(chapter, {
    before: (context) => context.addInitScript(LISTEN),
  });
  const parts = await partsWithControls(page);
  expect(parts.length).toBeGreaterThan(0);
  for (const [n, own] of parts.entries()) {
    const lab = page.locator(`#${own.id}`);
    await lab.locator('.lab').waitFor();
    await lab.scrollIntoViewIfNeeded();
    await lab.locator('details').evaluateAll((all) => {
      for (const details of all) (details as HTMLDetailsElement).open = true;
    });
    const numbers = lab.locator('.controls input.number:not([id*="seed"])');
    const seed = lab.locator(`#${own.id}-seed`);
    // Where there is no number to set, the seed itself is the field.
    const seeded = (await numbers.count()) > 0 && (await seed.count()) > 0;
    const bad = (await numbers.count()) > 0 ? numbers.first() : seed;
    const before = await bad.inputValue();
    const buttons = await runs(lab).count();
    if (buttons > 0) await expect.poll(() => runs(lab).first().isEnabled()).toBe(true);

    await bad.fill(n % 2 === 0 ? 'abc' : '1e99');
    await bad.press('Enter');
    const refusal = lab.locator('.controls > .fault');
    await expect.poll(() => refusal.innerText()).toMatch(/nothing is computed anew in this part/);
    expect(await lab.locator('button.main:enabled, .walk-play:enabled').count()).toBe(0);

    // Another setting is changed: whatever computes by itself would do so now.
    const next = lab.getByRole('button', { name: 'next seed', exact: true });
    const first = seeded ? Number(await seed.inputValue()) : 0;
    // A seed of its own for each part, so that no other part of the page is taken for it.
    const other = 7000 + 10 * n;
    if (seeded) {
      await seed.fill(String(other));
      await seed.press('Enter');
      await page.evaluate(() => new Promise((done) => setTimeout(done)));
      expect(await askedWith(page, own, other), own.id).toBe(0);
    }
    expect(await bad.inputValue()).toBe(n % 2 === 0 ? 'abc' : '1e99');

    await lab.getByRole('button', { name: 'Reset settings' }).click();
    await expect.poll(() => bad.inputValue()).toBe(before);
    expect(await refusal.count()).toBe(0);
    expect(await bad.evaluate((input) => (input as HTMLInputElement).validity.valid)).toBe(true);
    if (buttons > 0) await expect.poll(() => runs(lab).first().isEnabled()).toBe(true);
    if (!seeded) continue;
    expect(Number(await seed.inputValue())).toBe(first);
    // A curve of prior and posterior asks no engine for a model.
    if (own.views.includes('prior-posterior')) continue;

    await seed.fill(String(other));
    await seed.press('Enter');
    await expect.poll(() => seed.inputValue()).toBe(String(other));
    await next.click();
    if (buttons > 0 && !own.views.includes('walk') && !own.views.includes('gibbs')) {
      await runs(lab).first().click();
    }
    await expect
      .poll(() => askedWith(page, own, other + 1), { message: own.id })
      .toBeGreaterThan(0);
    const cancel = lab.getByRole('button', { name: 'Cancel' }).first();
    if ((await cancel.count()) > 0 && (await cancel.isEnabled())) {
      await cancel.click({ timeout: 2000 }).catch(() => undefined);
    }
  }
});

test('a slider, a link and another model put a field right as well', async () => {
  const { page } = await site.visit('chapters/workbench.html');
  const lab = page.locator('#lab-1');
  const field = lab.locator('.controls input.number').first();
  const refusal = lab.locator('.controls > .fault');
  const refuse = async (): Promise<void> => {
    await field.fill('abc');
    await field.press('Enter');
    await expect.poll(() => refusal.count()).toBe(1);
  };
  await lab.locator('.lab').waitFor();
  await refuse();
  await lab.locator('.controls input[type="range"]').first().fill('100');
  await expect.poll(() => refusal.count()).toBe(0);
  expect(await field.inputValue()).not.toBe('abc');

  await refuse();
  await page.evaluate(() => {
    document.location.hash = '#lab=lab-1&model=baseline&seed=5';
  });
  await expect.poll(() => refusal.count()).toBe(0);
  expect(await field.inputValue()).not.toBe('abc');

  await refuse();
  await lab.locator('#lab-1-model').selectOption('svd');
  await expect.poll(() => refusal.count()).toBe(0);
  await expect
    .poll(() => lab.locator('.controls input.number').first().inputValue())
    .not.toBe('abc');
  await expect.poll(() => lab.locator('.training-start button.main').isEnabled()).toBe(true);
});
