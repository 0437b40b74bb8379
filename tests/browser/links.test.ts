import { readdirSync, readFileSync } from 'node:fs';

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

/** The live parts of a chapter, as its page has them before any script. */
function partsOf(chapter: string): { id: string; model: string }[] {
  const page = readFileSync(new URL(`../../dist/${chapter}`, import.meta.url), 'utf8');
  return [...page.matchAll(/<model-lab id="[^"]+" data-lab="([^"]+)"/g)].map(
    ([, lab = '']) => JSON.parse(lab.replaceAll('&quot;', '"')) as { id: string; model: string },
  );
}

/** Waits until a part has come to rest with its top in view. */
async function landed(page: Page, id: string): Promise<void> {
  await settle(page);
  const height = page.viewportSize()?.height ?? 0;
  // At the end of a page there may not be room to bring it to the very top.
  await expect
    .poll(() => page.locator(`#${id}`).evaluate((part) => part.getBoundingClientRect().top), {
      message: id,
    })
    .toSatisfy((top: number) => top >= 0 && top < height);
}

describe.each(SIZES)('on a window of $width by $height', (viewport) => {
  test.each(chapters)('a link to each part of %s lands with its top in view', async (chapter) => {
    const { page } = await site.visit('', { viewport });
    const start = page.url();
    const parts = partsOf(chapter);
    expect(parts.length).toBeGreaterThan(0);
    const link = ({ id, model }: { id: string; model: string }): string =>
      `${start}${chapter}#lab=${id}&model=${model}&seed=42`;
    // On a phone each is opened afresh. On a wide window the last one is, which has all the others above it to
    // move it, and from there all are gone to.
    const fresh = viewport.width < 500 ? parts : parts.slice(-1);
    for (const part of fresh) {
      await page.goto('about:blank');
      await page.goto(link(part));
      await landed(page, part.id);
    }
    for (const part of parts) {
      await page.goto(link(part));
      await landed(page, part.id);
    }
  });
});
