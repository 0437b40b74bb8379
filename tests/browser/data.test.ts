import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { DataInUse } from './data-in-use.ts';
import { dropFile, needMovieLens, openedSite, part, type Visit, visibleFaults } from './harness.ts';

const site = openedSite();
const WORKBENCH = 'chapters/workbench.html';
const SCRIPT = /\/assets\/worker-[^/]*\.js$/;

const lab = (page: Page): Locator => part(page, 'train');
const facts = (page: Page): Locator => lab(page).locator('.data-facts');
const footer = (page: Page): Locator => page.locator('data-notice');

const workbench = (): Promise<Visit> => site.visit(WORKBENCH);

/** A table of this many users, each of whom rates two films. */
function table(users: number): string {
  const rows = Array.from(
    { length: users },
    (_, u) => `u${u},a,${1 + (u % 5)}\nu${u},b,${1 + ((u * 3) % 5)}`,
  );
  return ['user,item,rating', ...rows].join('\n');
}

const says = (page: Page, text: string): Promise<void> => new DataInUse(lab(page)).says(text);

/** Trains the baseline, which takes no time, and waits for films. */
async function trains(page: Page): Promise<void> {
  await lab(page).getByRole('button', { name: 'Train', exact: true }).click();
  await expect
    .poll(() => lab(page).locator('.training-errors tbody tr').count())
    .toBeGreaterThan(0);
  await expect
    .poll(() => lab(page).getByRole('button', { name: 'Train', exact: true }).isEnabled())
    .toBe(true);
}

const refusing = (body: string): string =>
  `Object.defineProperty(globalThis, 'indexedDB', { get: () => ({ open() { ${body} } }) });`;

describe.each([
  [
    'throws at once',
    refusing("throw new DOMException('The operation is insecure.', 'SecurityError')"),
  ],
  [
    'refuses',
    refusing(
      "const asked = new EventTarget(); asked.error = new DOMException('no', 'UnknownError');" +
        'setTimeout(() => asked.onerror?.(new Event("error"))); return asked;',
    ),
  ],
  ['never answers', refusing('return new EventTarget();')],
])('storage that %s', (_, script) => {
  test('leaves every part as it is, on the site’s data and on a dropped file', async () => {
    const { page } = await site.visit(WORKBENCH, {
      before: async (context) => {
        await context.clock.install();
        await context.addInitScript(script);
      },
    });
    // The page's patience with storage ends at once: its clock goes ahead until it says something.
    const said = (place: Locator): (() => Promise<string>) => {
      return async () => {
        await page.clock.fastForward(5000);
        return (await place.allInnerTexts()).join();
      };
    };
    await expect.poll(said(facts(page))).toContain('ratings from');
    await dropFile(page, 'mine.csv', table(9));
    await expect.poll(said(facts(page))).toContain('mine.csv (your own file)');
    expect(await facts(page).innerText()).toContain('18 ratings');
    await expect.poll(said(lab(page).locator('.data-source .good'))).toContain('could not keep it');
    await trains(page);
    await facts(page).getByRole('button', { name: 'Back to the site' }).click();
    await expect.poll(said(facts(page))).not.toContain('your own file');
    await expect.poll(said(facts(page))).toContain('ratings from');
    expect(await visibleFaults(page)).toEqual([]);
  });
});

describe('two tabs', () => {
  test('each say what they really use, and offer what the other uses', async () => {
    const { page } = await workbench();
    await says(page, 'ratings from');
    const before = await facts(page).innerText();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await says(other, 'ratings from');
    await dropFile(other, 'mine.csv', table(9));
    await says(other, 'mine.csv (your own file)');

    const offer = lab(page).locator('.data-source .note');
    await expect
      .poll(() => offer.innerText())
      .toContain('Another tab of this site uses mine.csv now');
    expect(await facts(page).innerText()).toBe(before);
    expect(await footer(page).innerText()).not.toContain('your own data');

    await offer.getByRole('button', { name: 'Use it here too' }).click();
    await says(page, 'mine.csv (your own file)');
    expect(await facts(page).innerText()).toContain('18 ratings');
    expect(await offer.count()).toBe(0);
  });

  test('go their own ways where one goes back to the site’s data', async () => {
    const { page } = await workbench();
    await dropFile(page, 'mine.csv', table(9));
    await says(page, 'mine.csv (your own file)');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await says(other, 'mine.csv (your own file)');
    await facts(other).getByRole('button', { name: 'Back to the site' }).click();
    await expect.poll(() => facts(other).innerText()).not.toContain('your own file');
    // The file that is gone from storage still serves the tab that uses it.
    expect(await facts(page).innerText()).toContain('mine.csv (your own file)');
    await trains(page);
    expect(await visibleFaults(page)).toEqual([]);
  });
});

describe('the site’s own data that does not come', () => {
  test('is stood in for by simulated ratings, and every label says so until it comes', async (context) => {
    needMovieLens(context);
    const { faults, page } = await site.visit(WORKBENCH, {
      before: (context) =>
        context.route(/movielens\.fsd$/, (route) => route.fulfill({ status: 503 })),
    });
    const note = lab(page).locator('.lab > .fault');
    const said = 'Simulated ratings stand in for MovieLens';
    await expect
      .poll(() => note.innerText())
      .toContain(`${said} here: its file could not be loaded (503)`);
    await says(page, 'the ratings are simulated');
    expect(await facts(page).innerText()).not.toContain('MovieLens');
    expect(await footer(page).innerText()).toContain(said);
    expect(faults.filter((fault) => !/503/.test(fault))).toEqual([]);
    faults.length = 0;

    await page.context().unroute(/movielens\.fsd$/);
    await note.getByRole('button', { name: 'Try again' }).click();
    await says(page, 'MovieLens latest-small');
    expect(await note.count()).toBe(0);
    expect(await footer(page).innerText()).not.toContain(said);
  });

  test.each([
    ['is damaged', { status: 200, body: '{"movielens":' }, 'the site’s list of data is damaged'],
    ['is missing', { status: 404, body: '' }, 'the site’s list of data could not be loaded (404)'],
  ])('because its list %s is told in a sentence', async (_, answer, cause) => {
    const { faults, page } = await site.visit(WORKBENCH, {
      before: (context) => context.route(/manifest\.json$/, (route) => route.fulfill(answer)),
    });
    await expect.poll(() => lab(page).locator('.lab > .fault').innerText()).toContain(cause);
    await expect.poll(() => footer(page).innerText()).toContain(cause);
    expect(await page.locator('body').innerText()).not.toMatch(/JSON|Unexpected|SyntaxError/);
    await trains(page);
    faults.splice(0, faults.length, ...faults.filter((fault) => !/404/.test(fault)));
    await page.context().unroute(/manifest\.json$/);
    await footer(page).getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => footer(page).innerText()).not.toContain('stand in');
  });
});

describe('while a file is read', () => {
  /** Workers that start from now on wait until they are released. */
  async function held(page: Page): Promise<() => Promise<void>> {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route(SCRIPT, async (route) => {
      await released;
      await route.continue().catch(() => undefined);
    });
    return async () => {
      release();
      await page.unroute(SCRIPT);
    };
  }

  test('its name and progress stand apart from the data in use, which keeps its own', async () => {
    const { page } = await workbench();
    await says(page, 'ratings from');
    const before = await facts(page).innerText();
    const release = await held(page);
    await dropFile(page, 'mine.csv', table(999));
    const loading = lab(page).locator('.data-loading');
    await expect.poll(() => loading.innerText()).toMatch(/^mine\.csv:\s+0 KB of \d+ KB read/);
    expect(await loading.locator('progress').getAttribute('aria-label')).toBe('Read of mine.csv');
    expect(await facts(page).innerText()).toBe(before);
    await release();
    await says(page, 'mine.csv (your own file)');
    expect(await loading.count()).toBe(0);
  });

  test('a cancel ends it, and the data in use stays', async () => {
    const { page } = await workbench();
    await says(page, 'ratings from');
    const before = await facts(page).innerText();
    const release = await held(page);
    await dropFile(page, 'mine.csv', table(999));
    await lab(page).locator('.data-loading').getByRole('button', { name: 'Cancel' }).click();
    await expect
      .poll(() => lab(page).locator('.data-source .good').innerText())
      .toBe('Reading was cancelled. The data in use stays as it was.');
    expect(await lab(page).locator('.data-loading').count()).toBe(0);
    expect(await facts(page).innerText()).toBe(before);
    await release();
    await dropFile(page, 'mine.csv', table(9));
    await says(page, 'mine.csv (your own file)');
  });
});

test('a dropped file is open in no engine before a live part asks one', async () => {
  const { page } = await workbench();
  await dropFile(page, 'mine.csv', table(9));
  await says(page, 'mine.csv (your own file)');
  await page.reload();
  await says(page, 'mine.csv (your own file)');
  // The part below has its engine by now.
  await page.locator('#lab-2').scrollIntoViewIfNeeded();
  await page.locator('#lab-2 .walk-where', { hasText: 'Step 0' }).waitFor();
  const workers = page.workers().length;
  await trains(page);
  expect(page.workers().length).toBe(workers + 1);
});

describe('six parts on one data set', () => {
  /** The workbench with its first part six times, each with another seed, and no other. */
  async function six(): Promise<{ page: Page; parts: Locator[] }> {
    const { page } = await workbench();
    await facts(page).locator('strong').waitFor();
    const ids = await page.evaluate(() => {
      const first = document.querySelector<HTMLElement>('model-lab');
      const block = JSON.parse(first?.dataset['lab'] ?? '{}') as { id: string };
      for (const other of document.querySelectorAll('model-lab')) {
        if (other !== first) other.remove();
      }
      const more = [1, 2, 3, 4, 5].map((seed) => {
        const id = `${block.id}-again-${seed}`;
        const own = { ...block, id, model: 'baseline', seed, show: ['train', 'recommendations'] };
        const element = document.createElement('div');
        Object.assign(element, { id }).dataset['lab'] = JSON.stringify(own);
        // A live part reads what it is when it is made: it is parsed with all of that.
        const html = element.outerHTML
          .replace('<div', '<model-lab')
          .replace('/div>', '/model-lab>');
        first?.insertAdjacentHTML('afterend', html);
        return `#${id}`;
      });
      return [`#${block.id}`, ...more];
    });
    return { page, parts: ids.map((id) => page.locator(id)) };
  }

  const button = (part: Locator): Locator =>
    part.getByRole('button', { name: 'Train', exact: true });

  async function allTrain(parts: readonly Locator[]): Promise<void> {
    for (const part of parts) await button(part).click();
    for (const part of parts) {
      await expect
        .poll(() => part.locator('film-table tbody tr').count())
        .toBeGreaterThanOrEqual(10);
      await expect.poll(() => button(part).isEnabled()).toBe(true);
    }
  }

  test('have it open in one engine, which answers each of them by its own model', async () => {
    const { page, parts } = await six();
    await parts[0]?.locator('[id$="-epochs"]').first().fill('2');
    await allTrain(parts);
    expect(page.workers().length).toBe(1);
    const prints = parts.map((part) => part.locator('.training .fingerprint').innerText());
    expect(new Set(await Promise.all(prints)).size).toBeGreaterThan(1);
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('are all told where their engine dies, and train again in the next', async () => {
    const { page, parts } = await six();
    await parts[0]?.locator('[id$="-epochs"]').first().fill('2');
    await allTrain(parts);
    const [, ...others] = parts;
    const script = "performance.now = () => { throw new WebAssembly.RuntimeError('unreachable') }";
    await Promise.all(page.workers().map((worker) => worker.evaluate(`void (${script})`)));
    await button(parts[0] as Locator).click();
    for (const part of parts) {
      await expect
        .poll(async () => (await part.locator('.fault').allInnerTexts()).join(' '))
        .toMatch(/started anew; what it had trained is lost/);
    }
    for (const part of others) expect(await part.locator('film-table tbody tr').count()).toBe(0);
    await allTrain(parts);
    expect(page.workers().length).toBe(1);
    expect(await visibleFaults(page)).toEqual([]);
  });
});
