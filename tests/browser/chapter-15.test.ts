import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import {
  hasMovieLens,
  needMovieLens,
  numbers,
  openedSite,
  part,
  unreadable,
  visibleFaults,
} from './harness.ts';

const CHAPTER = 'chapters/15-additional-inputs.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

afterEach(async () => expect(await visibleFaults(page)).toEqual([]));

/** The part with the made-up user, of whom nothing is told. */
async function newUser(): Promise<Locator> {
  const lab = part(page, 'new-user');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByLabel('occupation').waitFor();
  for (const told of await lab.locator('new-user select').all()) {
    await told.selectOption({ label: 'not told' });
  }
  await expect.poll(() => lab.locator('.attribute').count()).toBe(0);
  return lab;
}

const film = (lab: Locator): Locator =>
  lab.getByRole('table', { name: 'Films predicted highest' }).locator('tbody tr');

describe('the made-up user', () => {
  test('is anybody new until something is told', async () => {
    const lab = await newUser();
    const rows = await film(lab).all();
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      const [predicted, anybody, difference] = await numbers(row.locator('.film-number'));
      expect(predicted).toBe(anybody);
      expect(difference).toBe(0);
    }
    expect(await lab.locator('.attribute').count()).toBe(0);
  });

  test('gets another list by another occupation, and the addends sum to the prediction', async () => {
    const lab = await newUser();
    const lists: string[] = [];
    for (const occupation of ['pilot', 'librarian']) {
      await lab.getByLabel('occupation').selectOption({ label: occupation });
      await lab.getByText(`occupation: ${occupation}`).waitFor();
      lists.push((await film(lab).locator('td:nth-child(2)').allInnerTexts()).join());
      const cells = await numbers(lab.locator('.newcomer-addends tbody td'));
      const known = cells.filter((value) => Number.isFinite(value));
      expect(known.length).toBeGreaterThan(2);
      const sum = known.pop() ?? Number.NaN;
      // Three numbers rounded to three decimals each, and their sum.
      expect(Math.abs(known.reduce((a, b) => a + b, 0) - sum)).toBeLessThan(0.0021);
      const [first] = await numbers(film(lab).first().locator('.film-number'));
      expect(Math.abs((first ?? Number.NaN) - sum)).toBeLessThan(0.0051);
    }
    expect(lists[0]).not.toBe(lists[1]);
    await lab.getByLabel('age', { exact: true }).selectOption({ label: '56+' });
    await lab.getByText('age: 56+').waitFor();
    expect(await lab.locator('.attribute').count()).toBe(2);
    await lab.getByLabel('age', { exact: true }).selectOption({ label: 'not told' });
    await lab.getByText('age: not told').waitFor();
    expect(await lab.locator('.attribute').count()).toBe(1);
  });

  test('learns from the ratings alone that gender tells less than occupation', async () => {
    const lab = await newUser();
    const length = async (): Promise<number> => {
      const line = lab.locator('.attribute').first();
      const at = async (name: string): Promise<number> => Number(await line.getAttribute(name));
      return Math.hypot((await at('x2')) - (await at('x1')), (await at('y2')) - (await at('y1')));
    };
    const longest = async (kind: string): Promise<number> => {
      const names = (await lab.getByLabel(kind).locator('option').allInnerTexts()).slice(1);
      expect(names.length).toBeGreaterThan(1);
      const lengths: number[] = [];
      for (const name of names) {
        await lab.getByLabel(kind).selectOption({ label: name });
        await lab.getByText(`${kind}: ${name}`).waitFor();
        lengths.push(await length());
      }
      await lab.getByLabel(kind).selectOption({ label: 'not told' });
      await lab.getByText(`${kind}: not told`).waitFor();
      return Math.max(...lengths);
    };
    expect(await longest('gender')).toBeLessThan(0.5 * (await longest('occupation')));
  });
});

test('the walk shows the genres’ vectors change and adds its terms up', async () => {
  const lab = part(page, 'walk');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Step forward' }).click();
  await lab.getByText('Step 1 ·').waitFor();
  await lab.getByRole('button', { name: 'Step forward' }).click();
  await lab.getByText('Step 2 ·').waitFor();
  expect(await lab.locator('.of-item-attribute-rows').count()).toBeGreaterThan(1);
});

test('the cold start of users is measured with and without attributes', async () => {
  const lab = part(page, 'cold-start');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Measure' }).click();
  await lab.getByText('600 users were new').waitFor();
  const rows = await lab.locator('.cold-errors tbody tr').all();
  expect(rows).toHaveLength(5);
  const table = await Promise.all(rows.map((row) => numbers(row.locator('td'))));
  for (const [having = NaN, lacking = NaN, difference = NaN] of table) {
    expect(having).toBeLessThan(lacking);
    expect(Math.abs(having - lacking - difference)).toBeLessThan(0.00011);
  }
  expect(table[4]?.[1]).toBeLessThan(table[0]?.[1] ?? 0);
  expect(await lab.locator('.cold-verdict').innerText()).toMatch(/worth about as much as \d/);
});

test('a measurement that is cancelled keeps what it has', async () => {
  const { engine, page: held } = await site.visitHeld(CHAPTER);
  const lab = part(held, 'cold-start');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Measure' }).click();
  await engine.passUntil(() => lab.getByText(/^[1-9]\d* of 30 trainings/).isVisible());
  await lab.getByRole('button', { name: 'Cancel' }).click();
  await engine.release();
  await lab.getByText('Cancelled; what was measured is shown.').waitFor();
  expect(await lab.getByRole('button', { name: 'Measure' }).isEnabled()).toBe(true);
  expect(await visibleFaults(held)).toEqual([]);
});

test('a made-up film spreads opinions once it has genres', async () => {
  const lab = part(page, 'new-film');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByLabel('Horror').waitFor();
  await lab.getByLabel('Horror').check();
  const row = lab.locator('.newcomer-levels tbody tr');
  await expect.poll(async () => (await numbers(row.nth(1).locator('td')))[0]).not.toBe(0);
  const [own = NaN, base = NaN, difference = NaN] = await numbers(row.nth(2).locator('td'));
  expect(own).toBeGreaterThan(base);
  expect(Math.abs(own - base - difference)).toBeLessThan(0.0011);
});

test('MovieLens tells genres, and nothing of its users', async (context) => {
  needMovieLens(context);
  const lab = part(page, 'cold-start', 1);
  await lab.scrollIntoViewIfNeeded();
  await lab.getByText('only new films can be told').waitFor();
  expect(await lab.getByLabel('users', { exact: true }).isDisabled()).toBe(true);
  expect(await lab.getByLabel('films', { exact: true }).isChecked()).toBe(true);
});

test('training and recommending explain a prediction with its genres', async () => {
  const lab = part(page, 'train');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByLabel('epochs', { exact: true }).first().fill('3');
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  await lab.getByRole('button', { name: /^Why / }).first().click();
  await lab.getByText('what the film’s genres add for every user').waitFor();
  const attributes = lab.getByText('what the user’s attributes add for every film');
  expect(await attributes.count()).toBe(hasMovieLens ? 0 : 1);
});

test('the chapter can be read by everybody with its live parts at work', async () => {
  const lab = await newUser();
  await lab.getByLabel('occupation').selectOption({ label: 'pilot' });
  await lab.getByText('occupation: pilot').waitFor();
  expect(await unreadable(page)).toEqual([]);
});
