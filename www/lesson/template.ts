import { escapeHtml } from './html.ts';
import type { Heading } from './markdown.ts';

/** What a page may load and run: its own origin, and WebAssembly. No inline script. */
export const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What another page needs to know to link to one. */
export interface Entry {
  /** The file's name without its ending, `01-three-by-three`. */
  slug: string;
  /** The chapter's number, none for the glossary. */
  number: number | undefined;
  title: string;
  summary: string;
  minutes: number | undefined;
  /** The part of the book it stands in, if it has parts. */
  part: string;
  /** The models that it is the first to run. */
  models: Introduced[];
}

/** A model as the ladder names it. */
export interface Introduced {
  id: string;
  title: string;
}

/** A lesson ready to be put into a page. */
export interface Lesson extends Entry {
  /** The title with its maths typeset. */
  heading: string;
  headings: Heading[];
  html: string;
}

/** The chapters in their parts; `folder` leads from the page to them. */
export function chapterList(book: readonly Entry[], folder: string): string {
  return ladder(book, (entry) => {
    const { minutes, slug, summary, title } = entry;
    const about = summary ? `<p>${escapeHtml(summary)}</p>` : '';
    const time = minutes === undefined ? '' : `<p class="minutes">${minutes} minutes</p>`;
    return `<a href="${folder}${slug}.html">${escapeHtml(title)}</a>${models(entry)}${about}${time}`;
  });
}

/** The book as a ladder: one list a part, then the pages without a number. */
function ladder(book: readonly Entry[], content: (entry: Entry) => string): string {
  const lines: string[] = [];
  let open: string | undefined;
  for (const entry of book) {
    const part = entry.number === undefined ? 'Beside the chapters' : entry.part;
    if (part !== open) {
      if (open !== undefined) lines.push('</ol>');
      if (part) lines.push(`<p class="part">${escapeHtml(part)}</p>`);
      lines.push('<ol>');
      open = part;
    }
    const { number } = entry;
    const value = number === undefined ? ' class="unnumbered"' : ` value="${number}"`;
    lines.push(`<li${value}>${content(entry)}</li>`);
  }
  if (open !== undefined) lines.push('</ol>');
  return lines.join('\n');
}

/** What is new on this rung. */
function models(entry: Entry): string {
  return entry.models.length > 0
    ? ` <span class="new-models">${escapeHtml(entry.models.map(({ title }) => title).join(', '))}</span>`
    : '';
}

/** The page of one lesson. It can be read before any script has run, and without one. */
export function page(lesson: Lesson, book: readonly Entry[]): string {
  const place = book.findIndex(({ slug }) => slug === lesson.slug);
  const before = lesson.number === undefined ? undefined : chapter(book[place - 1]);
  const after = lesson.number === undefined ? undefined : chapter(book[place + 1]);
  const sections = lesson.headings.filter(({ level }) => level === 2);
  return `<!doctype html>
<html lang="en" data-root="../">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(lesson.title)} – factorscope</title>
${optional(lesson.summary && `<meta name="description" content="${escapeHtml(lesson.summary)}">`)}<link rel="icon" href="/www/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/www/styles/main.css">
<script src="/from-file.js"></script>
<script type="module" src="/www/page.ts"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="site-header">
<a class="site-name" href="../index.html">factorscope</a>
<nav aria-label="Chapters">
${navigation(lesson, book)}
</nav>
</header>
<main id="main">
<article>
<header class="lesson-header">
${optional(lesson.number && `<p class="chapter-number">Chapter ${lesson.number}</p>`)}<h1>${lesson.heading}</h1>
${optional(lesson.summary && `<p class="summary">${escapeHtml(lesson.summary)}</p>`)}${optional(
    lesson.minutes && `<p class="minutes">${lesson.minutes} minutes</p>`,
  )}</header>
${optional(sections.length > 1 && contents(sections))}${lesson.html}</article>
${optional(turn(before, after))}</main>
<footer class="site-footer">
<p>Text and code: MIT or Apache-2.0, at your choice. <a href="../licences.txt">Licences of what this site
is built on</a>.</p>
<data-notice></data-notice>
</footer>
</body>
</html>
`;
}

/** A line of its own, or nothing at all. */
function optional(line: string | number | false | undefined): string {
  return line ? `${line}\n` : '';
}

function chapter(entry: Entry | undefined): Entry | undefined {
  return entry?.number === undefined ? undefined : entry;
}

/** The ladder, folded, and where on it the page stands. */
function navigation(lesson: Lesson, book: readonly Entry[]): string {
  const chapters = book.filter(({ number }) => number !== undefined).length;
  const here = lesson.number === undefined ? 'Chapters' : `Chapter ${lesson.number} of ${chapters}`;
  const list = ladder(book, (entry) => {
    const current = entry.slug === lesson.slug ? ' aria-current="page"' : '';
    return `<a href="${entry.slug}.html"${current}>${escapeHtml(entry.title)}</a>${models(entry)}`;
  });
  const others = book
    .filter(({ number, slug }) => number === undefined && slug !== lesson.slug)
    .map(({ slug, title }) => `<a href="${slug}.html">${escapeHtml(title)}</a>`);
  return `<details class="chapter-menu"><summary>${here}</summary>
<div class="ladder">
${list}
</div></details>
${others.join('\n')}`;
}

function contents(sections: readonly Heading[]): string {
  const items = sections.map(({ html, id }) => `<li><a href="#${escapeHtml(id)}">${html}</a></li>`);
  return `<nav class="contents" aria-label="On this page">\n<ol>\n${items.join('\n')}\n</ol>\n</nav>`;
}

function turn(before: Entry | undefined, after: Entry | undefined): string {
  const link = (entry: Entry | undefined, rel: string, word: string): string =>
    entry
      ? `<a rel="${rel}" href="${entry.slug}.html"><span>${word}</span> ${escapeHtml(entry.title)}</a>`
      : '';
  const links = [link(before, 'prev', 'Previous:'), link(after, 'next', 'Next:')].filter(Boolean);
  if (links.length === 0) return '';
  return `<nav class="turn" aria-label="Neighbouring chapters">\n${links.join('\n')}\n</nav>`;
}
