import './line-chart.ts';

import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart } from '../../../pkg/factorscope.js';
import { fixed } from '../../format.ts';
import type { Line } from '../../lab/lines.ts';
import { products, triples } from '../../lab/spectrum.ts';
import { LabView } from '../frame/lab-view.ts';

/** The spectrum of a trained decomposition: its singular values one after the other. */
@customElement('singular-values')
export class SingularValues extends LabView {
  @state() private lines: readonly Line[] = [];
  @state() private chart: Chart | undefined;
  /** The largest product of two different columns, of users and of items. */
  @state() private crossed: number | undefined;
  protected override modelChanged(): void {
    void this.ask();
  }

  protected override dataChanged(): void {
    this.lines = [];
    this.chart = undefined;
    this.crossed = undefined;
  }

  private async ask(): Promise<void> {
    if (!this.lab.result) return;
    await this.question(async (late) => {
      const found = triples(await this.lab.ask('run', 'parameters'));
      if (!found) throw new Error('this model has no singular values');
      const line = (name: string, from: number, which: 'svd' | 'item'): Line => ({
        name,
        color: which,
        points: found.sigma.slice(from).map((s, k): [number, number] => [k + from + 1, s]),
      });
      // The first is so much larger that the others would lie flat on the axis.
      const lines = [line('singular values from the second on', 1, 'svd')];
      const chart = await this.lab.chart('k', 'singular value', lines);
      if (late()) return;
      this.lines = [line('the first', 0, 'item'), ...lines].map((one, n) =>
        n === 0 ? { ...one, points: one.points.slice(0, 1) } : one,
      );
      this.chart = chart;
      const off = [found.p, found.q].flatMap((side) =>
        products(side, found.sigma.length).flatMap((row, k) => row.filter((_, l) => l !== k)),
      );
      this.crossed = Math.max(0, ...off.map(Math.abs));
    });
  }

  protected override render(): TemplateResult {
    return html`
      <section class="spectrum" aria-label="Singular values">
        ${this.faultText()}
        <line-chart
          .chart=${this.chart}
          .lines=${this.lines}
          .xName=${'k'}
          .digits=${2}
          label="The singular values from the second on"
        ></line-chart>
        <p class="help">
          ${
            this.crossed === undefined
              ? 'The singular values of the model above stand here once it is trained.'
              : html`The first is ${fixed(this.lines[0]?.points[0]?.[1] ?? Number.NaN, 1)} and would
                not fit on this chart. Two different columns, of users or of items, have a product
                of at most ${this.crossed.toExponential(0)}: zero, but for rounding.`
          }
        </p>
      </section>
    `;
  }
}
