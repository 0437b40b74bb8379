import '../maps/line-chart.ts';
import '../frame/run-link.ts';

import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart } from '../../../pkg/factorscope.js';
import type { Fit, Opened } from '../../engine/types.ts';
import { fixed, plain } from '../../format.ts';
import type { Line } from '../../lab/lines.ts';
import {
  approximation,
  cutOff,
  filled,
  products,
  shade,
  squares,
  type Triples,
  triples,
} from '../../lab/spectrum.ts';
import { tex } from '../../maths.ts';
import { near } from '../../near.ts';
import { LabView } from '../frame/lab-view.ts';

/** With as many triples as there are rows, one pass finds them all; the others take the rounding away. */
const PASSES = 3;
const LEVELS = 5;
const CROSSED = 4;

interface Decomposed {
  opened: Opened;
  fit: Fit;
  all: Triples;
  /** The filled matrix, row by row. */
  matrix: number[];
  /** The chart of the singular values, and of the errors over f. */
  spectrum: Chart | undefined;
  errors: Chart | undefined;
  lines: { spectrum: Line[]; errors: Line[] };
}

/** A small filled matrix, the sum of its first f triples, and what is left: Eckart and Young in numbers. */
@customElement('svd-matrix')
export class SvdMatrix extends LabView {
  @state() private shown: Decomposed | undefined;
  /** What the decomposition shown was made of. */
  private made = '';
  private dataVersion = 0;
  /** Whether it has been near the screen: before that nothing is fetched. */
  private seen = false;

  protected override dataChanged(): void {
    this.dataVersion++;
    this.shown = undefined;
  }

  protected override firstUpdated(): void {
    void near(this).then(() => {
      this.seen = true;
      this.changed();
    });
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.seen || this.lab.linked) void this.decompose();
  }

  /** All triples are computed once; f only chooses how many are summed up. */
  private decompose(): Promise<void> {
    return this.question(async (late) => {
      const opened = await this.lab.opened();
      if (!opened.cells) throw new Error('this data is too large to be shown cell by cell');
      const factors = Math.min(opened.users.length, opened.items.length);
      const setup = this.lab.setupWith({ factors, refill: 'no', lambda: 0 });
      const made = JSON.stringify([this.dataVersion, setup]);
      if (made === this.made && this.shown) return;
      const engine = await this.lab.engine();
      const fit = await engine.fit(setup, PASSES);
      const all = triples(fit.parameters);
      if (!all) throw new Error('this model has no singular values');
      const matrix = filled(opened.cells, fit.parameters, opened.items.length);
      const lines = curves(all, matrix, opened.cells);
      const spectrum = await this.lab.chart('k', 'singular value', lines.spectrum);
      const errors = await this.lab.chart('f', 'RMSE', lines.errors);
      if (late()) return;
      this.shown = { opened, fit, all, matrix, spectrum, errors, lines };
      this.made = made;
    });
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    return html`
      <section class="decomposition" aria-label="The matrix and its approximation">
        ${this.faultText()} ${shown ? this.parts(shown) : html`<p class="help">Decomposing …</p>`}
        <run-link .lab=${this.lab} .print=${shown?.fit}></run-link>
      </section>
    `;
  }

  private parts(shown: Decomposed): TemplateResult {
    const { all, matrix, opened } = shown;
    const most = all.sigma.length;
    const f = Math.min(Math.max(this.lab.state.settings['factors'] ?? 1, 1), most);
    const close = approximation(all, f);
    const rest = matrix.map((x, at) => x - (close[at] ?? 0));
    const cells = opened.cells ?? new Float32Array();
    const known = (at: number): boolean => Number.isFinite(cells[at]);
    const left = squares(matrix, close);
    const promised = cutOff(all.sigma, f);
    return html`
      <div class="decomposition-rank">
        <label for="${this.lab.block.id}-rank">
          Triples summed up, ${tex('f')} = <output class="value">${f}</output> of ${most}
        </label>
        <input
          id="${this.lab.block.id}-rank"
          type="range"
          min="1"
          max=${most}
          step="1"
          .value=${String(f)}
          @input=${(event: Event) =>
            this.lab.set({
              settings: {
                ...this.lab.state.settings,
                factors: Number((event.target as HTMLInputElement).value),
              },
            })}
        />
      </div>
      <div class="decomposition-tables">
        ${this.grid('The filled matrix', matrix, opened, known, 1)}
        ${this.grid(`The sum of ${f} ${f === 1 ? 'triple' : 'triples'}`, close, opened, known, 1)}
        ${this.grid('What is left', rest, opened, known, 2)}
      </div>
      <p class="help">
        Bold on a frame: ratings. Plain: cells that the fill has written. In the third table, the
        more colour a cell has, the larger the difference. The films:
        ${opened.items.map(({ title }, i) => `${i + 1} ${title}`).join(', ')}.
      </p>
      <table class="numbers value decomposition-sums">
        <caption>
          Eckart and Young in numbers
        </caption>
        <tbody>
          <tr>
            <th scope="row">squared differences of the two tables, added up</th>
            <td>${fixed(left, 4)}</td>
          </tr>
          <tr>
            <th scope="row">
              squares of the singular values left out, ${tex(String.raw`\sum_{k>f} \sigma_k^2`)}
            </th>
            <td>${fixed(promised, 4)}</td>
          </tr>
        </tbody>
      </table>
      <div class="decomposition-charts">
        <div>
          <h4>The spectrum</h4>
          <line-chart
            .chart=${shown.spectrum}
            .lines=${shown.lines.spectrum}
            .xName=${'k'}
            .digits=${3}
            label="The singular values, largest first"
          ></line-chart>
        </div>
        <div>
          <h4>The error over f</h4>
          <line-chart
            .chart=${shown.errors}
            .lines=${shown.lines.errors}
            .xName=${'f'}
            .digits=${3}
            label="Error over the number of triples, over all cells and over the ratings alone"
          ></line-chart>
        </div>
      </div>
      <h4>Orthonormal columns</h4>
      <p class="help">
        Each column times each column, of the first ${Math.min(CROSSED, most)}: 1 with itself, 0
        with any other.
      </p>
      <div class="decomposition-tables">
        ${this.crossed('users', String.raw`P^\top P`, products(all.p, CROSSED))}
        ${this.crossed('items', String.raw`Q^\top Q`, products(all.q, CROSSED))}
      </div>
    `;
  }

  private grid(
    caption: string,
    values: readonly number[],
    { items, users }: Opened,
    known: (at: number) => boolean,
    digits: number,
  ): TemplateResult {
    const difference = digits > 1;
    // At least one star, so that rounding at full rank does not look like a difference.
    const largest = Math.max(1, ...values.map(Math.abs));
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label=${caption}>
        <table class="numbers value decomposition-grid">
          <caption>
            ${caption}
          </caption>
          <thead>
            <tr>
              <td></td>
              ${items.map(
                ({ title }, i) =>
                  html`<th scope="col" class="of-item" title=${title}>
                    ${i + 1}<span class="visually-hidden"> ${title}</span>
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${users.map(
              (_id, u) => html`
                <tr>
                  <th scope="row" class="of-user">
                    <span class="visually-hidden">user </span>${u + 1}
                  </th>
                  ${items.map((_item, i) => {
                    const at = u * items.length + i;
                    const value = values[at] ?? Number.NaN;
                    const level = difference ? shade(value, largest, LEVELS) : 0;
                    return html`<td class="${known(at) ? 'known' : ''} shade-${level}">
                      ${fixed(value, digits)}
                    </td>`;
                  })}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  private crossed(whose: string, formula: string, rows: readonly number[][]): TemplateResult {
    return html`
      <table class="numbers value decomposition-crossed">
        <caption>
          ${whose}: ${tex(formula)}
        </caption>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((value) => html`<td>${plainOrZero(value)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    `;
  }
}

function plainOrZero(value: number): string {
  return plain(Math.round(value * 1e4) / 1e4, 4);
}

/** The spectrum, and the errors of every approximation: over all cells and over the ratings alone. */
function curves(
  all: Triples,
  matrix: readonly number[],
  cells: Float32Array,
): { spectrum: Line[]; errors: Line[] } {
  const known = (at: number): boolean => Number.isFinite(cells[at]);
  const ratings = [...cells].filter(Number.isFinite).length;
  const steps = all.sigma.map((_, k) => k + 1);
  const over = (of: (close: number[]) => number): [number, number][] =>
    steps.map((f) => [f, of(approximation(all, f))]);
  return {
    spectrum: [
      {
        name: 'singular values',
        color: 'svd',
        points: all.sigma.map((s, k): [number, number] => [k + 1, s]),
      },
    ],
    errors: [
      {
        name: 'all cells',
        color: 'svd',
        points: over((close) => Math.sqrt(squares(matrix, close) / matrix.length)),
      },
      {
        name: 'ratings alone',
        color: 'item',
        points: over((close) => Math.sqrt(squares(matrix, close, known) / Math.max(ratings, 1))),
      },
    ],
  };
}
