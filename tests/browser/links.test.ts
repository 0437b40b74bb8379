import { readdirSync } from 'node:fs';

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { openedSite } from './harness.ts';

const site = openedSite();
const chapters = readdirSync(new URL('../../notebooks-md/', import.meta.url))
  .filter((name) => /^\d\d-/.test(name))
  .map((name) => `chapters/${name.replace(/md$/, 'html')}`);
const SIZES = [
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
] as const;

/** The settled state: every part has come to life, fonts are there, and two frames have the same layout. */
async function settle(page: Page): Promise<void> {
  await expect
    .poll(
      () =>
        page.evaluate(async () => {
          await document.fonts.ready;
          const parts = [...document.querySelectorAll('model-lab')];
          if (parts.some((part) => !part.querySelector('.lab'))) return false;
          const layout = (): string =>
            JSON.stringify([
              document.documentElement.scrollHeight,
              window.scrollY,
              ...parts.map((part) => part.getBoundingClientRect().height),
            ]);
          const frame = (): Promise<unknown> =>
            new Promise((resolve) => requestAnimationFrame(resolve));
          await frame();
          const before = layout();
          await frame();
          await frame();
          return before === layout();
        }),
      { timeout: 60_000 },
    )
    .toBe(true);
}

describe.each(SIZES)('on a window of $width by $height', (viewport) => {
  test.each(chapters)('a link to each part of %s lands with its top in view', async (chapter) => {
    const { page } = await site.visit(chapter, { viewport });
    await settle(page);
    const address = page.url();
    const parts = await page
      .locator('model-lab')
      .evaluateAll((all) =>
        all.map(({ id, dataset }) => ({ id, model: JSON.parse(dataset['lab'] ?? '{}').model })),
      );
    expect(parts.length).toBeGreaterThan(0);
    for (const { id, model } of parts) {
      await page.goto('about:blank');
      await page.goto(`${address}#lab=${id}&model=${model}&seed=42`);
      await settle(page);
      const top = (): Promise<number> =>
        page.locator(`#${id}`).evaluate((part) => part.getBoundingClientRect().top);
      // At the end of a page there may not be room to bring it to the very top.
      await expect
        .poll(top, { message: id })
        .toSatisfy((y: number) => y >= 0 && y < viewport.height);
    }
  });
});
