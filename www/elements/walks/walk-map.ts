import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { Item, ParameterValues, Step } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { fixed, plain, steady } from '../../format.ts';
import { component, placeKey, touched, visits } from '../../lab/step.ts';
import { tex } from '../../maths.ts';

/** Components of a vector that are shown unless all are asked for. */
export const FIRST_COMPONENTS = 6;

/** A number of a parameter by its place: one component of it for all users or all items. */
interface Strip {
  parameter: number;
  column: number;
  values: ParameterValues;
}

/**
 * Ratings and parameters in one table: to the right of each user what belongs to the user, below each
 * item what belongs to the item. What the last step visited and changed is framed.
 */
@customElement('walk-map')
export class WalkMap extends LitElement {
  @property({ attribute: false }) opened: Opened | undefined;
  @property({ attribute: false }) parameters: readonly ParameterValues[] = [];
  /** Row by row. */
  @property({ attribute: false }) predictions: Float32Array | undefined;
  @property({ attribute: false }) step: Step | undefined;
  /** Whether each cell shows its prediction too. */
  @property({ type: Boolean }) predicted = true;
  /** Whether vectors are shown with all their components. */
  @property({ type: Boolean }) whole = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { opened } = this;
    if (!opened?.cells) return nothing;
    const changed = touched(this.step);
    const ofUsers = this.strips('user');
    const ofItems = this.strips('item');
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Ratings and parameters">
        <table class="walk-map value">
          <caption class="visually-hidden">
            Ratings of each user for each item, with predictions, and all parameters
          </caption>
          <thead>
            <tr>
              <td></td>
              ${opened.items.map((item, i) => this.heading(item, i))}
              ${ofUsers.map(
                (strip, n) =>
                  html`<th scope="col" class="of-user ${n === 0 ? 'apart' : ''}">
                    ${symbol(strip)}
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${opened.users.map(
              (id, u) =>
                html`<tr>
                  <th scope="row">
                    user
                    ${u + 1}${id === String(u + 1) ? nothing : html`<small> (id ${id})</small>`}
                  </th>
                  ${opened.items.map((_item, i) => this.cell(opened, u, i))}
                  ${ofUsers.map((strip, n) => number(strip, u, changed, n === 0))}
                </tr>`,
            )}
          </tbody>
          <tbody class="of-items">
            ${ofItems.map(
              (strip, n) =>
                html`<tr class=${n === 0 ? 'apart' : ''}>
                  <th scope="row" class="of-item">${symbol(strip)}</th>
                  ${opened.items.map((_item, i) => number(strip, i, changed, false))}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  /** With its number, by which the changed numbers below name it. */
  private heading({ title, year }: Item, i: number): TemplateResult {
    const full = year === undefined ? title : `${title} (${year})`;
    const own = title === `item ${i + 1}`;
    return html`<th scope="col" class="film" title=${full}>
      ${own ? nothing : html`<span class="film-index">${i + 1}</span> `}<span>${title}</span>
    </th>`;
  }

  private cell({ cells, items }: Opened, u: number, i: number): TemplateResult {
    const at = u * items.length + i;
    const rating = cells?.[at] ?? Number.NaN;
    const known = Number.isFinite(rating);
    const visited = known && visits(this.step, u, i);
    const about = this.step && !('rating' in this.step.subject) ? subjectKind(this.step) : 'error';
    const prediction = this.predicted ? this.predictions?.[at] : undefined;
    return html`<td class="map-cell ${visited ? `touched-${about}` : ''}">
      <span class="map-rating">${known ? plain(rating, 2) : nothing}</span>
      ${
        prediction === undefined
          ? nothing
          : html`<span class="map-prediction">${steady(prediction, 2)}</span>`
      }
    </td>`;
  }

  private strips(axis: 'user' | 'item'): Strip[] {
    return this.parameters.flatMap((values, parameter) =>
      values.axis === axis
        ? Array.from(
            { length: this.whole ? values.columns : Math.min(values.columns, FIRST_COMPONENTS) },
            (_, column) => ({ parameter, column, values }),
          )
        : [],
    );
  }
}

function subjectKind({ subject }: Step): 'user' | 'item' {
  return 'user' in subject ? 'user' : 'item';
}

function symbol({ column, values }: Strip): TemplateResult {
  return tex(component(values, column));
}

function number(
  { column, parameter, values }: Strip,
  row: number,
  changed: ReadonlySet<string>,
  apart: boolean,
): TemplateResult {
  const value = values.values[row * values.columns + column] ?? Number.NaN;
  const lit = changed.has(placeKey(parameter, row, column)) ? `touched-${values.axis}` : '';
  const text = Math.abs(value) < 100 ? fixed(value, 3) : steady(value, 1);
  return html`<td class="${lit} ${apart ? 'apart' : ''}">${text}</td>`;
}
