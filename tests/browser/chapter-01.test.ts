import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import reference from '../reference/baseline.json' with { type: 'json' };
import { openedSite, seriousFaults, unreadable } from './harness.ts';

const CHAPTER = 'chapters/01-three-users-three-items.html';

const site = openedSite();
let startPage: Page;
let page: Page;

/** The four results: mean, both biases, prediction. */
async function results(page: Page): Promise<string[]> {
  const texts = await page.locator('#lab-1 .reckoning-result output').allInnerTexts();
  return texts.map((text) => text.trim());
}

const cell = (page: Page, u: number, i: number, lab = 'lab-1') =>
  page.locator(`#${lab} [data-cell="${u - 1},${i - 1}"]`);

const readsSoon = (page: Page, expected: string[]): Promise<void> =>
  expect.poll(() => results(page)).toEqual(expected);

const TOY = ['2.2', '1.3', '−0.7', '2.8'];

beforeAll(async () => {
  ({ page: startPage } = await site.visitShared());
  ({ page } = await site.visitShared(CHAPTER));
});

/** The table as it is at the start. */
async function started(of = page): Promise<void> {
  const add = of.locator('#lab-1 button', { hasText: 'Add user' });
  // Whatever was done to it before: one user more, and there is something to reset.
  if (await add.isEnabled()) await add.click();
  await of.locator('#lab-1 button', { hasText: 'Reset table' }).click();
  await readsSoon(of, TOY);
}

describe.each([
  ['the start page', '', () => startPage, '#lab-1 .ratings'],
  ['chapter 1', CHAPTER, () => page, '#lab-2 .biases'],
])('%s', (_name, path, opened, last) => {
  test('shows mean 2.2, biases 1.3 and -0.7, prediction 2.8', async () => {
    const { page } = await site.visit(path);
    await readsSoon(page, TOY);
    const filled = await page.locator('#lab-1 .reckoning-filled annotation').allTextContents();
    expect(filled).toEqual([
      String.raw`= \dfrac{2 + 1 + 4 + 3 + 1}{5}`,
      String.raw`= \dfrac{4 + 3}{2} - 2.2`,
      String.raw`= \dfrac{2 + 1}{2} - 2.2`,
      '= 2.2 + 1.3 - 0.7',
    ]);
  });

  test('lets everything follow an edit while it is typed', async () => {
    const page = opened();
    await started(page);
    // The chosen pair is the one that is typed into: user 3 and item 1.
    await cell(page, 3, 1).fill('5');
    await readsSoon(page, ['3', '2', '0.5', '5.5']);
    // The cell of user 2 and item 1 is empty: its prediction follows as well.
    expect(await cell(page, 2, 1).getAttribute('placeholder')).toBe('4.00');
    await page.locator('#lab-1 button', { hasText: 'Reset table' }).click();
    await readsSoon(page, TOY);
  });

  test('can be used on a phone and read by everybody, also with all items that it can have', async () => {
    const page = opened();
    await page.setViewportSize({ width: 390, height: 844 });
    await started(page);
    for (let item = 4; item <= 8; item++) {
      await page.locator('#lab-1 button', { hasText: 'Add item' }).click();
    }
    await page.locator(last).waitFor();
    expect(await unreadable(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
  });
});

describe('the table', () => {
  test('can be walked and edited with the keyboard alone', async () => {
    await started();
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => (document.activeElement as HTMLElement).dataset['cell']);
    await cell(page, 1, 1).focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('1,0');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('1,2');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('2,0');
    await page.keyboard.type('3.5');
    expect(await cell(page, 3, 1).inputValue()).toBe('3.5');
    // 2 + 1 + 4 + 3 + 3.5 = 13.5; user 3: 3.5 - 2.7; item 1: 5.5 / 2 - 2.7.
    await readsSoon(page, ['2.7', '0.8', '0.05', '3.55']);
    await page.keyboard.press('Escape');
    await readsSoon(page, ['2.2', '−1.2', '−0.7', '0.3']);
    await page.keyboard.press('Delete');
    // Without it: 10 / 4; user 3 has no rating, item 1 has the 2.
    await readsSoon(page, ['2.5', '0', '−0.5', '2']);
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('1,0');
  });

  test('answers a text that is no number with a sentence, and keeps the old value', async () => {
    await started();
    await cell(page, 2, 2).focus();
    await page.keyboard.type('four');
    expect(await page.locator('#lab-1 .fault').count()).toBe(0);
    await page.keyboard.press('Tab');
    const fault = page.locator('#lab-1 [role=alert]');
    expect(await fault.innerText()).toBe(
      'User 2, item 2: “four” is no rating. Type a number from −1000 to 1000 with at most three ' +
        'decimals, or nothing. The cell keeps 4.',
    );
    expect(await cell(page, 2, 2).inputValue()).toBe('4');
    await cell(page, 2, 1).focus();
    await readsSoon(page, TOY);
  });

  test('goes back to the value before, not to the half that was typed of a wrong one', async () => {
    await started();
    await cell(page, 2, 2).focus();
    await page.keyboard.type('1500');
    await page.keyboard.press('Tab');
    expect(await cell(page, 2, 2).inputValue()).toBe('4');
    await cell(page, 2, 1).focus();
    await readsSoon(page, TOY);
  });

  test('grows by a user without ratings, whose bias is 0, up to eight by eight', async () => {
    await started();
    const add = page.locator('#lab-1 button', { hasText: 'Add user' });
    await add.click();
    await cell(page, 4, 2).focus();
    await readsSoon(page, ['2.2', '0', '1.8', '4']);
    expect(await page.locator('#lab-1 .reckoning-filled').nth(1).innerText()).toBe(
      'no rating: no bias',
    );
    for (let user = 5; user <= 8; user++) await add.click();
    expect(await add.isDisabled()).toBe(true);
    expect(await page.locator('#lab-1 .ratings tbody tr').count()).toBe(9);
  });

  test('shrinks to one cell, and says in words when nothing is left', async () => {
    await started();
    for (const name of ['Remove user 3', 'Remove user 2', 'Remove item 3', 'Remove item 2']) {
      await page.locator('#lab-1 button', { hasText: name }).click();
    }
    await readsSoon(page, ['2', '0', '0', '2']);
    await cell(page, 1, 1).fill('');
    await readsSoon(page, ['–', '–', '–', '–']);
    expect(await page.locator('#lab-1 .verdict').innerText()).toMatch(/^The table has no rating/);
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('moves nothing below it while numbers change', async () => {
    await started();
    const height = (): Promise<number | undefined> =>
      page.locator('#lab-1').evaluate((lab) => lab.getBoundingClientRect().height);
    const before = await height();
    await cell(page, 1, 2).fill('-987.125');
    await expect.poll(async () => (await results(page))[0]).not.toBe('2.2');
    expect(await height()).toBe(before);
    await cell(page, 1, 2).fill('');
    await readsSoon(page, ['2.2', '−0.7', '1.8', '3.3']);
    expect(await height()).toBe(before);
  });
});

describe('the least squares', () => {
  const column = async (n: number): Promise<number[]> => {
    const texts = await page.locator(`#lab-2 .biases tbody td:nth-child(${n})`).allInnerTexts();
    return texts.map((text) => Number(text.replace('−', '-')));
  };

  test.each(reference.toy.regularized)(
    'agree with the dense solution at lambda $lambda, and the means stay',
    async (expected) => {
      const slider = page.locator('#lab-2 input[type=range]');
      await slider.fill(String(expected.lambda));
      const biases = [...expected.b_u, ...expected.b_i].map((bias) => Number(bias.toFixed(3)));
      await expect.poll(() => column(4)).toEqual(biases);
      expect(await column(3)).toEqual([-0.7, 1.3, -1.2, -0.7, 1.8, -0.2]);
      const totals = await page.locator('#lab-2 .objective .total td').allInnerTexts();
      expect(totals).toEqual([
        (3.8 + expected.lambda * 7.39).toFixed(3),
        expected.objective.toFixed(3),
      ]);
      expect(await page.locator('#lab-2 .verdict').innerText()).toContain('Least squares is lower');
    },
  );

  test('say at lambda 0 that the biases are not the only ones', async () => {
    const slider = page.locator('#lab-2 input[type=range]');
    await slider.focus();
    await page.keyboard.press('Home');
    await expect
      .poll(() => page.locator('#lab-2 .about-lambda').innerText())
      .toContain('not unique');
    const texts = await page
      .locator('#lab-2 .columns:last-of-type .predictions')
      .last()
      .innerText();
    expect(texts).toContain('4.000');
    await page.locator('#lab-2 input.number').fill('much');
    await page.locator('#lab-2 input.number').press('Tab');
    expect(await page.locator('#lab-2 [role=alert]').innerText()).toBe(
      'Lambda is a number from 0 to 100; it stays at 0.',
    );
    await page.locator('#lab-2 input.number').fill('1');
    await page.locator('#lab-2 input.number').press('Tab');
    await page.locator('#lab-2 [role=alert]').waitFor({ state: 'detached' });
  });
});

describe('a link', () => {
  test('restores an edited table, its cell and its numbers in a fresh profile', async () => {
    await started();
    await page.locator('#lab-1 button', { hasText: 'Add item' }).click();
    await cell(page, 1, 4).fill('4.5');
    await readsSoon(page, ['2.583', '−0.083', '1.917', '4.417']);
    await page.locator('#lab-1 button', { hasText: 'Copy link' }).click();
    await expect.poll(() => page.url()).toContain('run=');
    const there = new URL(page.url());
    const { page: fresh } = await site.visit(`${CHAPTER}${there.hash}`);
    await readsSoon(fresh, ['2.583', '−0.083', '1.917', '4.417']);
    expect(await cell(fresh, 1, 4).inputValue()).toBe('4.5');
    await fresh.locator('#lab-1 .good', { hasText: 'The same bits' }).waitFor();
  });

  test('that is hostile falls back with a note, and runs nothing', async () => {
    const hostile = 'lab=lab-1&table=<img src=x onerror=alert(1)>&seed=999999999999&gamma=1e99';
    const { page } = await site.visit(`${CHAPTER}#${hostile}`);
    await readsSoon(page, TOY);
    const note = await page.locator('#lab-1 .note').innerText();
    for (const part of ['table', 'seed', 'gamma']) expect(note).toContain(part);
    expect(await page.locator('#lab-1 img').count()).toBe(0);
  });
});
