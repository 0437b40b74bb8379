import katex from 'katex';
import { html, type TemplateResult } from 'lit';
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
