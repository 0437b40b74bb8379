import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';

import type { Chart } from '../../../pkg/factorscope.js';
import { fixed, steady } from '../../format.ts';
import { type Line, place, tableRows } from '../../lab/lines.ts';

const MOST_ROWS = 40;

/** A chart drawn by the engine, with a legend, a read-out under the pointer, and a table of its values. */
@customElement('line-chart')
export class LineChart extends LitElement {
  @property({ attribute: false }) chart: Chart | undefined;
  @property({ attribute: false }) lines: readonly Line[] = [];
  /** What the chart shows, for those who do not see it. */
  @property() label = '';
  @property() xName = 'epoch';
  @property({ type: Number }) digits = 4;
  /** How a horizontal value is written. */
  @property({ attribute: false }) xText: (x: number) => string = place;
  @state() private at: number | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`
      <figure class="chart">
        <ul class="legend">
          ${this.lines.map(
            ({ color, name, points }) => html`
              <li>
                <span class="swatch swatch-${color}" aria-hidden="true"></span>${name}
                <output class="value">${this.value(points)}</output>
              </li>
            `,
          )}
          <li class="legend-x">${this.xName} <output class="value">${this.position()}</output></li>
        </ul>
        <div
          class="chart-plot"
          role="img"
          aria-label=${this.label}
          @pointermove=${this.point}
          @pointerleave=${() => (this.at = undefined)}
        >
          ${
            this.chart
              ? html`${unsafeHTML(this.chart.svg)}${this.cursor(this.chart)}`
              : html`<p class="chart-empty">Nothing to draw yet.</p>`
          }
        </div>
        ${this.table()}
      </figure>
    `;
  }

  private cursor(chart: Chart): TemplateResult | typeof nothing {
    if (this.at === undefined) return nothing;
    const [left, top, right, bottom] = chart.plot;
    const x = left + ((this.at - chart.x[0]) / (chart.x[1] - chart.x[0])) * (right - left);
    return html`<svg
      class="cursor"
      viewBox="0 0 ${chart.size[0]} ${chart.size[1]}"
      aria-hidden="true"
    >
      <line x1=${x} x2=${x} y1=${top} y2=${bottom}></line>
    </svg>`;
  }

  /** The horizontal value under the pointer, on the nearest point of the longest line. */
  private point(event: PointerEvent): void {
    const { chart } = this;
    const target = event.currentTarget;
    if (!chart || !(target instanceof HTMLElement)) return;
    const box = target.getBoundingClientRect();
    const [left, , right] = chart.plot;
    const pixel = ((event.clientX - box.left) / box.width) * chart.size[0];
    const x = chart.x[0] + ((pixel - left) / (right - left)) * (chart.x[1] - chart.x[0]);
    const all = this.lines.flatMap(({ points }) => points.map(([at]) => at));
    if (all.length === 0) return;
    this.at = all.reduce((best, at) => (Math.abs(at - x) < Math.abs(best - x) ? at : best));
  }

  private value(points: Line['points']): string {
    const finite = points.filter(([, y]) => Number.isFinite(y));
    const { at } = this;
    const shown =
      at === undefined ? finite.at(-1) : (finite.filter(([x]) => x <= at).at(-1) ?? finite[0]);
    return shown ? this.yText(shown[1]) : '–';
  }

  /** What has exploded is told by its size. */
  private yText(y: number): string {
    return Math.abs(y) < 1e9 ? fixed(y, this.digits) : steady(y);
  }

  private position(): string {
    const last = Math.max(...this.lines.flatMap(({ points }) => points.at(-1)?.[0] ?? []));
    return this.xText(this.at ?? (Number.isFinite(last) ? last : 0));
  }

  /** At most forty rows: a long line is thinned, and says so. */
  private table(): TemplateResult | typeof nothing {
    const all = tableRows(this.lines);
    if (all.length < 2) return nothing;
    const every = Math.ceil(all.length / MOST_ROWS);
    const rows = all.filter((_row, n) => n % every === 0);
    return html`
      <details class="chart-table">
        <summary>The values as a table${every > 1 ? ` (one row in ${every})` : ''}</summary>
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">${this.xName}</th>
                ${this.lines.map(({ name }) => html`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                ({ x, values }) => html`
                  <tr>
                    <th scope="row">${this.xText(x)}</th>
                    ${values.map((y) => html`<td>${y === undefined ? '' : this.yText(y)}</td>`)}
                  </tr>
                `,
              )}
            </tbody>
          </table>
        </div>
      </details>
    `;
  }
}
