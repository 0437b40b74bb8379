import markdownIt, { type MarkdownIt, type StateCore, type Token } from 'markdown-it';

import { boxes, checkBoxes } from './boxes.ts';
import { readExcerpt } from './excerpt.ts';
import { Fault } from './fault.ts';
import { escapeHtml } from './html.ts';
import { type Lab, readLab, renderLab } from './lab.ts';
import { maths, typeset } from './maths.ts';
import type { Model } from './registry.ts';
import { type Check, readCheck } from './try/check.ts';

/** A heading below the title. */
export interface Heading {
  level: number;
  id: string;
  html: string;
}

/** A link from one lesson to another, or within one. */
export interface Link {
  /** The file it leads to, such as `glossary.md`. */
  file: string;
  id: string | undefined;
  line: number;
}

/** What a lesson is rendered with. */
export interface Context {
  /** The lesson's file as faults name it; the links are relative to its folder. */
  file: string;
  /** The project's folder, where code is cut out of source files. */
  root: string;
  registry: readonly Model[];
}

/** The body of a lesson as HTML. */
export interface Body {
  html: string;
  /** The first heading, if it is the title. */
  title: string | undefined;
  headings: Heading[];
  ids: Set<string>;
  links: Link[];
  /** The source files that code was cut out of. */
  sources: Set<string>;
  /** The ids of the models that run in its labs. */
  models: Set<string>;
  /** What the lesson tells its reader to try, and the numbers it prints, for tests to try. */
  checks: Check[];
}

/** Renders Markdown whose maths is typeset, whose labs are checked and whose code is cut out of sources. */
export function renderBody(markdown: string, context: Context): Body {
  const work = new Work(context, markdown);
  const md = markdownIt({ html: false, linkify: false, typographer: false });
  md.use(maths).use(boxes);
  md.core.ruler.after('inline', 'lesson', (state) => work.visit(state));
  rules(md);
  const html = md.render(markdown, {});
  const checks = work.checks();
  const { headings, ids, links, models, sources, title } = work;
  return { html, title, headings, ids, links, sources, models, checks };
}

function rules(md: MarkdownIt): void {
  const fence = md.renderer.rules['fence'];
  md.renderer.rules['fence'] = (tokens, index, options, env, self) =>
    String(tokens[index]?.meta?.html ?? fence?.(tokens, index, options, env, self) ?? '');
  // No line ends between a number and its percent sign.
  md.renderer.rules['text'] = (tokens, index) =>
    escapeHtml(tokens[index]?.content ?? '').replace(/(\d) %/g, '$1\u00A0%');
  md.renderer.rules['table_open'] = () => '<div class="table-scroll"><table>\n';
  md.renderer.rules['table_close'] = () => '</table></div>\n';
}

/** One walk over the tokens of one lesson, which knows at every place the line it is on. */
class Work {
  title: string | undefined;
  readonly headings: Heading[] = [];
  readonly ids = new Set<string>();
  readonly links: Link[] = [];
  readonly sources = new Set<string>();
  readonly models = new Set<string>();
  private readonly labs: { lab: Lab; line: number }[] = [];
  private readonly tries: { text: string; line: number }[] = [];

  constructor(
    private readonly context: Context,
    private readonly markdown: string,
  ) {}

  visit(state: StateCore): void {
    const { file } = this.context;
    checkBoxes(state.tokens, file);
    let line = 1;
    for (const token of state.tokens) {
      if (token.map) line = token.map[0] + 1;
      if (token.type === 'inline') this.inline(token, line);
      if (token.type === 'maths_block') typeset(token, file, line);
      if (token.type === 'fence') this.fence(token, line);
    }
    this.name(state);
  }

  /** What there is to try; asked for when all is read, for a block may speak of a live part further down. */
  checks(): Check[] {
    const { labs, markdown } = this;
    const { file, registry } = this.context;
    return this.tries.map(({ line, text }) =>
      readCheck(text, { file, line, registry, labs, markdown }),
    );
  }

  private inline(token: Token, start: number): void {
    let line = start;
    for (const child of token.children ?? []) {
      if (child.type === 'softbreak' || child.type === 'hardbreak') line += 1;
      if (child.type === 'maths') {
        typeset(child, this.context.file, line);
        line += child.content.split('\n').length - 1;
      }
      if (child.type === 'link_open') this.link(child, line);
      if (child.type === 'image') this.image(child, line);
      if (child.type === 'text' && child.content.includes('$')) {
        throw new Fault(
          this.context.file,
          line,
          'a formula begins or ends here only; write \\$ for a dollar',
        );
      }
    }
  }

  /** Lessons link to one another's Markdown, which is right on the page of the repository too. */
  private link(token: Token, line: number): void {
    const href = String(token.attrGet('href') ?? '');
    if (/^https?:\/\//.test(href)) return;
    const [, target, id] = /^([\w-]+\.md)?(?:#([^#]+))?$/.exec(href) ?? [];
    if (href === '' || (target === undefined && id === undefined)) {
      const expected = 'expected a link to a lesson (NN-slug.md, glossary.md#id), #id or https://…';
      throw new Fault(this.context.file, line, `${expected}, found \`${href}\``);
    }
    const own = this.context.file.split('/').at(-1) ?? '';
    const name = id === undefined ? undefined : decodeURIComponent(id);
    this.links.push({ file: target ?? own, id: name, line });
    token.attrSet('href', href.replace(/^([\w-]+)\.md/, '$1.html'));
  }

  private image(token: Token, line: number): void {
    const source = String(token.attrGet('src') ?? '');
    if (!/^[\w-][\w./-]*$/.test(source) || source.includes('..')) {
      const what = `expected a picture beside the lesson, found \`${source}\``;
      throw new Fault(this.context.file, line, what);
    }
    token.attrSet('src', `../notebooks-md/${source}`);
  }

  private fence(token: Token, line: number): void {
    const { file, registry, root } = this.context;
    const [language = ''] = token.info.trim().split(/\s+/);
    if (language === 'lab') {
      const id = `lab-${this.labs.length + 1}`;
      this.claim(id, line);
      const lab = readLab(token.content, { file, line: line + 1, id, registry });
      this.models.add(lab.model);
      if (lab.rival) this.models.add(lab.rival);
      this.labs.push({ lab, line });
      token.meta = { html: renderLab(lab) };
    } else if (language === 'try') {
      this.tries.push({ text: token.content, line });
      token.meta = { html: '' };
    } else if (/\s(source|item)=/.test(token.info)) {
      const { code, line: first, source } = readExcerpt(token.info, root, file, line);
      this.sources.add(source);
      token.meta = {
        html:
          `<figure class="code"><figcaption>${escapeHtml(source)}, from line ${first}</figcaption>` +
          `<pre><code class="language-${escapeHtml(language)}">${escapeHtml(code)}\n</code></pre></figure>\n`,
      };
    }
  }

  private claim(id: string, line: number): void {
    if (this.ids.has(id)) throw new Fault(this.context.file, line, `the id \`${id}\` is taken`);
    this.ids.add(id);
  }

  /** Gives every heading an id, from `{#id}` at its end or from its words, and takes out the title. */
  private name(state: StateCore): void {
    const { file } = this.context;
    const title: Token[] = [];
    for (const [index, token] of state.tokens.entries()) {
      const inline = state.tokens[index + 1];
      if (token.type !== 'heading_open' || !inline) continue;
      const line = (token.map?.[0] ?? 0) + 1;
      const level = Number(token.tag.slice(1));
      if (level === 1) {
        if (index > 0) throw new Fault(file, line, 'a lesson has one title, and it stands first');
        title.push(token, inline, ...state.tokens.slice(2, 3));
      }
      const last = inline.children?.at(-1);
      const given = last?.type === 'text' ? /\s*\{#([\w-]+)\}\s*$/.exec(last.content) : null;
      if (last && given) last.content = last.content.slice(0, given.index);
      const id = given?.[1] ?? this.free(slug(inline));
      this.claim(id, line);
      token.attrSet('id', id);
      const html = state.md.renderer.render(inline.children ?? [], state.md.options, state.env);
      if (level === 1) this.title = html;
      else this.headings.push({ level, id, html });
    }
    state.tokens = state.tokens.filter((token) => !title.includes(token));
  }

  private free(id: string): string {
    let candidate = id;
    for (let number = 2; this.ids.has(candidate); number += 1) candidate = `${id}-${number}`;
    return candidate;
  }
}

function slug(inline: Token): string {
  const words = (inline.children ?? [])
    .filter(({ type }) => type !== 'image')
    .map(({ content }) => content)
    .join('')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/['’\u0300-\u036F]/g, '')
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return words || 'section';
}
