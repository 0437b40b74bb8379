import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { Entry, ParameterValues, Rating, Rule, Step, Term } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { plain, steady } from '../../format.ts';
import { nameOf } from '../../lab/films.ts';
import type { Settings } from '../../lab/registry.ts';
import {
  groups,
  predicted,
  products,
  ratingOf,
  ruleFor,
  rulesOf,
  termLatex,
} from '../../lab/step.ts';
import { tex } from '../../maths.ts';

/** Products of components written out; of longer vectors the rest is counted. */
const WRITTEN = 3;

/** The prediction and the error of a step addend by addend, or the parts of a closed form. */
@customElement('step-terms')
export class StepTerms extends LitElement {
  @property({ attribute: false }) entry!: Entry;
  @property({ attribute: false }) settings: Settings = {};
  @property({ attribute: false }) step: Step | undefined;
  @property({ attribute: false }) parameters: readonly ParameterValues[] = [];
  /** The data set that is walked through. */
  @property({ attribute: false }) opened: Opened | undefined;
  /** What the model predicts for the same cell after the step. */
  @property({ type: Number }) next = Number.NaN;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { step } = this;
    const rating = step && ratingOf(step);
    const solves = step !== undefined && !rating;
    const decomposes = this.parameters.some(({ name }) => name === 'sigma');
    if (decomposes && step && 'vectors' in step.subject) return this.basis(step.subject.vectors);
    return html`
      <h4>${solves ? this.heading(step) : 'The prediction and its error'}</h4>
      <div class="maths formula" tabindex="0" role="group" aria-label="Formula">
        ${tex((solves ? this.closedForm(step)?.latex : undefined) ?? this.entry.predicts)}
      </div>
      <div class="table-scroll" tabindex="0" role="group" aria-label="The formula with numbers">
        ${step ? (rating ? this.sum(step, rating.r) : this.closed(step)) : this.waiting()}
      </div>
      ${step && rating ? this.rests(step, rating) : nothing}
    `;
  }

  private basis(axis: string): TemplateResult {
    return html`
      <h4>A new basis</h4>
      <p class="help">
        The columns of the ${axis}s’ vectors are made orthonormal, the largest first; their lengths
        become the singular values, and the other side’s vectors are turned to match. Every product,
        and so every prediction, stays as it is.
      </p>
    `;
  }

  private waiting(): TemplateResult {
    return html`<p class="help">
      The numbers of a step appear here: each addend of the prediction, their sum, and the error.
    </p>`;
  }

  private sum(step: Step, r: number): TemplateResult {
    const sum = predicted(step);
    return html`<table class="terms value">
      <caption class="visually-hidden">
        The prediction before the step, addend by addend, and the error
      </caption>
      <tbody>
        ${step.terms.map((term) => this.term(term, step))}
        <tr class="total">
          <th scope="row">${tex(String.raw`\hat r_{ui}`)}</th>
          <td>${steady(sum)}</td>
          <td class="text">their sum, before the step</td>
        </tr>
        <tr>
          <th scope="row">${tex('r_{ui}')}</th>
          <td>${steady(r)}</td>
          <td class="text">the rating</td>
        </tr>
        <tr class="of-error">
          <th scope="row">${tex('e_{ui}')}</th>
          <td><strong>${steady(r - sum)}</strong></td>
          <td class="text">${tex(String.raw`r_{ui} - \hat r_{ui}`)}, before the step</td>
        </tr>
        <tr class="after">
          <th scope="row">${tex('e_{ui}')}</th>
          <td>${steady(r - this.next)}</td>
          <td class="text">after it: ${plain(r, 2)} − ${inBrackets(this.next)}</td>
        </tr>
      </tbody>
    </table>`;
  }

  private term({ addend, value }: Term, step: Step): TemplateResult {
    const factors = products(addend, step, this.parameters);
    return html`<tr>
      <th scope="row">${tex(addend.latex)}</th>
      <td>${steady(value)}</td>
      <td class="text">${factors ? written(factors) : nothing}</td>
    </tr>`;
  }

  /** What the ratings leave of the frozen baseline, where they weigh by it. */
  private rests({ rests }: Step, { i, r, u }: Rating): TemplateResult | typeof nothing {
    const { cells, items = [] } = this.opened ?? {};
    // A step on another scale than that of the table has nothing to stand beside its ratings.
    if (rests.length === 0 || !cells || cells[u * items.length + i] !== r) return nothing;
    return html`<div class="table-scroll" tabindex="0" role="group" aria-label="Frozen baseline">
      <table class="terms rests value">
        <caption>
          Data of the step: the user’s ratings ${tex('r_{uj}')} and the frozen
          ${tex(String.raw`\tilde b_{uj}`)}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="text">${tex('j')}</th>
            <th scope="col">${tex('r_{uj}')}</th>
            <th scope="col">${tex(String.raw`\tilde b_{uj}`)}</th>
            <th scope="col">${tex(String.raw`r_{uj} - \tilde b_{uj}`)}</th>
          </tr>
        </thead>
        <tbody>
          ${rests.map(({ item, value }) => {
            const given = cells[u * items.length + item] ?? Number.NaN;
            return html`<tr>
              <th scope="row" class="text">${nameOf(items, item)}</th>
              <td>${plain(given, 2)}</td>
              <td>${steady(given - value)}</td>
              <td>${steady(value)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  private heading(step: Step): string {
    return this.closedForm(step)?.form === 'multiplicative'
      ? 'The sums above and below the bar'
      : 'The parts of the closed form';
  }

  private closed(step: Step): TemplateResult {
    return html`<table class="terms value">
      <caption class="visually-hidden">
        ${this.heading(step)}
      </caption>
      <tbody>
        ${step.terms.map(
          (term) =>
            html`<tr>
              <th scope="row">${tex(termLatex(term))}</th>
              <td>${steady(term.value)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** The rule that the step follows: where it multiplies a vector after solving for a bias, the vector's. */
  private closedForm(step: Step): Rule | undefined {
    const all = rulesOf(this.entry, this.settings);
    const rules = groups(step).map(({ parameter }) =>
      ruleFor(all, this.parameters[parameter]?.name),
    );
    return rules.find((rule) => rule?.form === 'multiplicative') ?? rules[0];
  }
}

function inBrackets(value: number, digits = 4): string {
  return value < 0 ? `(${steady(value, digits)})` : steady(value, digits);
}

/** `0.500·0.200 + 0.100·(−0.300)` */
function written(factors: readonly [number, number][]): string {
  const shown = factors
    .slice(0, WRITTEN)
    .map(([a, b], k) => `${k === 0 ? steady(a, 3) : inBrackets(a, 3)}·${inBrackets(b, 3)}`);
  const more = factors.length - shown.length;
  return `= ${shown.join(' + ')}${more > 0 ? ` + ${more} more` : ''}`;
}
