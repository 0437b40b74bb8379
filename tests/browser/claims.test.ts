// What the chapters say that their live parts show, tried on the page. Blocks that the engine can answer for
// alone are tried by tests/unit/claims.test.ts.

import type { Page } from 'playwright-core';
import { beforeAll, describe, test } from 'vitest';

import { chapterChecks, needsMovieLens } from '../claims/chapters.ts';
import { entries } from '../claims/engine.ts';
import { tryOnPage } from '../claims/page.ts';
import { needMovieLens, openedSite } from './harness.ts';

const site = openedSite();
const checks = chapterChecks(entries).filter(({ check }) => check.on === 'page');
const slugOf = (file: string): string => file.replace(/^.*\/(.*)\.md$/, '$1');

describe.each([...new Set(checks.map(({ check }) => slugOf(check.file)))])('%s', (slug) => {
  /** The parts of the page that are not as they were when it was opened. */
  const touched = new Set<string>();
  let page: Page;

  beforeAll(async () => {
    ({ page } = await site.visitShared(`chapters/${slug}.html`));
  });

  for (const { check, name } of checks.filter(({ check: { file } }) => slugOf(file) === slug)) {
    test(name, async (context) => {
      if (needsMovieLens(check)) needMovieLens(context);
      if (touched.has(check.lab.id)) {
        await page.goto(page.url().replace(/#.*/, ''));
        touched.clear();
      }
      touched.add(check.lab.id);
      await tryOnPage(page, check);
    });
  }
});
