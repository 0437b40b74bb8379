import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import { fixed, plain } from '../../format.ts';
import { type BaselineFit, objectiveOf, same } from '../../lab/baseline.ts';
import { readValue } from '../../lab/registry.ts';
import type { Table } from '../../lab/state.ts';
import { itemRatings, userRatings } from '../../lab/table.ts';
import { tex } from '../../maths.ts';
import { BaselineView, type Fits } from './baseline-view.ts';
import '../frame/run-link.ts';

const raw = String.raw;
const LAMBDA = tex(raw`\lambda_1`);
const SLIDER = { max: 10, step: 0.1 } as const;

/** A bias by both ways, for a line of the table. */
interface Bias {
  kind: 'user' | 'item';
  index: number;
  count: number;
  means: number;
  solved: number;
}

/** The regularized least squares beside the means: biases, predictions, and what both minimize. */
@customElement('least-squares')
export class LeastSquares extends BaselineView {
  @state() private complaint = '';

  protected override render(): TemplateResult | typeof nothing {
    if (!this.lab.state.table) return nothing;
    const fits = this.isEmpty ? undefined : this.fits;
    const solved = fits?.leastSquares;
    return html`
      ${this.slider()} ${this.faultText()}
      ${
        fits && solved
          ? html`<p class="verdict" role="status">${verdict(fits, solved)}</p>
              <div class="columns">
                <div>
                  <h3>Biases</h3>
                  ${biasTable(fits, solved)}
                </div>
                <div>
                  <h3>Objective at ${LAMBDA} = <span class="value">${plain(fits.lambda)}</span></h3>
                  ${objectiveTable(fits, solved)}
                  <p class="help about-lambda">${aboutLambda(fits.lambda)}</p>
                </div>
              </div>
              <div class="columns">
                <div>
                  <h3>Predictions by means</h3>
                  ${predictionTable(fits.table, fits.means, 'means')}
                </div>
                <div>
                  <h3>Predictions by least squares</h3>
                  ${predictionTable(fits.table, solved, 'least squares')}
                </div>
              </div>`
          : html`<p class="verdict" role="status">
              ${this.isEmpty ? 'The table has no rating: there is nothing to fit.' : 'Starting the engine…'}
            </p>`
      }
      <run-link .lab=${this.lab} .print=${solved?.print}></run-link>
    `;
  }

  private slider(): TemplateResult {
    const id = `${this.lab.block.id}-lambda`;
    return html`<div class="control lambda">
      <label for=${id}>Regularization ${LAMBDA}</label>
      <input
        id=${id}
        class="number"
        type="text"
        inputmode="decimal"
        autocomplete="off"
        .value=${plain(this.lambda)}
        @change=${(event: Event) => this.type(event.target as HTMLInputElement)}
      />
      <input
        type="range"
        aria-label="lambda 1, slider"
        min="0"
        max=${SLIDER.max}
        step=${SLIDER.step}
        .value=${String(this.lambda)}
        @input=${(event: Event) => this.put(Number((event.target as HTMLInputElement).value))}
      />
      ${
        this.complaint
          ? html`<span class="help of-error" role="alert">${this.complaint}</span>`
          : html`<span class="help"
              >0 fits the table as closely as biases can; a larger value pulls every bias to
              0.</span
            >`
      }
    </div>`;
  }

  private put(lambda: number): void {
    this.complaint = '';
    this.lab.set({ settings: { ...this.lab.state.settings, lambda } });
  }

  private type(input: HTMLInputElement): void {
    const h = this.lab.entry.hyperparameters.find(({ name }) => name === 'lambda');
    const value = h && readValue(h, input.value.replace(',', '.'));
    if (value !== undefined) {
      this.put(value);
      return;
    }
    const kept = plain(this.lambda);
    this.complaint = `Lambda is a number from ${h?.min ?? 0} to ${h?.max ?? 0}; it stays at ${kept}.`;
    input.value = kept;
  }
}

/** A part of the objective, with the digits that the engine's seven leave. */
function amount(value: number): string {
  return fixed(value, Math.abs(value) < 1000 ? 3 : 0);
}

function verdict({ lambda, means, table }: Fits, solved: BaselineFit): TemplateResult {
  const [plainWay, best] = [objectiveOf(means, table, lambda), objectiveOf(solved, table, lambda)];
  const numbers = html`<strong class="value">${amount(best.total)}</strong> by least squares,
    <strong class="value">${amount(plainWay.total)}</strong> by means.`;
  return same(best.total, plainWay.total)
    ? html`The objective is ${numbers} Here the means are a minimum as well: no other biases do
      better.`
    : html`The objective is ${numbers} Least squares is lower, as it must be: it is the minimum, and
      no other biases do better.`;
}

function aboutLambda(lambda: number): TemplateResult {
  return lambda === 0
    ? html`At ${LAMBDA} = 0 the minimum is not unique: add a constant to every ${tex('b_u')}, take
      it from every ${tex('b_i')}, and no prediction changes. The engine begins with all biases at 0
      and solves for the items first; it shows the minimum that this leads to.`
    : html`For any ${LAMBDA} above 0 there is exactly one minimum, and it does not matter where the
      engine begins. At 0 there would be many.`;
}

function biasesOf({ means, table }: Fits, solved: BaselineFit): Bias[] {
  const users = means.b_u.map((bias, u): Bias => ({
    kind: 'user',
    index: u,
    count: userRatings(table, u).length,
    means: bias,
    solved: solved.b_u[u] ?? Number.NaN,
  }));
  const items = means.b_i.map((bias, i): Bias => ({
    kind: 'item',
    index: i,
    count: itemRatings(table, i).length,
    means: bias,
    solved: solved.b_i[i] ?? Number.NaN,
  }));
  return [...users, ...items];
}

function biasTable(fits: Fits, solved: BaselineFit): TemplateResult {
  const biases = biasesOf(fits, solved);
  // The scale is that of the means alone: dots move with lambda, the axis does not.
  const most = Math.max(...biases.map(({ means }) => Math.abs(means)), 1e-3) * 1.25;
  return html`<div class="table-scroll">
    <table class="numbers biases">
      <thead>
        <tr>
          <td></td>
          <th scope="col">ratings</th>
          <th scope="col"><span class="dot dot-means" aria-hidden="true"></span> means</th>
          <th scope="col"><span class="dot dot-solved" aria-hidden="true"></span> least sq.</th>
          <td class="axis"></td>
        </tr>
      </thead>
      <tbody>
        ${biases.map(
          ({ count, index, kind, means, solved: own }) =>
            html`<tr>
              <th scope="row" class="of-${kind}">
                ${tex(kind === 'user' ? 'b_u' : 'b_i')} of ${kind} ${index + 1}
              </th>
              <td>${count}</td>
              <td>${fixed(means)}</td>
              <td>${fixed(own)}</td>
              <td class="axis">${dots(kind, means / most, own / most)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Two dots on a line from -1 to 1: hollow for the mean, filled for the least squares. */
function dots(kind: Bias['kind'], means: number, solved: number): TemplateResult {
  const at = (value: number): number => 60 + 56 * Math.max(-1, Math.min(1, value));
  return html`<svg class="dots dots-${kind}" viewBox="0 0 120 16" aria-hidden="true">
    <line class="zero" x1="60" x2="60" y1="0" y2="16"></line>
    <line class="pull" x1=${at(means)} x2=${at(solved)} y1="8" y2="8"></line>
    <circle class="hollow" cx=${at(means)} cy="8" r="4"></circle>
    <circle class="filled" cx=${at(solved)} cy="8" r="4"></circle>
  </svg>`;
}

function objectiveTable({ lambda, means, table }: Fits, solved: BaselineFit): TemplateResult {
  const [byMeans, best] = [objectiveOf(means, table, lambda), objectiveOf(solved, table, lambda)];
  const line = (
    name: TemplateResult,
    part: 'errors' | 'penalty' | 'total' | 'meanRest',
  ): TemplateResult =>
    html`<tr class=${part}>
      <th scope="row">${name}</th>
      <td>${amount(byMeans[part])}</td>
      <td>${amount(best[part])}</td>
    </tr>`;
  return html`<div class="table-scroll">
    <table class="numbers objective">
      <thead>
        <tr>
          <td></td>
          <th scope="col">means</th>
          <th scope="col">least sq.</th>
        </tr>
      </thead>
      <tbody>
        ${line(html`squared errors ${tex(raw`\sum e_{ui}^2`)}`, 'errors')}
        ${line(html`penalty ${tex(raw`\lambda_1 (\sum b_u^2 + \sum b_i^2)`)}`, 'penalty')}
        ${line(html`objective`, 'total')} ${line(html`mean error ${tex(raw`e_{ui}`)}`, 'meanRest')}
      </tbody>
    </table>
  </div>`;
}

function predictionTable(table: Table, fit: BaselineFit, name: string): TemplateResult {
  const rows = Array.from({ length: table.users }, (_, u) =>
    fit.predictions.slice(u * table.items, (u + 1) * table.items),
  );
  return html`<div class="table-scroll">
    <table class="numbers predictions">
      <caption class="visually-hidden">
        Predictions by ${name}; below a known rating's prediction stands the rating.
      </caption>
      <thead>
        <tr>
          <td></td>
          ${rows[0]?.map((_, i) => html`<th scope="col" class="of-item">item ${i + 1}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row, u) =>
            html`<tr>
              <th scope="row" class="of-user">user ${u + 1}</th>
              ${row.map((prediction, i) => {
                const given = table.cells[u * table.items + i] ?? null;
                return html`<td class=${given === null ? 'unknown' : ''}>
                  ${fixed(prediction)}
                  <span class="given">${given === null ? '\u00A0' : `given ${plain(given)}`}</span>
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
