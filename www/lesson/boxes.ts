import type { MarkdownIt, Token } from 'markdown-it';
import container from 'markdown-it-container';

import { Fault } from './fault.ts';

/** The boxes a lesson may open with `::: name`, and what they are called where no title follows. */
const BOXES = {
  guess: 'Guess first',
  erratum: 'Erratum',
  note: 'Note',
  solution: 'Solution',
} as const;

type Box = keyof typeof BOXES;

function isBox(name: string): name is Box {
  return Object.hasOwn(BOXES, name);
}

/** `::: solution` to open, `:::` to close; a solution is folded away until it is asked for. */
export function boxes(md: MarkdownIt): void {
  for (const name of Object.keys(BOXES).filter(isBox)) {
    md.use(container, name, {
      render: (tokens: Token[], index: number): string => {
        const token = tokens[index];
        const folded = name === 'solution';
        if (token?.nesting !== 1) return folded ? '</details>\n' : '</div>\n';
        const title = md.renderInline(token.info.trim().slice(name.length).trim() || BOXES[name]);
        return folded
          ? `<details class="box ${name}">\n<summary>${title}</summary>\n`
          : `<div class="box ${name}" role="note">\n<p class="box-title">${title}</p>\n`;
      },
    });
  }
}

/** Refuses a box that is unknown, or open at the end of the lesson. */
export function checkBoxes(tokens: readonly Token[], file: string): void {
  for (const [index, token] of tokens.entries()) {
    const line = (token.map?.[0] ?? 0) + 1;
    const opened = /^container_(\w+)_open$/.exec(token.type)?.[1];
    if (opened !== undefined) {
      const close = tokens
        .slice(index)
        .find(({ level, type }) => type === `container_${opened}_close` && level === token.level);
      if (!close?.markup.startsWith(':::')) throw new Fault(file, line, 'this box is never closed');
    }
    if (token.type === 'inline' && token.content.startsWith(':::')) {
      const names = Object.keys(BOXES).join(', ');
      const found = token.content.split('\n')[0] ?? '';
      throw new Fault(file, line, `expected a box (${names}) or its end, found \`${found}\``);
    }
  }
}
