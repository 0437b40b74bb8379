import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Every file of program text under a folder. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(rs|ts)$/.test(name))
    .map((name) => join(folder, name));
}

/** A formula, by the names that the code gives one. */
const FORMULA = String.raw`\b(latex|symbol|symbol\.base|symbol\.index)`;
/** What finds a meaning in a text. */
const ASKS = String.raw`(includes|startsWith|endsWith|match|split|indexOf|search|replace|contains|starts_with|ends_with|strip_prefix|find)`;
const MEANINGS = [
  new RegExp(String.raw`${FORMULA}(\(\))?\s*[!=]==?`),
  new RegExp(String.raw`${FORMULA}(\(\))?\.${ASKS}\(`),
  new RegExp(String.raw`\.(test|exec)\([^)]*${FORMULA}\)`),
  /\b(entry|model|rival)(\(\))?\.id [!=]==? r?['"`]/,
  /\bmodel [!=]== ['"`]/,
];

/** The lines that find a meaning in a formula, or in which model it is. */
function meant(text: string): string[] {
  return text.split('\n').filter((line) => MEANINGS.some((one) => one.test(line)));
}

test.each(['src', 'www'])('nothing under %s reads a formula or compares a model’s id', (folder) => {
  const files = sources(folder);
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((file) =>
    meant(readFileSync(file, 'utf8')).map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

test.each([
  String.raw`if (term.symbol === '\\mu') return;`,
  `terms.find(({ latex }) => latex.includes('y_j'))`,
  `const [base] = own.symbol.split('_');`,
  String.raw`/\\gamma/.test(rule.latex)`,
  String.raw`terms.find(|term| term.addend.latex == r"\mu")`,
  String.raw`parameter.symbol.latex().starts_with("b")`,
  `if (this.lab.entry.id === 'als') draw();`,
  `const row = setup.model === 'user-knn' ? user : item;`,
  `if spec.entry().id == "nmf" {`,
])('%s would be found', (line) => {
  expect(meant(line)).toEqual([line]);
});
