// Files of the kinds that people really have, dropped on the page. What is right about each is counted by
// hand from the file.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { DataInUse } from './data-in-use.ts';
import { dropFile, openedSite, part } from './harness.ts';

const site = openedSite();
const folder = fileURLToPath(new URL('../cases', import.meta.url));

let page: Page;
let lab: Locator;
let data: DataInUse;

beforeAll(async () => {
  ({ page } = await site.visitShared('chapters/workbench.html'));
  lab = part(page, 'train');
  data = new DataInUse(lab);
});

/** Drops a file over whatever is in use. */
async function drop(name: string): Promise<void> {
  const file = `${folder}/${name}`;
  if (!existsSync(file)) throw new Error(`tests/cases has no ${name}`);
  await dropFile(page, name, readFileSync(file));
}

describe('dropped on the page', () => {
  test.each([
    ['duplicate-same.csv', 'rows that stand there twice', /^3 ratings .* 2 users of 2 films/],
    ['duplicate-rerated.csv', 'a film rated twice', /^3 ratings from 2 to 4 .* 2 users of 2 films/],
    ['blank-ratings.csv', 'rows without a rating', /^5 ratings .* 2 users of 5 films/],
    ['wide-names.csv', 'a column for each item', /^37 ratings .* 8 users of 5 films/],
  ])('%s, with %s, is read, and the report says what was done', async (name, _, found) => {
    await drop(name);
    await data.says(new RegExp(`${name.replace('.', '\\.')}.*your own file`));
    expect((await data.facts.innerText()).replace(/^.*?: /s, '')).toMatch(found);
    await expect.poll(() => data.report.count()).toBeGreaterThan(0);
  });

  test.each([
    [
      'excel-decimal-comma.csv',
      'decimal commas',
      /^14 ratings from 0.5 to 5 by 2 users of 14 films/,
    ],
    ['excel-utf16.txt', 'UTF-16', /^13 ratings from 0.5 to 5 by 2 users of 13 films/],
    ['recbole.inter', 'types after the names in its header', /^26 ratings .* 6 users of 9 films/],
    ['amazon.json', 'an object a line', /^5 ratings from 1 to 4 by 1 users of 5 films/],
    ['stray-quote.tsv', 'a quote that is a character', /^5 ratings .* 3 users of 2 films/],
  ])('%s, with %s, is read', async (name, _, found) => {
    await drop(name);
    await data.says(new RegExp(`${name.replace('.', '\\.')}.*your own file`));
    expect((await data.facts.innerText()).replace(/^.*?: /s, '')).toMatch(found);
  });

  test('minus-one.csv, with a pile at -1, is read with a remark whose offer leaves the pile out', async () => {
    await drop('minus-one.csv');
    await data.says(/59 ratings from −1 to 10 by 4 users of 39 films/);
    await expect
      .poll(() => data.report.allInnerTexts())
      .toContainEqual(expect.stringMatching(/12/));
    await data.report.getByRole('button').click();
    await data.says(/47 ratings from 3 to 10 by 4 users of 33 films/);
    expect(await data.report.getByRole('button').count()).toBe(0);
  });

  test.each([
    ['excel.xlsx', /Excel workbook.*CSV/],
    ['zip-in-zip.zip', /zip.*unpack/i],
  ])('%s is refused with its remedy, and nothing changes', async (name, remedy) => {
    await expect.poll(() => data.facts.innerText()).toMatch(/ratings from/);
    const before = await data.facts.innerText();
    await drop(name);
    const fault = lab.locator('data-source .fault');
    await expect.poll(() => fault.innerText()).toMatch(remedy);
    expect(await fault.innerText()).toContain('The data in use stays as it was.');
    expect(await data.facts.innerText()).toBe(before);
  });
});
