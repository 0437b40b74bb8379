import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Fault } from './fault.ts';
import { frontMatter } from './front-matter.ts';
import { escapeHtml } from './html.ts';
import { type Body, renderBody } from './markdown.ts';
import type { Model } from './registry.ts';
import { type Entry, type Introduced, type Lesson, page } from './template.ts';

/** Where a book is read from and written to. */
export interface Places {
  /** The project's folder, as seen from which code is cut out of source files. */
  root: string;
  /** The folder of the lessons, relative to the project's. */
  lessons: string;
  /** The folder of the pages, relative to the project's. */
  pages: string;
}

/** A rendered book. */
export interface Book {
  entries: Entry[];
  /** Absolute paths of the source files that lessons show. */
  sources: Set<string>;
}

const CHAPTER = /^(\d\d)-[\w-]+$/;
/** Pages beside the chapters, in the order in which they are listed. */
const UNNUMBERED = ['workbench', 'glossary'];

/** The lessons' names in the order of the book, those without a number last. */
function slugs(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -'.md'.length));
  const chapters = names.filter((name) => CHAPTER.test(name)).sort();
  return [...chapters, ...UNNUMBERED.filter((name) => names.includes(name))];
}

/**
 * Renders every lesson to a page of its own and checks the links between them. `registry` is asked for
 * the models only where a lesson has a live part or something to try.
 */
export async function writeBook(
  { lessons, pages, root }: Places,
  registry: () => Promise<readonly Model[]>,
): Promise<Book> {
  const read = slugs(path.join(root, lessons)).map((slug) => {
    const file = `${lessons}/${slug}.md`;
    return { slug, file, source: readFileSync(path.join(root, file), 'utf8') };
  });
  const models = read.some(({ source }) => /^\s*```(lab|try)\b/m.test(source))
    ? await registry()
    : [];
  const met = new Set<string>();
  const book = read.map(({ file, slug, source }) => {
    const { body: markdown, matter } = frontMatter(source, file);
    const body = renderBody(markdown, { file, root, registry: models });
    const digits = CHAPTER.exec(slug)?.[1];
    const number = digits === undefined ? undefined : Number(digits);
    const heading = body.title ?? escapeHtml(matter.title);
    const lesson: Lesson = {
      ...matter,
      slug,
      number,
      heading,
      headings: body.headings,
      html: body.html,
      models: number === undefined ? [] : introduced(body.models, models, met),
    };
    return { file, body, lesson };
  });
  checkLinks(book);

  const entries = book.map(({ lesson }): Entry => {
    const { minutes, models, number, part, slug, summary, title } = lesson;
    return { minutes, models, number, part, slug, summary, title };
  });
  const out = path.join(root, pages);
  mkdirSync(out, { recursive: true });
  const names = new Set(entries.map(({ slug }) => `${slug}.html`));
  for (const name of readdirSync(out)) if (!names.has(name)) rmSync(path.join(out, name));
  for (const { lesson } of book) {
    const file = path.join(out, `${lesson.slug}.html`);
    const html = page(lesson, entries);
    // A page that stays as it is does not reload in the browser.
    if (!existsSync(file) || readFileSync(file, 'utf8') !== html) writeFileSync(file, html);
  }
  const sources = book.flatMap(({ body }) => [...body.sources]);
  return { entries, sources: new Set(sources.map((source) => path.join(root, source))) };
}

/** The models among `ids` that no earlier chapter has run. */
function introduced(ids: Set<string>, models: readonly Model[], met: Set<string>): Introduced[] {
  const fresh = models.filter(({ id }) => ids.has(id) && !met.has(id));
  for (const { id } of fresh) met.add(id);
  return fresh.map(({ id, title }) => ({ id, title }));
}

function checkLinks(book: readonly { file: string; body: Body }[]): void {
  const known = new Map(book.map(({ body, file }) => [path.posix.basename(file), body.ids]));
  for (const { body, file } of book) {
    for (const { file: target, id, line } of body.links) {
      const ids = known.get(target);
      if (!ids) throw new Fault(file, line, `there is no lesson ${target}`);
      if (id !== undefined && !ids.has(id) && id !== 'main') {
        throw new Fault(file, line, `${target} has no heading with the id \`${id}\``);
      }
    }
  }
}
