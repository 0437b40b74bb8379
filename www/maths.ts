import katex from 'katex';
import { html, svg, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';

const typeset = new Map<string, TemplateResult>();

/** A formula in a line of text. Only for formulas of the site's own: never for text from outside. */
export function tex(formula: string): TemplateResult {
  let result = typeset.get(formula);
  if (!result) {
    const markup = katex.renderToString(formula, { throwOnError: false, output: 'htmlAndMathml' });
    result = html`${unsafeHTML(markup)}`;
    typeset.set(formula, result);
  }
  return result;
}

/** A symbol on a picture, set as in the text: a letter, and a number as its index. */
export function pictured(letter: string, index?: number): TemplateResult {
  return svg`<tspan class="pictured">${letter}</tspan>${
    index === undefined ? '' : svg`<tspan class="pictured-index" dy="4">${index}</tspan>`
  }`;
}

/** A sentence of the site's own, with symbols such as `w_ij` in it set as formulas. */
export function withSymbols(text: string): (string | TemplateResult)[] {
  return text.split(/\b([a-z]_[a-z]+)\b/).map((part, n) => {
    const [letter, index] = part.split('_');
    return n % 2 === 1 ? tex(`${letter}_{${index}}`) : part;
  });
}
