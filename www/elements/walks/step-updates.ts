import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { Entry, Item, ParameterValues, Rule, Step, Update } from '../../../pkg/factorscope.js';
import { plain, steady } from '../../format.ts';
import type { Settings } from '../../lab/registry.ts';
import {
  filmOf,
  type Group,
  groups,
  indexed,
  learningRate,
  rateOf,
  ruleFor,
  rulesOf,
} from '../../lab/step.ts';
import { tex } from '../../maths.ts';
import { FIRST_COMPONENTS } from './walk-map.ts';

/** Rows of a parameter, such as the vectors of N(u), that are shown unless all are asked for. */
const FIRST_ROWS = 2;

/** Which columns the table has beside before and after. */
interface Columns {
  /** What a number is multiplied with. */
  times: boolean;
  /** No gradient, where the step counts. */
  counts: boolean;
}

/** What stands in one row beside before and after. */
interface RowContext {
  gamma: number | undefined;
  factor: boolean | undefined;
  counts: boolean;
}

/** Every number that a step changed: before, half the derivative of the objective, after. */
@customElement('step-updates')
export class StepUpdates extends LitElement {
  @property({ attribute: false }) entry!: Entry;
  @property({ attribute: false }) step: Step | undefined;
  @property({ attribute: false }) parameters: readonly ParameterValues[] = [];
  /** The films of the data set. */
  @property({ attribute: false }) items: readonly Item[] = [];
  @property({ attribute: false }) settings: Settings = {};
  @property({ type: Boolean }) whole = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`
      <h4>What the step changes</h4>
      ${
        this.step && this.step.updates.length > 0
          ? html`<div class="table-scroll" tabindex="0" role="group" aria-label="Changed numbers">
              ${this.table(this.step)}
            </div>`
          : html`<p class="help">
              ${
                this.step
                  ? 'Nothing: every number stays as it was.'
                  : 'Each number that a step changes appears here, before and after it.'
              }
            </p>`
      }
    `;
  }

  private table(step: Step): TemplateResult {
    const descends = this.descends;
    const all = groups(step);
    const times = all.some((group) => multiplies(this.rule(group)));
    const shown = this.whole ? all : all.filter((group) => place(all, group) < FIRST_ROWS);
    return html`<table class="updates value">
      <caption class="visually-hidden">
        Every number that the step changed
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">before</th>
          ${
            descends
              ? html`<th scope="col" class="operator">− ${tex(String.raw`\gamma`)} ·</th>`
              : nothing
          }
          ${step.counts ? nothing : html`<th scope="col">½ gradient</th>`}
          ${descends ? html`<th scope="col" class="operator">=</th>` : nothing}
          ${times ? html`<th scope="col">times</th>` : nothing}
          <th scope="col">after</th>
        </tr>
      </thead>
      ${shown.map((group) => this.group(group, place(all, group) === 0, { times, counts: step.counts }))}
      ${this.rest(all, shown)}
    </table>`;
  }

  /** Whether the model goes down a gradient, with a learning rate beside each number. */
  private get descends(): boolean {
    return learningRate(this.entry, this.settings) !== undefined;
  }

  private rule({ parameter }: Group): Rule | undefined {
    return ruleFor(rulesOf(this.entry, this.settings), this.parameters[parameter]?.name);
  }

  private group(group: Group, first: boolean, has: Columns): TemplateResult {
    const { parameter, updates } = group;
    const own = this.parameters[parameter];
    const rule = this.rule(group);
    const { counts, times } = has;
    const wide = (this.descends ? 6 : times ? 5 : 4) - (counts ? 1 : 0);
    const factor = times ? multiplies(rule) : undefined;
    const gamma = rateOf(this.entry, this.settings, rule);
    const shown = this.whole ? updates : updates.slice(0, FIRST_COMPONENTS);
    const more = updates.length - shown.length;
    return html`<tbody class="of-${kindOf(own?.axis)}-rows">
      ${
        first && rule
          ? html`<tr class="rule">
              <th colspan=${wide} scope="rowgroup">${tex(rule.latex)}</th>
            </tr>`
          : nothing
      }
      ${shown.map((update, n) => this.row(update, n === 0, { gamma, factor, counts }))}
      ${
        more > 0
          ? html`<tr>
              <td colspan=${wide} class="help">and ${more} more of them</td>
            </tr>`
          : nothing
      }
    </tbody>`;
  }

  private row(
    update: Update,
    first: boolean,
    { counts, factor, gamma }: RowContext,
  ): TemplateResult {
    const { after, before, column, gradient, parameter, row } = update;
    const film = filmOf(this.parameters, this.items, update, first);
    return html`<tr>
      <th scope="row">
        ${tex(indexed(this.parameters, parameter, row, column))}
        ${film === undefined ? nothing : html`<span class="whose">${film}</span>`}
      </th>
      <td>${steady(before)}</td>
      ${gamma === undefined ? nothing : html`<td class="operator">− ${plain(gamma, 6)} ·</td>`}
      ${counts ? nothing : html`<td>${steady(gradient)}</td>`}
      ${gamma === undefined ? nothing : html`<td class="operator">=</td>`}
      ${
        factor === undefined
          ? nothing
          : html`<td>${factor && before > 0 ? `· ${steady(after / before)}` : ''}</td>`
      }
      <td class="after">${steady(after)}</td>
    </tr>`;
  }

  private rest(all: readonly Group[], shown: readonly Group[]): TemplateResult | typeof nothing {
    const more = all.length - shown.length;
    if (more === 0) return nothing;
    return html`<tbody>
      <tr>
        <td colspan="6" class="help">and ${more} more such ${more === 1 ? 'vector' : 'vectors'}</td>
      </tr>
    </tbody>`;
  }
}

/** Whether a rule only multiplies what was there. */
function multiplies(rule: Rule | undefined): boolean {
  return rule?.form === 'multiplicative';
}

/** Whose colour a parameter has: an item's bin is the item's, a user's day the user's. */
function kindOf(axis: ParameterValues['axis'] | undefined): string {
  if (axis === 'bin') return 'item';
  return axis === 'day' ? 'user' : (axis ?? 'global');
}

/** Which of its parameter's rows a group is. */
function place(all: readonly Group[], group: Group): number {
  return all.filter(({ parameter }) => parameter === group.parameter).indexOf(group);
}
