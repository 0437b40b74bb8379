import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import katex from 'katex';
import { expect, test } from 'vitest';

import { loadRegistry } from '../../www/lesson/registry.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** How many children each element of MathML must have; browsers refuse any other number. */
const CHILDREN: Record<string, number> = {
  msub: 2,
  msup: 2,
  msubsup: 3,
  munder: 2,
  mover: 2,
  munderover: 3,
  mfrac: 2,
  mroot: 2,
};

/** The elements of a formula that have another number of children. */
function miscounted(formula: string): string[] {
  const mathml = katex.renderToString(formula, { throwOnError: false, output: 'mathml' });
  const open: { name: string; children: number }[] = [];
  const wrong: string[] = [];
  for (const [, close, name = '', own] of mathml.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (close) {
      const element = open.pop();
      const wanted = CHILDREN[element?.name ?? ''];
      if (wanted !== undefined && element?.children !== wanted) wrong.push(`${name} in ${formula}`);
    } else {
      const parent = open.at(-1);
      if (parent) parent.children += 1;
      if (!own) open.push({ name, children: 0 });
    }
  }
  return wrong;
}

test('a word as the whole of a subscript is counted as two children, and found', () => {
  expect(miscounted(String.raw`n_{\min}`)).not.toEqual([]);
  expect(miscounted(String.raw`n_{\mathrm{min}} + \frac{a}{b}`)).toEqual([]);
});

test('every formula of the engine and of the lessons is MathML that browsers take', async () => {
  const registry = JSON.stringify(await loadRegistry(path('pkg')));
  const strings = [...registry.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
    ([quoted]) => JSON.parse(quoted) as string,
  );
  const lessons = readdirSync(path('notebooks-md'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(path(`notebooks-md/${name}`), 'utf8').replace(/```.*?```/gs, ''));
  const inLessons = lessons.flatMap((text) =>
    [...text.matchAll(/\$\$(.+?)\$\$|\$([^$\n]+)\$/gs)].map(([, block, inline]) => block ?? inline),
  );
  const formulas = [
    ...strings.filter((text) => /[_^\\]/.test(text)),
    ...inLessons.filter((text) => text !== undefined),
  ];
  expect(formulas.length).toBeGreaterThan(100);
  expect(formulas.flatMap(miscounted)).toEqual([]);
});
