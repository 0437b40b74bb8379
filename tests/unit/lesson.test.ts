import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { writeBook } from '../../www/lesson/book.ts';
import { excerpt } from '../../www/lesson/excerpt.ts';
import { frontMatter } from '../../www/lesson/front-matter.ts';
import { escapeHtml } from '../../www/lesson/html.ts';
import { renderBody } from '../../www/lesson/markdown.ts';
import type { Model } from '../../www/lesson/registry.ts';
import { chapterList } from '../../www/lesson/template.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const registry: Model[] = [
  {
    id: 'svd',
    title: 'SVD',
    hyperparameters: [
      { name: 'factors', default: 100, min: 1, max: 500, kind: { type: 'integer' } },
      { name: 'gamma', default: 0.005, min: 1e-5, max: 1, kind: { type: 'log' } },
      {
        name: 'rule',
        default: 0,
        min: 0,
        max: 1,
        kind: { type: 'choice', choices: ['new', 'old'] },
      },
    ],
  },
  { id: 'als', title: 'ALS', hyperparameters: [] },
];

const context = { file: 'notebooks-md/01-a.md', root, registry };
const render = (markdown: string): string => renderBody(markdown, context).html;
const lab = (...lines: string[]): string => ['Text.', '', '```lab', ...lines, '```', ''].join('\n');
const good = ['model: svd', 'data: toy', 'show: [walk]'];

describe('maths', () => {
  test('is typeset for the eye and, as MathML, for the ear', () => {
    const html = render('The mean is $\\mu$.');
    expect(html).toContain('<math xmlns="http://www.w3.org/1998/Math/MathML">');
    expect(html).toContain('<mi>μ</mi>');
    expect(html).toContain('class="katex-html" aria-hidden="true"');
    expect(html).not.toContain('$');
  });

  test('stands on a line of its own between double dollars', () => {
    expect(render('$$\nx = 1\n$$')).toMatch(/^<div class="maths"><span class="katex-display">/);
    expect(render('$$ x = 1 $$')).toMatch(/^<div class="maths"><span class="katex-display">/);
  });

  test('leaves code and escaped dollars alone', () => {
    expect(render('`$x$` for \\$5')).toBe('<p><code>$x$</code> for $5</p>\n');
  });

  test('of a few symbols stays in one line with the punctuation after it', () => {
    expect(render('For $x$, too.')).toMatch(
      /^<p>For <span class="unbroken"><span class="katex">.*<\/span>,<\/span> too\.<\/p>/,
    );
    expect(render('For $x$ too.')).not.toContain('unbroken');
    expect(render('$a + b + c + d + e + f + g + h$.')).not.toContain('unbroken');
  });

  test('keeps underscores and backslashes that Markdown would take', () => {
    expect(render('$a_1 b_2 \\\\ c_3$ and $d_4$')).not.toContain('<em>');
  });

  test.each([
    ['inside a line', 'One\ntwo $a$ and\nthree $\\frac{1$.', 3],
    ['after a formula of two lines', 'One $a\n= b$ two\n$\\nope$', 3],
    ['in a formula of its own', 'One\n\n$$\n\\nope\n$$', 3],
    ['in a table', '| a | b |\n| - | - |\n| 1 | 2 |\n| $\\nope$ | 4 |', 4],
    ['in a list', '- one\n- two\n- $\\nope$', 3],
  ])('that is wrong %s fails with file and line', (_where, markdown, line) => {
    expect(() => render(markdown)).toThrow(`notebooks-md/01-a.md:${line}: the formula is wrong`);
  });

  test('that is never closed fails with file and line', () => {
    expect(() => render('One\n\ntwo $x')).toThrow('01-a.md:3: a formula begins or ends here only');
    expect(() => render('One\n\n$$\nx')).toThrow('01-a.md:3: a formula begins or ends here only');
  });
});

describe('a lab', () => {
  test('becomes an element that holds the checked settings and says what it needs', () => {
    const lines = ['model: svd', 'rival: als', 'data: movielens', 'seed: 7', 'factors: 20'];
    const html = render(lab(...lines, 'gamma: 5e-3', 'rule: old', 'show: [walk, train]'));
    const [, attribute = ''] = /data-lab="([^"]*)"/.exec(html) ?? [];
    expect(JSON.parse(attribute.replaceAll('&quot;', '"'))).toEqual({
      id: 'lab-1',
      model: 'svd',
      rival: 'als',
      data: 'movielens',
      seed: 7,
      settings: { factors: 20, gamma: 0.005, rule: 1 },
      show: ['walk', 'train'],
    });
    expect(html).toContain(
      '<p>This live part needs JavaScript, WebAssembly and a page that comes from a server',
    );
  });

  test('is numbered in the order of the page', () => {
    const html = render(lab(...good) + lab(...good));
    expect(html.match(/id="lab-\d"/g)).toEqual(['id="lab-1"', 'id="lab-2"']);
  });

  test.each([
    ['an unknown model', ['model: svdd', 'data: toy', 'show: walk'], 4, 'unknown model `svdd`'],
    ['an unknown rival', [...good, 'rival: nmf'], 7, 'unknown model `nmf`; there is svd, als'],
    ['unknown data', ['model: svd', 'data: netflix', 'show: walk'], 5, 'unknown data `netflix`'],
    ['an unknown view', ['model: svd', 'data: toy', 'show: [walk, x]'], 6, 'unknown view `x`'],
    [
      'an unknown hyperparameter',
      [...good, 'factor: 2'],
      7,
      'unknown hyperparameter of svd `factor`',
    ],
    ['a value too low', [...good, 'factors: 0'], 7, '`factors` of svd goes from 1 to 500, found 0'],
    [
      'a value too high',
      [...good, 'gamma: 2'],
      7,
      '`gamma` of svd goes from 0.00001 to 1, found 2',
    ],
    ['a fraction of a factor', [...good, 'factors: 2.5'], 7, 'expected a whole number'],
    ['a value that is no number', [...good, 'gamma: fast'], 7, 'expected a number for `gamma`'],
    ['a value that is infinite', [...good, 'gamma: Infinity'], 7, 'expected a number for `gamma`'],
    ['an unknown choice', [...good, 'rule: newer'], 7, 'there is new, old'],
    ['a list where one value stands', [...good, 'factors: [1, 2]'], 7, 'found a list'],
    ['a negative seed', [...good, 'seed: -1'], 7, 'expected a seed from 0'],
    [
      'a key that stands twice',
      [...good, 'data: toy'],
      7,
      '`data` stands in this lab a second time',
    ],
    ['a line that is no setting', [...good, 'factors 2'], 7, 'expected `key: value`'],
    ['no model', ['data: toy', 'show: walk'], 3, 'the lab names no `model`'],
    ['no view', ['model: svd', 'data: toy'], 3, 'the lab names no `show`'],
  ])('with %s fails with file and line', (_what, lines, line, message) => {
    expect(() => render(lab(...lines))).toThrow(`notebooks-md/01-a.md:${line}: `);
    expect(() => render(lab(...lines))).toThrow(message);
  });
});

describe('code', () => {
  test('is cut out between its marks and moved to the margin', () => {
    const text =
      'fn f() {\n    // lesson: one\n    if a {\n        b();\n    }\n    // lesson: end\n}\n';
    expect(excerpt(text, 'one')).toEqual({ code: 'if a {\n    b();\n}', line: 3 });
  });

  test.each([
    ['is not there', 'src/lib.rs', 'no-such-item', 'has no line `// lesson: no-such-item`'],
    ['lies in a file that is not there', 'src/none.rs', 'x', 'there is no file src/none.rs'],
    ['lies outside the project', '../x.rs', 'x', 'expected a path inside the project'],
  ])('that %s fails with file and line', (_what, source, item, message) => {
    const markdown = `Text\n\n\`\`\`rust source=${source} item=${item}\n\`\`\``;
    expect(() => render(markdown)).toThrow('notebooks-md/01-a.md:3: ');
    expect(() => render(markdown)).toThrow(message);
  });

  test('whose marks are doubled or open is refused', () => {
    expect(excerpt('// lesson: a\nx\n', 'a')).toContain('no line `// lesson: end`');
    expect(excerpt('// lesson: a\nx\n// lesson: a\n// lesson: end', 'a')).toContain(
      'more than one',
    );
  });
});

describe('prose', () => {
  test('cannot bring in HTML or scripts', () => {
    expect(render('<script>alert(1)</script> [x](https://e.org/?a="b")')).toBe(
      '<p>&lt;script&gt;alert(1)&lt;/script&gt; <a href="https://e.org/?a=%22b%22">x</a></p>\n',
    );
    expect(() => render('[x](javascript:alert)')).not.toThrow();
    expect(render('[x](javascript:alert)')).not.toContain('href');
  });

  test('keeps a number and its percent sign together', () => {
    expect(render('About 97 % of it.')).toBe('<p>About 97\u00A0% of it.</p>\n');
  });

  test('has headings that can be linked to', () => {
    const { headings, html } = renderBody(
      '## The error\n\n## The error\n\n## Bias {#b_u}',
      context,
    );
    expect(headings.map(({ id }) => id)).toEqual(['the-error', 'the-error-2', 'b_u']);
    expect(html).toContain('<h2 id="b_u">Bias</h2>');
  });

  test('links to lessons as Markdown, which become links to pages', () => {
    const { html, links } = renderBody('[a](02-b.md) [c](glossary.md#mu)', context);
    expect(html).toContain('<a href="02-b.html">a</a> <a href="glossary.html#mu">c</a>');
    expect(links).toEqual([
      { file: '02-b.md', id: undefined, line: 1 },
      { file: 'glossary.md', id: 'mu', line: 1 },
    ]);
  });

  test.each(['../README.md', 'file:///etc/passwd', 'x.html', '/abs', ''])(
    'with a link to `%s` fails with file and line',
    (href) => {
      const markdown = `One\n[x](<${href}>)`;
      const blocked = href.startsWith('file:');
      if (blocked) expect(render(markdown)).not.toContain('<a');
      else expect(() => render(markdown)).toThrow('notebooks-md/01-a.md:2: expected a link');
    },
  );

  test('with an unknown or open box fails with file and line', () => {
    expect(() => render('One\n\n::: hint\nx\n:::')).toThrow('01-a.md:3: expected a box');
    expect(() => render('One\n\n::: solution\nx')).toThrow('01-a.md:3: this box is never closed');
    expect(() => render('One\n\n:::')).toThrow('01-a.md:3: expected a box');
  });

  test('has one title, and it stands first', () => {
    expect(() => render('One\n\n# Two')).toThrow('01-a.md:3: a lesson has one title');
  });
});

describe('front matter', () => {
  test('gives title, summary and minutes, and leaves the lines where they were', () => {
    const { body, matter } = frontMatter('---\ntitle: "A: b"\nminutes: 5\n---\nText\n', 'a.md');
    expect(matter).toEqual({ title: 'A: b', summary: '', minutes: 5, part: '' });
    expect(body.split('\n').indexOf('Text')).toBe(4);
  });

  test.each([
    ['Text', 1, 'expected front matter'],
    ['---\nsummary: x\n---\n', 1, 'has no title'],
    ['---\ntitle: x\nauthor: y\n---\n', 3, 'expected one of title, summary, minutes, part'],
    ['---\ntitle: x\ntitle: y\n---\n', 3, 'a second time'],
    ['---\ntitle: x\nminutes: ten\n---\n', 1, 'expected minutes'],
  ])('%j is refused', (source, line, message) => {
    expect(() => frontMatter(source, 'a.md')).toThrow(`a.md:${line}: `);
    expect(() => frontMatter(source, 'a.md')).toThrow(message);
  });
});

describe('a book', () => {
  const lessons = 'tests/unit/fixtures/lessons';
  let pages: string;
  const read = (name: string): string => readFileSync(path.join(root, pages, name), 'utf8');
  const write = () => writeBook({ root, lessons, pages }, () => Promise.resolve(registry));

  beforeEach(() => {
    pages = path.relative(root, mkdtempSync(path.join(os.tmpdir(), 'factorscope-')));
  });
  afterEach(() => {
    rmSync(path.join(root, pages), { recursive: true });
  });

  test('has a page for each lesson, in order, and none for lessons that are gone', async () => {
    writeFileSync(path.join(root, pages, '03-gone.html'), '');
    const { entries, sources } = await write();
    expect(entries.map(({ number, slug }) => [number, slug])).toEqual([
      [1, '01-means'],
      [2, '02-sgd'],
      [undefined, 'glossary'],
    ]);
    expect([...sources]).toEqual([path.join(root, 'tests/unit/fixtures/src/sum.rs')]);
    expect(existsSync(path.join(root, pages, '03-gone.html'))).toBe(false);
  });

  test('shows title, policy, contents, boxes and neighbours without any script', async () => {
    await write();
    const html = read('01-means.html');
    expect(html).toContain('<title>Means &amp; more – factorscope</title>');
    expect(html).toContain('<h1>Means &amp; more</h1>');
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain('script-src &#39;self&#39; &#39;wasm-unsafe-eval&#39;;');
    // The page's own script, and the one that says why a page opened as a file stays still.
    expect(html.match(/<script[^>]*>/g)).toEqual([
      '<script src="/from-file.js">',
      '<script type="module" src="/www/page.ts">',
    ]);
    expect(html).toContain('<li><a href="#formula">Formula</a></li>');
    expect(html).toContain('<div class="box erratum" role="note">');
    expect(html).toContain('<summary>What comes out</summary>');
    expect(html).toContain('<a rel="next" href="02-sgd.html">');
    expect(html).not.toContain('rel="prev"');
    expect(html).toContain('<a href="01-means.html" aria-current="page">');
    expect(read('02-sgd.html')).not.toContain('rel="next"');
  });

  test('shows code as it stands in the source, escaped', async () => {
    await write();
    const html = read('02-sgd.html');
    expect(html).toContain('<figcaption>tests/unit/fixtures/src/sum.rs, from line 4</figcaption>');
    expect(html).toContain(
      'let mut total = 0.0;\n\n\nfor term in terms {\n    total += term; // a &lt; b &amp; c',
    );
    expect(html).toContain('&lt;b&gt;Not HTML&lt;/b&gt;');
  });

  test('is listed with what a reader needs to choose', async () => {
    const { entries } = await write();
    expect(chapterList(entries.slice(0, 1), 'chapters/')).toBe(
      '<ol>\n<li value="1"><a href="chapters/01-means.html">Means &amp; more</a>' +
        ' <span class="new-models">SVD</span><p>Three users, three items.</p><p class="minutes">10 minutes</p></li>\n</ol>',
    );
  });

  test.each([
    ['02-none.md', 'there is no lesson 02-none.md'],
    ['#none', '01-a.md has no heading with the id `none`'],
  ])('with a link to %s fails with file and line', async (href, message) => {
    const folder = path.relative(root, mkdtempSync(path.join(os.tmpdir(), 'factorscope-')));
    writeFileSync(path.join(root, folder, '01-a.md'), `---\ntitle: A\n---\nOne\n[x](${href})\n`);
    const places = { root, lessons: folder, pages };
    await expect(writeBook(places, () => Promise.resolve([]))).rejects.toThrow(
      `01-a.md:5: ${message}`,
    );
    rmSync(path.join(root, folder), { recursive: true });
  });
});

test('text is escaped for elements and attributes', () => {
  expect(escapeHtml(`<a href="x">'&'</a>`)).toBe(
    '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;',
  );
});
