import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { openedSite, overflow, seriousFaults, unreadable } from './harness.ts';

const folder = fileURLToPath(new URL('../../dist/chapters', import.meta.url));
const chapters = existsSync(folder) ? readdirSync(folder).map((name) => `chapters/${name}`) : [];

const site = openedSite();

describe.each(['', ...chapters])('the page /%s', (name) => {
  test('opens without an error, has one title and can be read by everybody', async () => {
    const { page } = await site.visit(name);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.title()).toContain('factorscope');
    // A chapter's own tests look at the whole of it once its live parts have worked.
    const own = /(\d\d)-/.exec(name)?.[1];
    const tests = own && readFileSync(new URL(`./chapter-${own}.test.ts`, import.meta.url), 'utf8');
    if (tests) {
      expect(tests.includes('await unreadable(page)).toEqual([])')).toBe(true);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await overflow(page)).toBe(0);
    } else expect(await unreadable(page)).toEqual([]);
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

test('the footer leads to the licences of all that the site hands out', async () => {
  const { page } = await site.visit('chapters/glossary.html');
  const link = page.locator('.site-footer a', { hasText: 'Licences' });
  const address = await link.evaluate((element: HTMLAnchorElement) => element.href);
  const answer = await page.request.get(address);
  expect(answer.status()).toBe(200);
  const text = await answer.text();
  // One each of a package in the bundles, a crate in the engine and what both come with.
  for (const name of ['lit ', 'comlink ', 'katex ', 'nalgebra ', 'plotters ', 'Rust standard']) {
    expect(text).toContain(`\n  ${name}`);
  }
  expect(text).toContain('Redistributions in binary form must reproduce');
});

test('a page opened as a file is styled, and says what it needs', async () => {
  const { faults, page } = await site.visit();
  await page.goto(new URL('../../dist/chapters/workbench.html', import.meta.url).href);
  const note = page.locator('main > .note');
  await expect.poll(() => note.innerText()).toContain('opened as a file');
  expect(await note.innerText()).toContain('npm start');
  const accent = await page.evaluate(() =>
    getComputedStyle(document.documentElement).getPropertyValue('--accent'),
  );
  expect(accent).not.toBe('');
  expect(await page.locator('main').innerText()).not.toMatch(/needs JavaScript and WebAssembly;/);
  // Modules do not load from files: that is what the note is about.
  faults.length = 0;
});

describe.each(['01-three-users-three-items', '08-biases-and-regularization', '11-probabilistic'])(
  'in a narrow window, what scrolls sideways in the live parts of %s',
  (slug) => {
    test('takes focus and has a name', async () => {
      const { page } = await site.visit(`chapters/${slug}.html`, {
        viewport: { width: 360, height: 740 },
      });
      for (const lab of await page.locator('model-lab').all()) {
        await lab.scrollIntoViewIfNeeded();
        await lab.locator('.lab').waitFor();
      }
      await page.locator('model-lab table').first().waitFor({ state: 'attached' });
      const unreached = (): Promise<string[]> =>
        page.evaluate(() =>
          [...document.querySelectorAll<HTMLElement>('.table-scroll, .maths, pre')]
            .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth)
            .filter((box) => box.tabIndex !== 0 || (box.tagName === 'DIV' && !box.ariaLabel))
            .map((box) => box.outerHTML.slice(0, 120)),
        );
      for (const width of [360, 320]) {
        await page.setViewportSize({ width, height: 740 });
        await expect.poll(unreached, { message: `${width} px` }).toEqual([]);
        expect(await seriousFaults(page)).toEqual([]);
      }
    });
  },
);

test.each(['05-neighbors', 'workbench'])(
  'no control of %s reaches into its neighbour at 1280 px',
  async (slug) => {
    const { page } = await site.visit(`chapters/${slug}.html`, {
      viewport: { width: 1280, height: 800 },
    });
    await page.locator('model-lab .control select').first().waitFor({ state: 'attached' });
    if (slug === 'workbench') await page.locator('#lab-1-model').selectOption('item-knn');
    await page.locator('model-lab select[id$="similarity"]').first().waitFor();
    const wide = await page.locator('model-lab .control').evaluateAll((controls) =>
      controls.flatMap((control) => {
        const { right } = control.getBoundingClientRect();
        return [...control.querySelectorAll('select, input')]
          .filter((field) => field.getBoundingClientRect().right > right + 1)
          .map(({ id }) => id);
      }),
    );
    expect(wide).toEqual([]);
  },
);
