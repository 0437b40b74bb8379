import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { openedSite, part, visibleFaults } from './harness.ts';

const site = openedSite();
const WORKBENCH = 'chapters/workbench.html';
const SCRIPT = /\/assets\/worker-[^/]*\.js$/;

const train = (lab: Locator): Locator => lab.getByRole('button', { name: 'Train', exact: true });
const cancel = (lab: Locator): Locator => lab.getByRole('button', { name: /^Cancel/ });
const fault = (lab: Locator): Locator => lab.locator('model-training > section > .fault');
const films = (lab: Locator): Locator => lab.locator('film-table tbody tr');

/** Runs a script in all engines of the page; none answers. */
function inEngines(page: Page, script: string): void {
  for (const worker of page.workers()) worker.evaluate(script).catch(() => undefined);
}

/** Makes every engine of the page trap where it next asks for the time, which it does within a pass. */
async function trap(page: Page): Promise<void> {
  const script = "performance.now = () => { throw new WebAssembly.RuntimeError('unreachable') }";
  await Promise.all(page.workers().map((worker) => worker.evaluate(`void (${script})`)));
}

/** Waits until the live part has an engine with its data open. */
async function opened(lab: Locator): Promise<void> {
  await lab.locator('.data-facts strong').waitFor();
}

async function trains(lab: Locator): Promise<void> {
  await train(lab).click();
  await expect.poll(() => films(lab).count()).toBeGreaterThan(9);
}

describe('a worker script that does not load', () => {
  test('is told with its remedy, and the part heals when it is tried again', async () => {
    const { faults, page } = await site.visit(WORKBENCH, {
      before: (context) =>
        context.route(SCRIPT, (route) => route.fulfill({ status: 404, body: 'gone' })),
    });
    const lab = part(page, 'train');
    const note = lab.locator('.lab > .fault');
    await expect.poll(() => note.innerText()).toMatch(/could not be started.*reload the page/s);
    await expect.poll(() => lab.locator('.data-facts').innerText()).not.toContain('Opening');
    // The page complains of the missing script, and of nothing else.
    expect(faults.filter((said) => !/404/.test(said))).toEqual([]);
    faults.length = 0;
    await page.context().unroute(SCRIPT);
    await note.getByRole('button', { name: 'Try again' }).click();
    await opened(lab);
    await expect.poll(() => note.count()).toBe(0);
    await trains(lab);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('fails a training with a sentence, and the next one runs', async () => {
    const { faults, page } = await site.visit(WORKBENCH, {
      before: (context) => context.route(SCRIPT, (route) => route.abort()),
    });
    const lab = part(page, 'train');
    await train(lab).click();
    await expect.poll(() => fault(lab).innerText()).toMatch(/could not be started/);
    await expect.poll(() => train(lab).isEnabled()).toBe(true);
    faults.length = 0;
    await page.context().unroute(SCRIPT);
    await trains(lab);
    expect(await fault(lab).count()).toBe(0);
  });
});

describe('an engine', () => {
  test('that traps in a training is replaced, and the next training runs', async () => {
    const { page } = await site.visit(WORKBENCH);
    const lab = part(page, 'train');
    await opened(lab);
    // What the clock throws goes through the engine's own code.
    await trap(page);
    await train(lab).click();
    await expect.poll(() => fault(lab).innerText()).toMatch(/started anew.*is lost/);
    await trains(lab);
    expect(await fault(lab).count()).toBe(0);
  });

  test('that traps in a fit is not taken for a model that diverged', async () => {
    const { page } = await site.visit('chapters/01-three-users-three-items.html');
    const table = part(page, 'table');
    // What it says here its engine has told: it is there.
    await table.locator('baseline-means').getByText('From the means').waitFor();
    await trap(page);
    const cell = table.locator('rating-table td input').first();
    await cell.fill('1');
    await cell.press('Tab');
    await expect
      .poll(() => table.locator('.fault').allInnerTexts())
      .toContainEqual(expect.stringMatching(/started anew/));
    await cell.fill('2');
    await cell.press('Tab');
    await expect.poll(() => table.locator('.fault').count()).toBe(0);
  });

  test.each([
    ['is in a pass without end', 'for (;;) {}'],
    ['has closed without a word', 'self.close()'],
  ])('that %s is ended by a cancel, and the next training runs', async (_, script) => {
    const { page } = await site.visit(WORKBENCH, { before: ({ clock }) => clock.install() });
    const lab = part(page, 'train');
    await opened(lab);
    inEngines(page, script);
    await train(lab).click();
    await cancel(lab).click();
    // The page's patience ends at once: its clock goes ahead until it says something.
    await expect
      .poll(async () => {
        await page.clock.fastForward(5000);
        return (await fault(lab).allInnerTexts()).join();
      })
      .toMatch(/^Cancelled: .*started anew/);
    await expect.poll(() => train(lab).isEnabled()).toBe(true);
    await trains(lab);
    expect(await visibleFaults(page)).toEqual([]);
  });
});
