import '../maps/line-chart.ts';
import '../frame/run-link.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart, ParameterValues, Step } from '../../../pkg/factorscope.js';
import type { Fit, Opened } from '../../engine/types.ts';
import { fixed, plain, steady } from '../../format.ts';
import type { Line } from '../../lab/lines.ts';
import {
  compareUpdates,
  type Difference,
  indexed,
  learningRate,
  predicted,
  ratingOf,
  ruleText,
} from '../../lab/step.ts';
import { tex } from '../../maths.ts';
import { near } from '../../near.ts';
import { LabView } from '../frame/lab-view.ts';

/** The two ways to update, as the hyperparameter `update` names them. */
const WAYS = ['simultaneous', 'sequential'] as const;
const COLORS = ['svd', 'error'] as const;
/** The name of the walk in the engine. Its chart, of one step, is not shown. */
const WALK = 'order';
const COLOR = new Uint8Array(3);
/** Components of the vector that are compared in the table. */
const SHOWN = 6;

/** What both ways came to on the same data from the same start values. */
interface Compared {
  opened: Opened;
  steps: [Step, Step] | undefined;
  parameters: ParameterValues[];
  fits: [Fit, Fit];
  chart: Chart | undefined;
}

/** Whether q_i learns from the p_u before the step or from the new one, side by side. */
@customElement('update-order')
export class UpdateOrder extends LabView {
  @state() private compared: Compared | undefined;

  /** Whether it has been near the screen: before that nothing is computed. */
  private seen = false;

  protected override firstUpdated(): void {
    void near(this).then(() => {
      this.seen = true;
      this.changed();
    });
  }

  protected override labChanged(): void {
    if (this.seen || this.lab.linked) void this.compare();
  }

  private compare(): Promise<void> {
    return this.question(async (late) => {
      const compared = await this.compute();
      if (!late()) this.compared = compared;
    });
  }

  private async compute(): Promise<Compared> {
    const { lab } = this;
    const [one, other] = [lab.setupWith({ update: WAYS[0] }), lab.setupWith({ update: WAYS[1] })];
    const passes = this.epochs();
    const engine = await lab.engine();
    const opened = await lab.opened();
    const [first, second] = [
      await engine.walk(WALK, one, 1, COLOR, 'rmse'),
      await engine.walk(WALK, other, 1, COLOR, 'rmse'),
    ];
    const fits: [Fit, Fit] = [await engine.fit(one, passes), await engine.fit(other, passes)];
    const chart = await lab.chart('epoch', 'RMSE', lines(fits));
    const steps: [Step, Step] | undefined =
      first.step && second.step ? [first.step, second.step] : undefined;
    return { opened, steps, parameters: first.parameters, fits, chart };
  }

  private epochs(): number {
    const epochs = this.lab.entry.hyperparameters.find(({ name }) => name === 'epochs');
    return this.lab.state.settings['epochs'] ?? epochs?.default ?? 20;
  }

  protected override render(): TemplateResult {
    const { compared, lab } = this;
    const gamma = learningRate(lab.entry, lab.state.settings) ?? 0;
    return html`
      <div class="update-order">
        ${this.faultText()}
        <section>
          <h4>The first step, both ways</h4>
          ${
            compared?.steps
              ? this.firstStep(compared, compared.steps, gamma)
              : html`<p class="help">
                  ${compared ? 'There is no rating to learn from.' : 'The numbers of both ways appear here.'}
                </p>`
          }
        </section>
        <section>
          <h4>The whole training, both ways</h4>
          <line-chart
            .chart=${compared?.chart}
            .lines=${lines(compared?.fits ?? [])}
            label="RMSE over all known ratings after each epoch, for both ways to update"
          ></line-chart>
          <p role="status" class="value">${compared ? conclusion(compared.fits) : ' '}</p>
        </section>
        <run-link .lab=${lab} .print=${compared?.fits[0]}></run-link>
        <p class="help">The fingerprint is that of the simultaneous training.</p>
      </div>
    `;
  }

  private firstStep(
    { opened, parameters }: Compared,
    steps: [Step, Step],
    gamma: number,
  ): TemplateResult {
    const rating = ratingOf(steps[0]);
    const error = (rating?.r ?? Number.NaN) - predicted(steps[0]);
    const all = compareUpdates(steps[0], steps[1], parameters);
    const shown = all.slice(0, SHOWN);
    const largest = Math.max(0, ...all.map(({ one, other }) => Math.abs(other.after - one.after)));
    return html`
      <p class="value">
        User ${(rating?.u ?? 0) + 1}, ${opened.items[rating?.i ?? 0]?.title}, ${tex('r_{ui}')} =
        ${plain(rating?.r ?? 0, 2)}: the error before the step is ${tex('e_{ui}')} =
        ${steady(error)}, both ways. The biases and ${tex('p_u')} come out the same. Then
        ${tex('q_i')}:
      </p>
      <div
        class="table-scroll"
        tabindex="0"
        role="group"
        aria-label="The new item vector both ways"
      >
        <table class="orders value">
          <caption class="visually-hidden">
            Each component of the item vector after the first step, both ways
          </caption>
          <thead>
            <tr>
              <td></td>
              <th scope="col">simultaneous: from the old ${tex('p_u')}</th>
              <th scope="col">sequential: from the new ${tex('p_u')}</th>
              <th scope="col">difference</th>
              <th scope="col">
                ${tex(String.raw`\gamma\, e_{ui}\,(p_u^{\text{new}} - p_u^{\text{old}})`)}
              </th>
            </tr>
          </thead>
          <tbody>
            ${shown.map((difference) => this.row(difference, error, gamma, parameters))}
          </tbody>
        </table>
      </div>
      <p class="help value">
        ${all.length > shown.length ? `Shown are the first ${shown.length} of ${all.length} components. ` : nothing}
        ${
          largest === 0
            ? 'Nothing differs here: the user’s vector does not change in this step.'
            : `The largest difference is ${fixed(largest, 6)}.`
        }
      </p>
    `;
  }

  private row(
    { one, other, partner }: Difference,
    error: number,
    gamma: number,
    parameters: readonly ParameterValues[],
  ): TemplateResult {
    const expected = gamma * error * (partner.after - partner.before);
    return html`<tr>
      <th scope="row" class="of-item">
        ${tex(indexed(parameters, one.parameter, one.row, one.column))}
      </th>
      <td>${ruleText(one, gamma)}</td>
      <td>${ruleText(other, gamma)}</td>
      <td><strong>${fixed(other.after - one.after, 6)}</strong></td>
      <td>${fixed(expected, 6)}</td>
    </tr>`;
  }
}

function lines(fits: readonly Fit[]): Line[] {
  return WAYS.map((name, n) => ({
    name,
    color: COLORS[n] ?? 'svd',
    points:
      fits[n]?.history.map(({ epoch, train }) => [epoch, train.rmse ?? Number.NaN] as const) ?? [],
  }));
}

/** What the numbers say, and no more. */
function conclusion([one, other]: [Fit, Fit]): string {
  const last = Math.min(one.history.length, other.history.length) - 1;
  const early = [one, other].map(({ stopped }) => stopped).find((stopped) => stopped !== undefined);
  if (early !== undefined) return early;
  const gap = (n: number): number =>
    (other.history[n]?.train.rmse ?? Number.NaN) - (one.history[n]?.train.rmse ?? Number.NaN);
  const gaps = Array.from({ length: last + 1 }, (_, n) => Math.abs(gap(n)));
  const widest = gaps.indexOf(Math.max(...gaps));
  const end = (fit: Fit): string => fixed(fit.history[last]?.train.rmse, 4);
  return (
    `After ${last} epochs the RMSE is ${end(one)} simultaneously and ${end(other)} sequentially.` +
    ` The two lines are furthest apart after epoch ${widest}, by ${fixed(gaps[widest] ?? 0, 4)}.`
  );
}
