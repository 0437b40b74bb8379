// What the chapters say that their live parts show, tried on the page. Blocks that the engine can answer for
// alone are tried by tests/unit/claims.test.ts.

import { test } from 'vitest';

import { chapterChecks, needsMovieLens } from '../claims/chapters.ts';
import { entries } from '../claims/engine.ts';
import { tryOnPage } from '../claims/page.ts';
import { needMovieLens, openedSite } from './harness.ts';

const site = openedSite();

for (const { check, name } of chapterChecks(entries).filter(({ check }) => check.on === 'page')) {
  test(name, async (context) => {
    if (needsMovieLens(check)) needMovieLens(context);
    const chapter = check.file.replace(/^.*\/(.*)\.md$/, 'chapters/$1.html');
    const { page } = await site.visit(chapter);
    await tryOnPage(page, check);
  });
}
