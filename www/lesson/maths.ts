import katex from 'katex';
import type { MarkdownIt, Token } from 'markdown-it';

import { Fault } from './fault.ts';

/** Formulas up to this length in LaTeX stay in one line with the punctuation after them. */
const SHORT = 24;

/** `$…$` inside a line, `$$…$$` for a formula of its own; both become tokens with the LaTeX inside. */
export function maths(md: MarkdownIt): void {
  md.inline.ruler.after('escape', 'maths', (state, silent) => {
    const { pos: start, posMax, src } = state;
    if (src[start] !== '$') return false;
    const marker = src[start + 1] === '$' ? '$$' : '$';
    const open = start + marker.length;
    if (marker === '$' && /\s/.test(src[open] ?? ' ')) return false;
    let close = src.indexOf(marker, open);
    while (close > 0 && src[close - 1] === '\\') close = src.indexOf(marker, close + 1);
    if (close < 0 || close >= posMax || close === open) return false;
    if (marker === '$' && (/\s/.test(src[close - 1] ?? ' ') || /\d/.test(src[close + 1] ?? ''))) {
      return false;
    }
    const end = close + marker.length;
    // A browser may break the line before a comma that follows a formula.
    const joined = marker === '$' && close - open <= SHORT;
    const mark = joined ? (/^[.,;:?)]+/.exec(src.slice(end, posMax))?.[0] ?? '') : '';
    if (!silent) {
      const token = state.push('maths', '', 0);
      token.content = src.slice(open, close);
      token.meta = { display: marker === '$$', mark };
    }
    state.pos = end + mark.length;
    return true;
  });

  md.block.ruler.before(
    'fence',
    'maths_block',
    (state, startLine, endLine, silent) => {
      const line = (number: number): string =>
        state.src.slice(
          (state.bMarks[number] ?? 0) + (state.tShift[number] ?? 0),
          state.eMarks[number] ?? 0,
        );
      if (!line(startLine).startsWith('$$')) return false;
      const first = line(startLine).slice(2);
      let end = startLine;
      let content = first;
      if (/\$\$\s*$/.test(first)) {
        content = first.replace(/\$\$\s*$/, '');
      } else if (first.includes('$$')) {
        return false;
      } else {
        do {
          end += 1;
          if (end >= endLine) return false;
          content += `\n${line(end)}`;
        } while (!/\$\$\s*$/.test(line(end)));
        content = content.replace(/\$\$\s*$/, '');
      }
      if (silent) return true;
      state.line = end + 1;
      const token = state.push('maths_block', '', 0);
      token.block = true;
      token.content = content;
      token.map = [startLine, end + 1];
      token.meta = { display: true };
      return true;
    },
    { alt: ['paragraph', 'reference', 'blockquote', 'list'] },
  );

  md.renderer.rules['maths'] = rendered;
  md.renderer.rules['maths_block'] = rendered;
}

function rendered(tokens: Token[], index: number): string {
  const { html = '', mark = '' } = tokens[index]?.meta ?? {};
  return mark ? `<span class="unbroken">${html}${mark}</span>` : String(html);
}

/** Renders the LaTeX of a token in place; `line` is where it begins. */
export function typeset(token: Token, file: string, line: number): void {
  const display = token.meta?.display === true;
  let html: string;
  try {
    html = katex.renderToString(token.content, {
      displayMode: display,
      output: 'htmlAndMathml',
      throwOnError: true,
      strict: (code: string) => (code === 'newLineInDisplayMode' ? 'ignore' : 'error'),
      trust: false,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Fault(file, line, reason.replace(/^KaTeX parse error:/, 'the formula is wrong:'));
  }
  token.meta = { ...token.meta, html: display ? `<div class="maths">${html}</div>\n` : html };
}
