// Finds the numbers that a sentence of the prose prints.

import { halfUnit } from './expression.ts';

/** A number as a sentence prints it. */
export interface Printed {
  written: string;
  value: number;
  /** How far what was measured may be off: half a unit of the last digit. */
  half: number;
}

const WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
  'sixteen seventeen eighteen nineteen twenty';
const NUMBER_WORDS = WORDS.split(' ');
const NUMBER = `([-\u2212+]?(?:\\d[\\d,]*(?:\\.\\d+)?|\\.\\d+)|${NUMBER_WORDS.join('|')})`;

/**
 * The section that ends at a line (counted from 1) of a lesson: everything below the last heading that is
 * prose, in one line.
 */
export function sectionAbove(markdown: string, line: number): string {
  const prose: string[] = [];
  let fenced = false;
  for (const text of markdown.split('\n').slice(0, line - 1)) {
    if (/^\s*```/.test(text)) fenced = !fenced;
    else if (!fenced && /^#{1,6} /.test(text)) prose.length = 0;
    else if (!fenced) prose.push(text);
  }
  return collapse(prose.join(' '));
}

/**
 * The numbers that stand where a quote has `#`, in words or in digits; nothing unless the quote stands in
 * the section exactly once.
 */
export function printed(section: string, quote: string): Printed[] | undefined {
  const pattern = collapse(quote).split('#').map(escape).join(NUMBER);
  const found = [...section.matchAll(new RegExp(pattern, 'g'))];
  const [match] = found;
  if (!match || found.length > 1) return undefined;
  return match.slice(1).map((written) => {
    const word = NUMBER_WORDS.indexOf(written);
    const digits = written.replace('\u2212', '-').replaceAll(',', '');
    return { written, value: word < 0 ? Number(digits) : word, half: halfUnit(written) };
  });
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
