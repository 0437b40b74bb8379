import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { openedSite, overflow, seriousFaults } from './harness.ts';

const folder = fileURLToPath(new URL('../../dist/chapters', import.meta.url));
const chapters = existsSync(folder) ? readdirSync(folder).map((name) => `chapters/${name}`) : [];

const site = openedSite();

describe.each(['', ...chapters])('the page /%s', (name) => {
  test('opens without an error and has one title', async () => {
    const { page } = await site.visit(name);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.title()).toContain('factorscope');
  });

  test.each(['light', 'dark'] as const)('has nothing serious for axe, %s', async (colorScheme) => {
    const { page } = await site.visit(name, { colorScheme });
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('fits a phone without scrolling sideways', async () => {
    const { page } = await site.visit(name, { viewport: { width: 360, height: 740 } });
    expect(await overflow(page)).toBe(0);
  });

  test('can be read before any script has run', async () => {
    const { page } = await site.visit(name, { javaScriptEnabled: false });
    expect(await page.locator('main h1').innerText()).not.toBe('');
    expect(await page.locator('main p').first().innerText()).not.toBe('');
  });
});

test('every chapter is linked from the start page', async () => {
  const { page } = await site.visit();
  const links = await page
    .locator('.chapters a')
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).getAttribute('href')));
  expect(links.sort()).toEqual(chapters.sort());
});
