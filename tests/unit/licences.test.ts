import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { bundledPackages, compiledIn, document } from '../../scripts/lib/licences.mjs';

const crate = (name: string, kind = 'lib') => ({
  id: name,
  name,
  version: '1.0.0',
  license: 'MIT',
  manifest_path: `/${name}/Cargo.toml`,
  targets: [{ kind: [kind] }],
});
const on = (pkg: string, kind: string | null = null) => ({ pkg, dep_kinds: [{ kind }] });

describe('the crates in the engine', () => {
  test('are those it needs at run time, not those that only compile it', () => {
    const metadata = {
      packages: [
        crate('factorscope'),
        crate('sums'),
        crate('deep'),
        crate('derive', 'proc-macro'),
        crate('of-derive'),
        crate('bench'),
        crate('unrelated'),
      ],
      resolve: {
        nodes: [
          { id: 'factorscope', deps: [on('sums'), on('derive'), on('bench', 'dev')] },
          { id: 'sums', deps: [on('deep'), on('bench', 'build')] },
          { id: 'derive', deps: [on('of-derive')] },
        ],
      },
    };
    expect(compiledIn(metadata).map(({ name }) => name)).toEqual(['sums', 'deep']);
  });
});

describe('the packages in a bundle', () => {
  const installed = (name: string): string =>
    fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));

  test('are told from the modules, scoped ones too, each once and with its text', () => {
    const modules = ['lit/index.js', 'lit/html.js', '@lit/reactive-element/x.js'].map(installed);
    const parts = bundledPackages([...modules, '/project/www/page.ts', '\0virtual:registry']);
    expect(parts.map(({ name }) => name)).toEqual(['lit', '@lit/reactive-element']);
    for (const { licence, texts } of parts) {
      expect(licence).toBe('BSD-3-Clause');
      expect(texts.join()).toContain('Redistributions in binary form must reproduce');
    }
  });
});

test('a text that several parts came with stands in the document once, under all their names', () => {
  const part = (name: string, text: string) => ({
    name,
    version: '2.0',
    licence: 'MIT',
    texts: [text],
  });
  const made = document([part('b', 'Be kind.'), part('a', 'Be kind.'), part('c', 'Be quick.')]);
  expect(made.split('Be kind.').length).toBe(2);
  expect(made).toContain('\na 2.0, b 2.0\n');
  expect(made).toContain('  c 2.0: MIT\n');
});
