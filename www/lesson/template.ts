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
}

/** A lesson ready to be put into a page. */
export interface Lesson extends Entry {
  /** The title with its maths typeset. */
  heading: string;
  headings: Heading[];
  html: string;
}

/** The chapters as items of a list; `folder` leads from the page to them. */
export function chapterItems(book: readonly Entry[], folder: string): string {
  return book
    .map(({ minutes, number, slug, summary, title }) => {
      const about = summary ? `<p>${escapeHtml(summary)}</p>` : '';
      const time = minutes === undefined ? '' : `<p class="minutes">${minutes} minutes</p>`;
      const value = number === undefined ? ' class="glossary"' : ` value="${number}"`;
      return `<li${value}><a href="${folder}${slug}.html">${escapeHtml(title)}</a>${about}${time}</li>`;
    })
    .join('\n');
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
<script type="module" src="/www/chapter.ts"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="site-header">
<a class="site-name" href="../index.html">factorscope</a>
<nav aria-label="Chapters">
<ol>
${book.map((entry) => navigation(entry, lesson)).join('\n')}
</ol>
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
<p>Text and code: MIT or Apache-2.0, at your choice.</p>
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

function navigation({ number, slug, title }: Entry, lesson: Lesson): string {
  const current = slug === lesson.slug ? ' aria-current="page"' : '';
  const value = number === undefined ? ' class="glossary"' : ` value="${number}"`;
  return `<li${value}><a href="${slug}.html"${current}>${escapeHtml(title)}</a></li>`;
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
