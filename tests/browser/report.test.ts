import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { dropFile, openedSite, part, visibleFaults } from './harness.ts';

const site = openedSite();

const lab = (page: Page): Locator => part(page, 'train');
const facts = (page: Page): Locator => lab(page).locator('.data-facts');
const report = (page: Page): Locator => lab(page).locator('load-report li');
const picker = (page: Page): Locator => lab(page).locator('column-picker');

async function workbench(): Promise<Page> {
  const { page } = await site.visit('chapters/workbench.html');
  return page;
}

async function says(page: Page, text: string): Promise<void> {
  await expect.poll(() => facts(page).innerText()).toContain(text);
}

describe('the report on a file', () => {
  test('says what became of rows that stand there twice, and is there after a reload', async () => {
    const page = await workbench();
    await dropFile(page, 'mine.csv', 'user,item,rating\na,x,4\na,y,2\na,x,4\nb,x,5\n');
    await says(page, '3 ratings');
    const said = await report(page).allInnerTexts();
    expect(said.length).toBe(1);
    expect(said[0]).toMatch(/mine\.csv/);
    await page.reload();
    await says(page, '3 ratings');
    await expect.poll(() => report(page).allInnerTexts()).toEqual(said);
  });

  test('lets the latest of several ratings count, and says so', async () => {
    const page = await workbench();
    await dropFile(
      page,
      'mine.csv',
      'user,item,rating,timestamp\na,x,4,1000\nb,x,5,1000\na,x,2,9000\n',
    );
    await says(page, '2 ratings from 2 to 5');
    await expect.poll(() => report(page).count()).toBe(1);
  });

  test('has its like beside the link, which leaves the file out', async () => {
    const page = await workbench();
    const link = lab(page).locator('run-link').first();
    await lab(page).scrollIntoViewIfNeeded();
    await says(page, 'ratings from');
    expect(await link.innerText()).not.toContain('Not in the link');
    await dropFile(page, 'mine.csv', 'user,item,rating\na,x,4\na,y,2\nb,x,5\n');
    await says(page, '3 ratings');
    await expect.poll(() => link.innerText()).toContain('Not in the link: your own file');
    await facts(page).getByRole('button', { name: 'Back to the site' }).click();
    await expect.poll(() => link.innerText()).not.toContain('Not in the link');
  });

  test('is silent where nothing needs to be said', async () => {
    const page = await workbench();
    await dropFile(page, 'mine.csv', 'user,item,rating\na,x,4\na,y,2\nb,x,5\n');
    await says(page, '3 ratings');
    expect(await report(page).count()).toBe(0);
  });
});

describe('a table whose columns nobody can tell', () => {
  const TABLE = 'alpha,beta,gamma\nann,5,Alien\nbob,3,Alien\nann,4,<b>Heat</b>\n';

  test('shows its first rows, and is read as the reader says, from then on', async () => {
    const page = await workbench();
    await dropFile(page, 'odd.csv', TABLE);
    await picker(page).waitFor();
    expect(await picker(page).locator('td', { hasText: '<b>Heat</b>' }).count()).toBe(1);
    const read = picker(page).getByRole('button', { name: 'Read it so' });
    const choose = (role: RegExp, name: string): Promise<unknown> =>
      picker(page).getByLabel(role).selectOption({ label: name });
    await choose(/^user/, 'alpha');
    await choose(/^rating/, 'beta');
    await choose(/^item/, 'gamma');
    await choose(/^time/, 'none');
    await read.click();
    await says(page, 'odd.csv (your own file)');
    expect(await facts(page).innerText()).toMatch(/3 ratings from 3 to 5 by 2 users of 2 films/);
    expect(await picker(page).count()).toBe(0);
    await page.reload();
    await says(page, '3 ratings from 3 to 5 by 2 users of 2 films');
    expect(await visibleFaults(page)).toEqual([]);
  });

  test('cannot be read before the reader has said enough', async () => {
    const page = await workbench();
    await dropFile(page, 'odd.csv', TABLE);
    await picker(page).waitFor();
    const read = picker(page).getByRole('button', { name: 'Read it so' });
    await picker(page).getByLabel(/^item/).selectOption('');
    await expect.poll(() => read.isDisabled()).toBe(true);
    expect(await picker(page).innerText()).toContain('Still to be said:');
  });
});
