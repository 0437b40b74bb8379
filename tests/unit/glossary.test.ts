import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test, vi } from 'vitest';

import { Data, Run } from '../../pkg/factorscope.js';
import { entries } from '../claims/engine.ts';

vi.mock('virtual:registry', () => ({ default: entries }));

const LESSONS = new URL('../../notebooks-md/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, LESSONS), 'utf8');

/** Everything that stands in formulas, without the space that LaTeX does not need. */
const formulas = (text: string): string =>
  [...text.matchAll(/\$\$?([^$]+)\$\$?/g)].map(([, formula = '']) => formula).join(' $ ');

const glossary = formulas(read('glossary.md'));

/** Whether a formula has the symbol as a whole, which without an index may stand for one with any. */
function has(text: string, symbol: string): boolean {
  const exact = symbol.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const after = symbol.includes('_') ? '[A-Za-z_]' : '[A-Za-z]';
  return new RegExp(String.raw`(?<![A-Za-z\\])${exact}(?!${after})`).test(text);
}

/** A symbol of words stands for itself; two in one are both looked for. */
const single = (symbol: string): string[] =>
  symbol.includes(String.raw`\text`) ? [] : symbol.split(', ');

const small = Data.simulation(42).cutout(false);

describe.each(entries)('the glossary has every symbol of $id', (entry) => {
  test('among what is set', () => {
    const symbols = entry.hyperparameters.flatMap(({ symbol }) => single(symbol));
    expect(symbols.filter((symbol) => !has(glossary, symbol))).toEqual([]);
  });

  test('among what is learned', () => {
    const run = new Run(small, entry.id, [], 'everything', 42);
    const symbols = run.parameters().flatMap(({ symbol }) => single(symbol));
    expect(symbols.filter((symbol) => !has(glossary, symbol))).toEqual([]);
    run.free();
  });
});

test.each([
  ['13', String.raw`\tilde b_{uj}`],
  ['13', 's_u'],
  ['13', 'z_u'],
  ['15', 'v_i'],
  ['15', 'w_u'],
  ['15', 'y_a'],
  ['15', 'b_a'],
  ['16', String.raw`\beta`],
  ['12', String.raw`\varepsilon`],
  ['12', String.raw`\nu_0`],
  ['17', String.raw`\varepsilon`],
  ['17', 'C^u'],
  ['17', 'W^u'],
  ['9', String.raw`\sigma_k`],
  ['10', String.raw`\eta_k`],
  ['10', 'd^+'],
  ['14', 'N^k(i;u)'],
])('chapter %s uses %s, and the glossary explains it', (chapter, symbol) => {
  const file = readdirSync(LESSONS).find((name) => name.startsWith(`${chapter.padStart(2, '0')}-`));
  expect(has(formulas(read(file ?? '')), symbol)).toBe(true);
  expect(has(glossary, symbol)).toBe(true);
});
