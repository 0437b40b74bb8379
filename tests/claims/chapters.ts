// Every `try` block of every chapter, as the build reads them.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { frontMatter } from '../../www/lesson/front-matter.ts';
import { renderBody } from '../../www/lesson/markdown.ts';
import type { Model } from '../../www/lesson/registry.ts';
import type { Check } from '../../www/lesson/try/check.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LESSONS = 'notebooks-md';
const MANIFEST = `${root}www/public/data/manifest.json`;

/** The checks of all lessons, in their order, each with a name for its test: lesson, line, claim. */
export function chapterChecks(registry: readonly Model[]): { name: string; check: Check }[] {
  const files = readdirSync(root + LESSONS).filter((name) => name.endsWith('.md'));
  return files.sort().flatMap((name) => {
    const file = `${LESSONS}/${name}`;
    const { body } = frontMatter(readFileSync(root + file, 'utf8'), file);
    const { checks } = renderBody(body, { file, root, registry });
    return checks.map((check) => ({ name: `${name}:${check.line}: ${check.claim}`, check }));
  });
}

/** The packed MovieLens that the site is built with; nothing where it is not at hand. */
export function movieLens(): { name: string; bytes: Uint8Array } | undefined {
  if (!existsSync(MANIFEST)) return undefined;
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as {
    movielens: { file: string } | null;
  };
  const name = manifest.movielens?.file;
  if (name === undefined) return undefined;
  return { name, bytes: readFileSync(`${root}www/public/data/${name}`) };
}

/** Whether a check can be tried only where MovieLens is at hand. */
export function needsMovieLens({ lab }: Check): boolean {
  return lab.data !== 'toy' && lab.data !== 'simulation';
}
