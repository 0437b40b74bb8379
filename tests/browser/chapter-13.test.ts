import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';

import { needMovieLens, number, openedSite, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/13-implicit-feedback.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
  await lab(2).getByRole('button', { name: 'Train', exact: true }).click();
  await lab(2).locator('.fold-in-films tbody tr').first().waitFor();
});

afterEach(async () => expect(await visibleFaults(page)).toEqual([]));

const lab = (n: number): Locator => page.locator(`#lab-${n}`);

/** The walk after its first step. */
async function firstStep(): Promise<Locator> {
  const walk = lab(1);
  await walk.scrollIntoViewIfNeeded();
  await walk.locator('.walk-play:enabled').waitFor();
  await walk.getByLabel('Go to step').fill('1');
  await walk.getByRole('button', { name: 'Go', exact: true }).click();
  await walk.locator('.walk-where').getByText('Step 1', { exact: true }).waitFor();
  return walk;
}

/** The part that takes ratings of somebody new, before the first. */
async function nobody(): Promise<Locator> {
  const part = lab(2);
  const clear = part.getByRole('button', { name: 'Clear' });
  if (await clear.isEnabled()) await clear.click();
  await part.locator('.fold-in-told').getByText('0 ratings, no training').waitFor();
  await part.getByText('what your ratings move up most').click();
  return part;
}

test('a step of the walk changes x_j and y_j of the rated items', async () => {
  const walk = await firstStep();
  // Biases, q_i, x_j and y_j each have a rule.
  expect(await walk.locator('.walk-updates tr.rule').count()).toBe(5);
});

/** The gradients of the first components of all `x_j` or `y_j` that a step changed. */
async function gradients(walk: Locator, letter: string): Promise<string[]> {
  const rows = await walk.locator('.walk-updates tbody tr').allInnerTexts();
  const first = new RegExp(`\\n${letter}\\n\\d+,1\\n.*·\\t(\\S+)\\t=`, 's');
  return rows.flatMap((row) => first.exec(row)?.[1] ?? []);
}

test('the walk shows the frozen baseline, and without lambda y_1 and y_3 are pushed equally', async () => {
  const walk = await firstStep();
  const rests = walk.locator('.rests tbody td');
  await rests.first().waitFor();
  const cells = (await rests.allInnerTexts()).map(number);
  // User 1 rated two items: rating, what is expected, and the difference.
  expect(cells).toHaveLength(6);
  for (let n = 0; n < cells.length; n += 3) {
    const [r = NaN, expected = NaN, rest = NaN] = cells.slice(n, n + 3);
    expect(Math.abs(r - expected - rest)).toBeLessThan(0.0002);
  }
  await page.locator('#lab-1-lambda').fill('0');
  await page.locator('#lab-1-lambda').press('Enter');
  await expect.poll(async () => new Set(await gradients(walk, 'y')).size).toBe(1);
  expect(await gradients(walk, 'y')).toHaveLength(2);
  expect(new Set(await gradients(walk, 'x')).size).toBe(2);
});

test('somebody new is predicted from a few ratings, without training', async () => {
  const part = await nobody();
  const films = part.locator('.fold-in-films tbody tr');
  const fingerprint = await part.locator('run-link output.fingerprint').first().innerText();
  const before = await films.allInnerTexts();
  expect(before.length).toBe(10);

  await part.getByRole('button', { name: /^Take 5 ratings/ }).click();
  await part.locator('.fold-in-told').getByText('5 ratings, no training').waitFor();
  const stars = part.locator('.fold-in-given input').first();
  await stars.fill('0.5');
  await stars.press('Enter');
  await stars.blur();
  await part.locator('#lab-2-film').fill('the');
  const match = part.locator('.fold-in-matches button').first();
  const name = await match.innerText();
  await match.click();
  await part.locator('.fold-in-told').getByText('6 ratings, no training').waitFor();
  const after = await films.allInnerTexts();
  expect(after.length).toBe(10);
  expect(after).not.toEqual(before);
  expect(after.some((text) => text.startsWith(name))).toBe(false);
  // Nothing was learned.
  expect(await part.locator('run-link output.fingerprint').first().innerText()).toBe(fingerprint);

  await part.getByRole('button', { name: 'Clear' }).click();
  await part.locator('.fold-in-told').getByText('0 ratings, no training').waitFor();
  expect(await films.allInnerTexts()).toEqual(before);
});

/** Finds a film and gives it stars. */
async function give(part: Locator, title: string, stars: string): Promise<void> {
  const rated = await part.locator('.fold-in-given tbody tr').count();
  await part.locator('#lab-2-film').fill(title);
  await part.locator('.fold-in-matches button').first().click();
  await part
    .locator('.fold-in-told')
    .getByText(`${rated + 1} rating`)
    .waitFor();
  const input = part.locator('.fold-in-given tbody tr').last().locator('input');
  await input.fill(stars);
  await input.blur();
}

interface Moved {
  film: string;
  adds: number;
  because: string;
}

async function moved(part: Locator): Promise<Moved[]> {
  const rows = await part.locator('.fold-in-films tbody tr').all();
  return Promise.all(
    rows.map(async (row) => {
      const [film = '', adds = '', because = ''] = await row.locator('td').allInnerTexts();
      return { film, adds: number(adds), because };
    }),
  );
}

test('films move up by what was rated high and not by what was rated low', async (context) => {
  needMovieLens(context);
  const part = await nobody();
  await part.getByText('the highest predictions').click();
  const unrated = (await moved(part)).map(({ film }) => film);
  await part.getByText('what your ratings move up most').click();
  const scifi = /Star Wars|Stargate|Transformers|Matrix|Terminator/;
  const about = async (): Promise<number> =>
    (await moved(part)).filter(({ film }) => scifi.test(film)).length;

  await give(part, 'the matrix', '5');
  await expect.poll(about).toBe(8);
  const star = part.locator('.fold-in-given input').first();
  await star.fill('1');
  await star.blur();
  await expect.poll(about).toBe(0);
  await star.fill('5');
  await star.blur();
  await expect.poll(about).toBe(8);

  await give(part, 'star wars: episode iv', '5');
  await give(part, 'terminator 2', '5');
  await give(part, 'titanic (1997', '1');
  await give(part, 'pretty woman', '1');
  await give(part, 'sleepless in seattle', '1');
  const strikesBack = async (): Promise<Moved | undefined> =>
    (await moved(part)).find(({ film }) => film.includes('Empire Strikes Back'));
  await expect.poll(async () => (await strikesBack())?.adds).toBeCloseTo(0.37, 2);
  expect((await strikesBack())?.because).toContain('Episode IV');
  const up = await moved(part);
  expect(up).toHaveLength(10);
  for (const { adds, because } of up) {
    expect(adds).toBeGreaterThan(0);
    expect(number(because.split(': ').at(-1) ?? '')).toBeGreaterThan(0);
  }

  await part.getByText('the highest predictions').click();
  const kept = async (): Promise<number> =>
    (await moved(part)).filter(({ film }) => unrated.includes(film)).length;
  await expect.poll(kept).toBe(7);
  // A negative share is never a reason.
  for (const { because } of await moved(part)) expect(because).not.toContain('\u2212');
});

test.each(['the matrix', 'lord of the'])('the search finds films by %s', async (text) => {
  const part = await nobody();
  await part.locator('#lab-2-film').fill(text);
  const wanted = text === 'the matrix' ? 'Matrix, The (1999)' : 'Return of the King, The (2003)';
  await part.locator('.fold-in-matches button', { hasText: wanted }).waitFor();
});

test('the race of two models that differ in the user’s own vector is run', async () => {
  const race = lab(3);
  // Few epochs: no number is looked at.
  await page.locator('#lab-3-epochs').fill('2');
  await race.getByText('Settings of').click();
  await race.locator('input[id$="rival-epochs"]').fill('2');
  await race.getByRole('button', { name: 'Start the race' }).click();
  await race.getByText('Both have finished.').waitFor();
});

test('everything can be read with the live parts at work', async () => {
  await firstStep();
  const part = await nobody();
  await part.getByRole('button', { name: /^Take 5 ratings/ }).click();
  await part.locator('.fold-in-told').getByText('5 ratings, no training').waitFor();
  expect(await unreadable(page)).toEqual([]);
});
