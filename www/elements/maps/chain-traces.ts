import './line-chart.ts';

import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chain, Chart } from '../../../pkg/factorscope.js';
import { CHOICES } from '../../lab/choices.ts';
import type { Line } from '../../lab/lines.ts';
import { LabView } from '../frame/lab-view.ts';

const TRACES = {
  rmse: 'test RMSE',
  means: 'lengths of the means',
  rating: 'the chosen rating',
  alpha: 'precision alpha',
} as const;
type Trace = keyof typeof TRACES;
const { trace } = CHOICES.traces;

/** How a chain of draws went: one value a sweep. */
@customElement('chain-traces')
export class ChainTraces extends LabView {
  @state() private chain: Chain | undefined;
  @state() private draws: readonly number[] = [];
  @state() private chart: Chart | undefined;

  protected override readonly computes = false;

  /** On the toy nothing is held back, so that there is no error to begin with. */
  private get trace(): Trace {
    const tested = this.lab.block.data !== 'toy';
    return this.lab.chosen(trace) ?? (tested ? 'rmse' : 'means');
  }

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override labChanged(): void {
    this.requestUpdate();
    void this.ask();
  }

  protected override dataChanged(): void {
    this.chain = undefined;
    this.chart = undefined;
  }

  protected override render(): TemplateResult {
    const group = `${this.lab.block.id}-trace`;
    const tested = this.lab.block.data !== 'toy';
    const names = (Object.keys(TRACES) as Trace[]).filter((name) => tested || name !== 'rmse');
    return html`
      <section class="chain-traces" aria-label="Traces of the chain">
        <fieldset class="choice">
          <legend>Draw by draw</legend>
          ${names.map(
            (name) => html`
              <label>
                <input
                  type="radio"
                  name=${group}
                  value=${name}
                  .checked=${name === this.trace}
                  @change=${() => this.lab.choose(trace, name)}
                />${TRACES[name]}
              </label>
            `,
          )}
        </fieldset>
        ${this.faultText()}
        <line-chart
          .chart=${this.chart}
          .lines=${this.lines()}
          xName="kept draw"
          label="${TRACES[this.trace]} over the kept draws"
        ></line-chart>
      </section>
    `;
  }

  private lines(): Line[] {
    const { chain } = this;
    if (!chain) return [];
    const line = (name: string, token: string, values: readonly number[]): Line => ({
      name,
      color: token,
      points: values.map((value, n) => [n + 1, value]),
    });
    const means = this.draws.map((_, n) => {
      const some = this.draws.slice(0, n + 1);
      return some.reduce((sum, x) => sum + x, 0) / some.length;
    });
    const lines: Record<Trace, Line[]> = {
      rmse: [
        line('one draw', 'train', chain.single),
        line('average so far', 'test', chain.average),
      ],
      means: [line('|μ_P|', 'user', chain.mean_p), line('|μ_Q|', 'item', chain.mean_q)],
      rating: [line('one draw', 'train', this.draws), line('average so far', 'test', means)],
      alpha: [line('α', 'user', chain.alpha)],
    };
    return lines[this.trace];
  }

  private async ask(): Promise<void> {
    if (!this.lab.result) {
      this.chain = undefined;
      this.chart = undefined;
      return;
    }
    await this.question(async (late) => {
      const opened = await this.lab.opened();
      const { cell, user } = this.lab.state;
      const chosen = this.lab.block.data === 'toy' ? cell.u : user;
      const u = Math.min(chosen, opened.users.length - 1);
      const film = this.lab.block.data === 'toy' ? cell.i : this.lab.chosen(CHOICES.posterior.film);
      const i = Math.min(film, opened.items.length - 1);
      const chain = await this.lab.ask('draws', 'chain');
      const { draws } = await this.lab.ask('draws', 'posterior', u, i);
      if (late()) return;
      this.chain = chain;
      this.draws = draws;
      const chart = await this.lab.chart('kept draw', TRACES[this.trace], this.lines());
      if (!late()) this.chart = chart;
    });
  }
}
