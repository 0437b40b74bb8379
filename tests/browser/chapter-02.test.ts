import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { needMovieLens, number, openedSite, unreadable } from './harness.ts';

const CHAPTER = 'chapters/02-stochastic-gradient-descent.html';
/** The labs in the order of the chapter. */
const [IDEA, TOY, FILMS, ORDER] = ['#lab-1', '#lab-2', '#lab-3', '#lab-4'] as const;

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

/** A walk that has been started by scrolling to it, at its start values. */
async function walk(lab: string): Promise<Locator> {
  const found = page.locator(lab);
  await found.locator('step-walk').scrollIntoViewIfNeeded();
  await found.locator('.walk-play:enabled').waitFor();
  await jump(found, 0);
  await atStep(found, '0');
  return found;
}

const forward = (lab: Locator): Locator => lab.getByRole('button', { name: 'Step forward' });
const back = (lab: Locator): Locator => lab.getByRole('button', { name: 'Step back' });
const status = (lab: Locator): Locator => lab.locator('.walk-where');
const fingerprint = (lab: Locator): Promise<string> =>
  lab.locator('output.fingerprint').innerText();
const atStep = (lab: Locator, step: string): Promise<void> =>
  lab.locator('.walk-where b', { hasText: new RegExp(`^Step ${step}$`) }).waitFor();

/** The step where the walk stands. */
const step = async (lab: Locator): Promise<number> =>
  number((await lab.locator('.walk-where b').innerText()).replace('Step ', ''));

/** All numbers of the table of ratings and parameters. */
const shown = (lab: Locator): Promise<string[]> => lab.locator('.walk-map td').allInnerTexts();

async function jump(lab: Locator, step: number): Promise<void> {
  await lab.getByLabel('Go to step').fill(String(step));
  await lab.getByRole('button', { name: 'Go', exact: true }).click();
}

describe('the walk on the toy', () => {
  test('twenty steps forward and twenty back lead to the same bits and the same numbers', async () => {
    const lab = await walk(TOY);
    const start = await fingerprint(lab);
    const numbers = await shown(lab);
    const seen = new Set([start]);
    for (let step = 1; step <= 20; step += 1) {
      await forward(lab).click();
      await atStep(lab, String(step));
      seen.add(await fingerprint(lab));
    }
    expect(seen.size).toBe(21);
    expect(await shown(lab)).not.toEqual(numbers);
    for (let step = 19; step >= 0; step -= 1) {
      await back(lab).click();
      await atStep(lab, String(step));
    }
    expect(await fingerprint(lab)).toBe(start);
    expect(await shown(lab)).toEqual(numbers);
    expect(await back(lab).isDisabled()).toBe(true);
  });

  test('every changed number is before minus gamma times gradient, and the terms sum up', async () => {
    const lab = await walk(TOY);
    await forward(lab).click();
    await atStep(lab, '1');
    const rows = await lab.locator('.updates tr:has(.after)').all();
    // Two biases and two vectors of two components.
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      const [before = '', , gradient = '', , after = ''] = await row.locator('td').allInnerTexts();
      const expected = number(before) - 0.1 * number(gradient);
      expect(Math.abs(number(after) - expected)).toBeLessThan(1.2e-4);
    }
    const terms = await lab.locator('.terms tr td:nth-child(2)').allInnerTexts();
    const [mu = 0, user = 0, item = 0, product = 0, sum = 0, rating = 0, error = 0] =
      terms.map(number);
    expect(mu).toBe(2.2);
    expect(Math.abs(sum - (mu + user + item + product))).toBeLessThan(2.5e-4);
    expect(Math.abs(error - (rating - sum))).toBeLessThan(1.2e-4);
    // One cell of R, one user's row and one item's column are framed.
    expect(await lab.locator('.map-cell.touched-error').count()).toBe(1);
    expect(await lab.locator('.touched-user').count()).toBe(3);
    expect(await lab.locator('.touched-item').count()).toBe(3);
  });

  test('arrow keys step, space plays and pauses, and a field keeps its keys', async () => {
    const lab = await walk(TOY);
    await forward(lab).focus();
    await page.keyboard.press('ArrowRight');
    await atStep(lab, '1');
    await page.keyboard.press('ArrowRight');
    await atStep(lab, '2');
    await page.keyboard.press('ArrowLeft');
    await atStep(lab, '1');
    await lab.getByLabel('Go to step').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await atStep(lab, '1');
    // Under the pointer, with the focus on nothing.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await lab.locator('.walk-where').hover();
    await page.keyboard.press('Space');
    await lab.getByRole('button', { name: 'Pause' }).waitFor();
    // It plays on while the test looks: which steps are seen depends on the machine.
    await expect.poll(() => step(lab)).toBeGreaterThan(2);
    await page.keyboard.press('Space');
    await lab.getByRole('button', { name: 'Play' }).waitFor();
  });

  test('goes to a step, to the end of the epoch, and back to the same start values', async () => {
    const lab = await walk(TOY);
    const start = await fingerprint(lab);
    await jump(lab, 12);
    await atStep(lab, '12');
    expect(await status(lab).innerText()).toContain('epoch 3, step 2 of 5');
    await lab.getByRole('button', { name: 'End of the epoch' }).click();
    await atStep(lab, '15');
    await lab.getByRole('button', { name: 'End of the epoch' }).click();
    await atStep(lab, '20');
    await jump(lab, 5000);
    await atStep(lab, '5,000');
    expect(number(await lab.locator('.legend output').first().innerText())).toBeLessThan(0.05);
    await lab.getByRole('button', { name: 'Restart' }).click();
    await atStep(lab, '0');
    expect(await fingerprint(lab)).toBe(start);
  });

  test('other settings replay to the same step and keep the ratings', async () => {
    const lab = await walk(TOY);
    await jump(lab, 7);
    await atStep(lab, '7');
    const before = await fingerprint(lab);
    const gamma = lab.locator('#lab-2-gamma');
    await gamma.fill('0.05');
    await gamma.press('Enter');
    await page.waitForFunction(
      ([lab, old]) => document.querySelector(`${lab} output.fingerprint`)?.textContent !== old,
      [TOY, before],
    );
    await atStep(lab, '7');
    expect((await lab.locator('.map-rating').allInnerTexts()).map(Number).filter(Boolean)).toEqual([
      2, 1, 4, 3, 1,
    ]);
    await gamma.fill('0.1');
    await gamma.press('Enter');
    await page.waitForFunction(
      ([lab, old]) => document.querySelector(`${lab} output.fingerprint`)?.textContent === old,
      [TOY, before],
    );
  });

  test('a learning rate that is too high ends the walk with a sentence', async () => {
    const lab = await walk(TOY);
    const gamma = lab.locator('#lab-2-gamma');
    await gamma.fill('0.8');
    await gamma.press('Enter');
    await jump(lab, 100);
    await lab.getByText('The learning rate 0.8 is too high').waitFor();
    // What was meant is not lost.
    await gamma.fill('0.1');
    await gamma.press('Enter');
    await atStep(lab, '100');
    expect(await lab.getByText('is too high').count()).toBe(0);
  });
});

test('a vector of one number is stepped as well', async () => {
  const lab = await walk(IDEA);
  await forward(lab).click();
  await atStep(lab, '1');
  expect(await lab.locator('.updates td.after').count()).toBe(4);
});

test('the cut-out of MovieLens shows the films by their titles', async (context) => {
  needMovieLens(context);
  const lab = await walk(FILMS);
  const titles = await lab.locator('.film').allInnerTexts();
  expect(titles).toHaveLength(12);
  // Under its number, which the symbols of the walk carry.
  expect(titles.map((title) => title.split('\n').at(-1))).toContain('Forrest Gump');
  expect(await lab.locator('.film').first().getAttribute('title')).toBe('Toy Story (1995)');
  await lab.getByRole('button', { name: 'End of the epoch' }).click();
  await atStep(lab, '108');
  expect(await status(lab).innerText()).toContain('epoch 1, step 108 of 108');
});

test('both ways to update differ by gamma times error times the change of p_u', async () => {
  const lab = page.locator(ORDER);
  await lab.locator('update-order').scrollIntoViewIfNeeded();
  await lab.getByText('furthest apart').waitFor();
  const rows = await lab.locator('.orders tbody tr').all();
  expect(rows).toHaveLength(2);
  for (const row of rows) {
    const [, , difference = '', expected = ''] = await row.locator('td').allInnerTexts();
    expect(number(difference)).not.toBe(0);
    expect(Math.abs(number(difference) - number(expected))).toBeLessThan(2e-6);
  }
});

test('after a step of each walk the chapter can be read by everybody', async () => {
  for (const name of [TOY, FILMS]) {
    const lab = await walk(name);
    await forward(lab).click();
    await atStep(lab, '1');
  }
  expect(await unreadable(page)).toEqual([]);
});
