import { strToU8, zipSync } from 'fflate';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { DataInUse } from './data-in-use.ts';
import { dropFile, needMovieLens, openedSite, unreadable } from './harness.ts';

const CHAPTER = 'chapters/04-svdpp-on-movielens.html';
/** The lab with recommendations, and the one that diverges. */
const MAIN = '#lab-2';
const FAST = '#lab-3';

const site = openedSite();

function lab(page: Page, id = MAIN): Locator {
  return page.locator(id);
}

/** Clicks Train and waits for the end, whatever it is. */
async function train(page: Page, id = MAIN): Promise<void> {
  const button = lab(page, id).getByRole('button', { name: 'Train', exact: true });
  await button.click();
  await ended(page, id);
}

async function ended(page: Page, id = MAIN): Promise<void> {
  await page.waitForFunction((selector) => {
    const section = document.querySelector(`${selector} .training`);
    const main = section?.querySelector<HTMLButtonElement>('button.main');
    const bar = section?.querySelector('progress');
    const begun = (bar?.value ?? 0) > 0 || section?.querySelector('.fault');
    return main && !main.disabled && begun;
  }, id);
}

/** How many epochs the page says are done. */
async function epoch(page: Page): Promise<number> {
  const bar = lab(page).locator('progress');
  return bar.evaluate((element: HTMLProgressElement) => element.value);
}

/** The value of a row in the table of errors, as it stands. */
async function error(page: Page, name: string, id = MAIN): Promise<number> {
  const row = lab(page, id).locator('.training-errors tbody tr', { hasText: name });
  return Number(await row.locator('td').nth(1).innerText());
}

function fingerprint(page: Page, id = MAIN): Locator {
  return lab(page, id).locator('run-link output.fingerprint');
}

/** Puts a number into a control of a lab. */
async function set(page: Page, name: string, value: string, id = MAIN): Promise<void> {
  const input = page.locator(`${id}-${name}`);
  await input.fill(value);
  await input.press('Enter');
  await input.blur();
}

const data = (page: Page): DataInUse => new DataInUse(lab(page));

/** Twelve users by ten films, each user but with two gaps: enough to train on. */
function table(): string {
  const rows = Array.from({ length: 12 }, (_, u) =>
    Array.from({ length: 10 }, (_unused, i) =>
      (u + i) % 6 === 0 ? [] : [`user${u},film${i},${1 + ((u * 7 + i * 3) % 9) / 2}`],
    ),
  );
  return ['user,item,rating', ...rows.flat(2)].join('\n');
}

describe('the training', () => {
  let page: Page;

  beforeAll(async () => {
    ({ page } = await site.visitShared(CHAPTER));
  });

  test('recommends ten films once it is over, the highest predicted first', async () => {
    await set(page, 'epochs', '4');
    await train(page);
    expect(await error(page, 'test RMSE')).toBeLessThan(1.1);
    const films = lab(page).locator('.film-list').first().locator('tbody tr');
    await films.nth(9).waitFor();
    expect(await films.count()).toBe(10);
    const predicted = await films.locator('td:nth-child(3)').allInnerTexts();
    const numbers = predicted.map(Number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(await lab(page).locator('.film-list').nth(1).locator('tbody tr').count()).toBe(10);
  });

  test('is told apart from settings that have changed since', async () => {
    await set(page, 'factors', '20');
    await set(page, 'epochs', '2');
    await train(page);
    const note = lab(page).getByText('The settings have changed since');
    expect(await note.count()).toBe(0);
    await set(page, 'factors', '5');
    await note.waitFor();
    expect(await fingerprint(page).innerText()).toBe('–');
    await set(page, 'factors', '20');
    expect(await note.count()).toBe(0);
  });

  test('answers for any user, by addends, and the chapter can be read by everybody', async () => {
    await set(page, 'epochs', '3');
    await train(page);
    await set(page, 'user', '5');
    await lab(page).getByText('Predicted highest for user 5').waitFor();
    await lab(page).locator('.film-why').first().click();
    const addends = lab(page).locator('.addends').first().locator('tr');
    await addends.last().waitFor();
    const values = (await addends.locator('td').allInnerTexts()).map((text) =>
      Number(text.replace('\u2212', '-')),
    );
    const sum = values.pop() ?? Number.NaN;
    // Each addend is rounded to four decimals.
    expect(Math.abs(values.reduce((a, b) => a + b) - sum)).toBeLessThan(0.0005);
    const shown = await lab(page).locator('.film-list tbody td:nth-child(3)').first().innerText();
    expect(Math.abs(Number(shown) - sum)).toBeLessThan(0.0051);
    await set(page, 'user', 'nobody');
    await lab(page).getByText('Predicted highest for user 5').waitFor();
    expect(await unreadable(page)).toEqual([]);
  });
});

describe('a learning rate that is too high', () => {
  let page: Page;

  beforeAll(async () => {
    ({ page } = await site.visitShared(CHAPTER));
  });

  test('stops the training with a sentence, and keeps the last good epoch', async (context) => {
    needMovieLens(context);
    await set(page, 'gamma', '0.16', FAST);
    await train(page, FAST);
    const said = await lab(page, FAST).locator('.training > .fault').innerText();
    const [, kept] =
      /^Training diverged in epoch \d+; the model of epoch (\d+) is kept\./.exec(said) ?? [];
    expect(said).toContain('smaller learning rate');
    const bar = lab(page, FAST).locator('progress');
    expect(await bar.evaluate((element: HTMLProgressElement) => element.value)).toBe(Number(kept));
    expect(await error(page, 'training RMSE', FAST)).toBeLessThan(1.05);
  });

  test('of 1 diverges in the first epoch and leaves the start values', async () => {
    await set(page, 'gamma', '1', FAST);
    await lab(page, FAST).getByRole('button', { name: 'Train', exact: true }).click();
    const said = lab(page, FAST).locator('.training > .fault');
    await expect.poll(() => said.innerText()).toContain('the model of epoch 0 is kept');
  });
});

describe('an engine', () => {
  test('that is cancelled keeps its last epoch, and as a whole one can be linked to', async () => {
    const { engine, page } = await site.visitHeld(CHAPTER);
    await set(page, 'epochs', '1000');
    await lab(page).getByRole('button', { name: 'Train', exact: true }).click();
    await engine.passUntil(async () => (await epoch(page)) >= 2);
    expect(await lab(page).locator('.film-list').count()).toBe(0);
    await lab(page).getByRole('button', { name: 'Cancel' }).click();
    await engine.release();
    const offer = lab(page).getByRole('button', { name: /^Set epochs to \d+$/ });
    await offer.waitFor();
    const epochs = Number(/\d+/.exec(await offer.innerText())?.[0]);
    expect(epochs).toBeGreaterThanOrEqual(2);
    expect(epochs).toBeLessThan(1000);
    expect(await fingerprint(page).innerText()).toBe('–');
    await lab(page).locator('.film-list').first().waitFor();

    await offer.click();
    const kept = await fingerprint(page).innerText();
    expect(kept).toMatch(/^[0-9a-f]{16}$/);
    expect(await page.locator(`${MAIN}-epochs`).inputValue()).toBe(String(epochs));
    await train(page);
    expect(await fingerprint(page).innerText()).toBe(kept);
  });

  test('that dies says so, and trains again', async () => {
    const { engine, faults, page } = await site.visitHeld(CHAPTER);
    await set(page, 'epochs', '1000');
    await lab(page).getByRole('button', { name: 'Train', exact: true }).click();
    await engine.passUntil(async () => (await epoch(page)) >= 1);
    for (const worker of page.workers()) {
      await worker.evaluate(() => {
        // With a delay: without one it would be held back.
        setTimeout(() => {
          throw new Error('an accident made by the test');
        }, 1);
      });
    }
    const fault = lab(page).locator('.training > .fault');
    await fault.waitFor();
    expect(await fault.innerText()).toContain('was started anew');
    // Not every browser writes down what was thrown in a worker that has an ear for it.
    const accident = 'an accident made by the test';
    expect(faults.splice(0).filter((text) => !text.includes(accident))).toEqual([]);
    await set(page, 'epochs', '2');
    await engine.release();
    await train(page);
    expect(await fault.count()).toBe(0);
    expect(await fingerprint(page).innerText()).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('a reader’s own data', () => {
  let page: Page;

  beforeAll(async () => {
    ({ page } = await site.visitShared(CHAPTER));
  });

  test('a broken zip is refused with a sentence, and nothing changes', async () => {
    await data(page).ofSite();
    const before = await data(page).facts.innerText();
    const zip = zipSync({ 'ratings.csv': strToU8(table()) });
    await dropFile(page, 'broken.zip', zip.slice(0, zip.length - 30));
    const fault = page.locator('data-source .fault').first();
    await fault.waitFor();
    expect(await fault.innerText()).toMatch(/^broken\.zip.*The data in use stays as it was\.$/s);
    expect(await data(page).facts.innerText()).toBe(before);
  });

  test('a row without a number for its rating is left out, and the reader is told where', async () => {
    await data(page).ofSite();
    await dropFile(page, 'mine.csv', strToU8('user,item,rating\n1,1,4\n1,2,five\n2,1,3\n2,2,5\n'));
    await data(page).says('3 ratings');
    const report = await data(page).report.allInnerTexts();
    expect(report).toHaveLength(1);
    expect(report[0]).toMatch(/line 3.*five/s);
  });

  test('a dropped table trains, stays after a reload, and can be given up', async () => {
    await data(page).ofSite();
    const before = await data(page).facts.innerText();
    await dropFile(page, 'mine.csv', strToU8(table()));
    await data(page).says('100 ratings');
    expect(await data(page).facts.innerText()).toContain('by 12 users of 10 films');
    await train(page);
    expect(await error(page, 'training RMSE')).toBeGreaterThan(0);
    await lab(page).locator('.film-list').first().waitFor();

    await page.reload();
    await data(page).says('100 ratings');
    await page.locator('data-notice').getByText('your own data').waitFor();
    await data(page).facts.getByRole('button', { name: 'Back to the site' }).click();
    await data(page).facts.getByText('your own file').waitFor({ state: 'detached' });
    await page.waitForFunction(
      ([id, text]) => document.querySelector<HTMLElement>(`${id} .data-facts`)?.innerText === text,
      [MAIN, before] as const,
    );
  });

  test('a file can be chosen by keyboard as well as dropped', async () => {
    await data(page).ofSite();
    await lab(page).getByText('Use your own ratings').click();
    await page.locator(`${MAIN}-files`).setInputFiles({
      name: 'mine.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(table()),
    });
    await data(page).says('100 ratings');
  });

  test('titles are text, whatever stands in them', async () => {
    await data(page).ofSite();
    const hostile = '<img src=x onerror=alert(1)>';
    const films = Array.from({ length: 10 }, (_, i) => `film${i},"${hostile} ${i} (1999)",Drama`);
    const zip = zipSync({
      'ratings.csv': strToU8(table().replace('user,item', 'userId,movieId')),
      'movies.csv': strToU8(['movieId,title,genres', ...films].join('\n')),
    });
    page.on('dialog', (dialog) => {
      throw new Error(`a title was run: ${dialog.message()}`);
    });
    await dropFile(page, `${hostile.replaceAll('/', '')}.zip`, zip);
    await data(page).says('100 ratings');
    await train(page);
    const titles = lab(page).locator('.film-title');
    await titles.first().waitFor();
    expect(await titles.first().innerText()).toContain(hostile);
    await lab(page).locator('.film-why').first().click();
    await lab(page).locator('.addends').nth(1).waitFor();
    expect(await page.locator('img').count()).toBe(0);
  });
});

test('while a model trains, no task of the page is long', async ({ annotate }) => {
  const longest = async (): Promise<number> => {
    const { page } = await site.visit(CHAPTER);
    await lab(page).locator('.training').scrollIntoViewIfNeeded();
    await data(page).says('ratings from');
    await set(page, 'epochs', '40');
    const tasks = await site.tasks(page, async () => {
      // Clicked and waited for from inside: the work of the test's own selectors counts as the page's.
      await page.evaluate(async (id) => {
        const root = document.querySelector(id);
        setTimeout(() => root?.querySelector<HTMLElement>('button.main')?.click());
        while (!root?.querySelector('.film-list')) await new Promise(requestAnimationFrame);
      }, MAIN);
    });
    await page.close();
    await annotate(`longest tasks: ${tasks.slice(0, 5).join(', ')} ms`);
    expect(tasks.length).toBeGreaterThan(10);
    return tasks[0] ?? NaN;
  };
  // What else runs on the machine can only make a task longer, and does so now and then: one training without a
  // long task proves that the page has none of its own.
  await expect.poll(longest).toBeLessThan(50);
});
