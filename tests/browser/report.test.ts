import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { DataInUse } from './data-in-use.ts';
import { dropFile, openedSite, part, visibleFaults } from './harness.ts';

const site = openedSite();

let page: Page;
let data: DataInUse;
let picker: Locator;

beforeAll(async () => {
  ({ page } = await site.visitShared('chapters/workbench.html'));
  data = new DataInUse(part(page, 'train'));
  picker = part(page, 'train').locator('column-picker');
});

/** Drops a file where the data of the site is in use. */
async function drop(name: string, content: string): Promise<void> {
  await data.ofSite();
  await dropFile(page, name, content);
}

describe('the report on a file', () => {
  test('says what became of rows that stand there twice, and is there after a reload', async () => {
    await drop('mine.csv', 'user,item,rating\na,x,4\na,y,2\na,x,4\nb,x,5\n');
    await data.says('3 ratings');
    const said = await data.report.allInnerTexts();
    expect(said.length).toBe(1);
    expect(said[0]).toMatch(/mine\.csv/);
    await page.reload();
    await data.says('3 ratings');
    await expect.poll(() => data.report.allInnerTexts()).toEqual(said);
  });

  test('lets the latest of several ratings count, and says so', async () => {
    await drop('mine.csv', 'user,item,rating,timestamp\na,x,4,1000\nb,x,5,1000\na,x,2,9000\n');
    await data.says('2 ratings from 2 to 5');
    await expect.poll(() => data.report.count()).toBe(1);
  });

  test('has its like beside the link, which leaves the file out', async () => {
    const link = part(page, 'train').locator('run-link').first();
    await data.ofSite();
    await expect.poll(() => link.innerText()).not.toContain('Not in the link');
    await drop('mine.csv', 'user,item,rating\na,x,4\na,y,2\nb,x,5\n');
    await data.says('3 ratings');
    await expect.poll(() => link.innerText()).toContain('Not in the link: your own file');
    await data.facts.getByRole('button', { name: 'Back to the site' }).click();
    await expect.poll(() => link.innerText()).not.toContain('Not in the link');
  });

  test('is silent where nothing needs to be said', async () => {
    await drop('mine.csv', 'user,item,rating\na,x,4\na,y,2\nb,x,5\n');
    await data.says('3 ratings');
    expect(await data.report.count()).toBe(0);
  });
});

describe('a table whose columns nobody can tell', () => {
  const TABLE = 'alpha,beta,gamma\nann,5,Alien\nbob,3,Alien\nann,4,<b>Heat</b>\n';

  test('shows its first rows, waits until enough has been said, and is read as the reader says, from then on', async () => {
    await drop('odd.csv', TABLE);
    await picker.waitFor();
    expect(await picker.locator('td', { hasText: '<b>Heat</b>' }).count()).toBe(1);
    const read = picker.getByRole('button', { name: 'Read it so' });
    const choose = (role: RegExp, name: string): Promise<unknown> =>
      picker.getByLabel(role).selectOption({ label: name });
    await choose(/^user/, 'alpha');
    await choose(/^rating/, 'beta');
    await picker.getByLabel(/^item/).selectOption('');
    await expect.poll(() => read.isDisabled()).toBe(true);
    expect(await picker.innerText()).toContain('Still to be said:');
    await choose(/^item/, 'gamma');
    await choose(/^time/, 'none');
    await read.click();
    await data.says('odd.csv (your own file)');
    expect(await data.facts.innerText()).toMatch(/3 ratings from 3 to 5 by 2 users of 2 films/);
    expect(await picker.count()).toBe(0);
    await page.reload();
    await data.says('3 ratings from 3 to 5 by 2 users of 2 films');
    expect(await visibleFaults(page)).toEqual([]);
  });
});
