import '../maps/line-chart.ts';
import '../frame/run-link.ts';
import './seeds-table.ts';
import '../frame/split-note.ts';
import '../frame/validation-choice.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart, Hyperparameter } from '../../../pkg/factorscope.js';
import type { Session } from '../../engine/session.ts';
import type { Fit, Print, Trained } from '../../engine/types.ts';
import { fixed, plain } from '../../format.ts';
import type { Line } from '../../lab/lines.ts';
import { bySetting } from '../../lab/seeds.ts';
import { best, lambdas, logarithmic, type Swept } from '../../lab/sweep.ts';
import { PART_NAMES } from '../../lab/training.ts';
import { tex } from '../../maths.ts';
import { near } from '../../near.ts';
import { type Going, Job } from './job.ts';
import { LabView } from '../frame/lab-view.ts';
import type { Contestant } from './seeds-table.ts';

/** On the toy: from where to where, in how many steps, with how many passes. */
const TOY = { from: 0.01, to: 100, steps: 33, passes: 200 } as const;

/** The model trained with one lambda after the other: errors on large data, parameters on the toy. */
@customElement('lambda-sweep')
export class LambdaSweep extends LabView {
  @state() private lines: readonly Line[] = [];
  @state() private chart: Chart | undefined;
  @state() private print: Print | undefined;
  private readonly job = new Job<Swept>(this, {
    // Everything that decides a sweep.
    key: () => JSON.stringify(this.lab.setupWith({ lambda: 0 })),
    work: (going) => this.sweep(going),
    cancelled: () => 'Cancelled.',
  });
  /** Whether a part was held back for choosing in the sweep shown. */
  private chooses = false;
  /** Whether it has been near the screen: before that nothing is computed. */
  private seen = false;

  protected override firstUpdated(): void {
    void near(this).then(() => {
      this.seen = true;
      this.changed();
    });
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (!this.seen && !this.lab.linked) return;
    if (this.lab.state.table) void this.shrink();
    else if (this.job.running && this.job.differs) this.job.cancel();
    else if (this.lab.linked && !this.job.started) void this.job.start();
  }

  protected override dataChanged(): void {
    this.job.clear();
    this.lines = [];
    this.chart = undefined;
    this.print = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <section class="sweep" aria-label="Sweep over lambda">
        ${this.lab.state.table ? this.small() : this.large()}
        ${this.faultText(this.job.fault || this.fault)}
        <run-link .lab=${this.lab} .print=${this.print}></run-link>
      </section>
    `;
  }

  private get lambda(): Hyperparameter | undefined {
    return this.lab.entry.hyperparameters.find(({ name }) => name === 'lambda');
  }

  // --- the toy: every parameter over lambda, anew at every change ---

  private shrink(): Promise<void> {
    return this.question(async (late) => {
      const engine = await this.lab.engine();
      const fits: { lambda: number; fit: Fit }[] = [];
      for (const lambda of logarithmic(TOY.from, TOY.to, TOY.steps)) {
        const setup = this.lab.setupWith({ lambda: Number(lambda.toPrecision(4)) });
        const fit = await engine.fit(setup, TOY.passes);
        if (late()) return;
        fits.push({ lambda, fit });
      }
      const lines = biasLines(fits);
      const chart = await this.lab.chart('λ', 'value', lines, true);
      if (late()) return;
      this.lines = lines;
      this.chart = chart;
      this.print = fits.at(-1)?.fit;
    });
  }

  private small(): TemplateResult {
    return html`
      <line-chart
        class="dashed-lines"
        .chart=${this.chart}
        .lines=${this.lines}
        .xName=${'λ'}
        .xText=${lambdaText}
        .digits=${3}
        label="Every bias of the toy, and the training RMSE, over lambda on a logarithmic scale"
      ></line-chart>
      <p class="help">
        From ${tex(String.raw`\lambda = 0.01`)} on the left to ${tex(String.raw`\lambda = 100`)} on
        the right; equal steps to the right multiply ${tex(String.raw`\lambda`)} by equal factors.
        Each point is the least squares solved anew. Point at the chart to read the values.
      </p>
    `;
  }

  // --- larger data: errors over lambda, at a command ---

  private async sweep(going: Going<Swept>): Promise<string> {
    this.chooses = this.lab.setup().validation > 0;
    this.chart = undefined;
    this.print = undefined;
    if (!this.lambda) throw new Error('this model has no lambda');
    const all = lambdas(this.lambda);
    const trainings = all.map((value, n) => (engine: Session): Promise<Trained> => {
      going.say(`${n + 1} of ${all.length}: λ = ${plain(value, 5)}`);
      return engine.train(this.lab.setupWith({ lambda: value }));
    });
    await this.lab.spread(
      trainings,
      () => going.over,
      (trained, n) => {
        const last = trained.history.at(-1);
        if (trained.stopped || !last) {
          going.warn(trained.stopped ?? 'a training gave no result');
          return;
        }
        const { test, train, validation } = last;
        const held = { validation: validation?.rmse ?? Number.NaN, test: test.rmse ?? Number.NaN };
        going.add({ lambda: all[n] ?? Number.NaN, train: train.rmse ?? Number.NaN, ...held });
        this.print = n === all.length - 1 ? trained : undefined;
        void this.draw();
      },
    );
    await this.draw();
    return 'Finished.';
  }

  private draw(): Promise<void> {
    return this.question(async (late) => {
      const chart = await this.lab.chart('λ', 'RMSE', this.errorLines(), true);
      if (!late()) this.chart = chart;
    });
  }

  private errorLines(): Line[] {
    const line = (which: 'train' | 'validation' | 'test'): Line => ({
      name: `${PART_NAMES[which]} RMSE`,
      color: which,
      points: this.job.parts.map((one): [number, number] => [Math.log10(one.lambda), one[which]]),
    });
    return [line('train'), line(this.held)];
  }

  /** What the errors over lambda are measured on: what chooses, where there is such a part. */
  private get held(): 'validation' | 'test' {
    const chooses = this.job.parts.length > 0 ? this.chooses : this.lab.setup().validation > 0;
    return chooses ? 'validation' : 'test';
  }

  private contestants(): Contestant[] {
    const setups = (this.lambda ? lambdas(this.lambda) : []).map((lambda) => ({
      name: `λ = ${plain(lambda, 5)}`,
      setup: this.lab.setupWith({ lambda }),
    }));
    return [{ name: 'test RMSE of the λ chosen', setups, outcome: bySetting }];
  }

  /** The choice, and what it is worth on ratings that had no say in it. */
  private chosen(low: Swept | undefined): TemplateResult {
    let text: TemplateResult | string = this.chooses
      ? 'Nothing could be measured, so none is chosen.'
      : 'No part is held back for choosing, so none is chosen.';
    if (low) {
      text = html`Chosen by the validation error: ${tex(String.raw`\lambda`)} =
        ${plain(low.lambda, 5)}. Its test RMSE is
        <output class="sweep-test">${fixed(low.test, 4)}</output>.`;
    }
    return html`<p class="sweep-chosen" role="status">${text}</p>`;
  }

  private large(): TemplateResult {
    const { cancel, parts: swept, running, stale, start, told } = this.job;
    const low = best(swept);
    const { held } = this;
    const done = swept.length > 0 && !running;
    return html`
      <validation-choice .lab=${this.lab}></validation-choice>
      <div class="buttons">
        ${
          running
            ? html`<button type="button" @click=${cancel}>Cancel</button>`
            : html`<button
                type="button"
                class="main"
                ?disabled=${!this.lab.runnable}
                @click=${start}
              >
                Run the sweep
              </button>`
        }
        <span role="status" class="race-told">${told}</span>
      </div>
      ${
        stale
          ? html`<p class="note">The settings have changed; what is drawn is the sweep before.</p>`
          : nothing
      }
      <line-chart
        .chart=${this.chart}
        .lines=${this.errorLines()}
        .xName=${'λ'}
        .xText=${lambdaText}
        label="Training and ${PART_NAMES[held]} RMSE over lambda on a logarithmic scale"
      ></line-chart>
      <div class="table-scroll" tabindex="0" role="group" aria-label="Errors for each lambda">
        <table class="numbers value sweep-table">
          <thead>
            <tr>
              <th scope="col">${tex(String.raw`\lambda`)}</th>
              <th scope="col">training RMSE</th>
              <th scope="col">${PART_NAMES[held]} RMSE</th>
              <th scope="col" class="text"><span class="visually-hidden">remark</span></th>
            </tr>
          </thead>
          <tbody>
            ${(this.lambda ? lambdas(this.lambda) : []).map((lambda) => {
              const one = swept.find((each) => each.lambda === lambda);
              return html`<tr class=${one && one === low ? 'sweep-best' : ''}>
                <td>${plain(lambda, 5)}</td>
                <td>${one ? fixed(one.train, 4) : '–'}</td>
                <td>${one ? fixed(one[held], 4) : '–'}</td>
                <td class="text">${one && one === low && !running ? 'lowest' : ''}</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>
      ${done ? this.chosen(low) : nothing}
      <split-note .setup=${this.lab.setup()}></split-note>
      ${
        this.lab.setup().validation > 0
          ? html`<seeds-table
              .lab=${this.lab}
              .busy=${running}
              .contestants=${this.contestants()}
            ></seeds-table>`
          : nothing
      }
    `;
  }
}

/** The lambda whose logarithm is drawn. */
function lambdaText(x: number): string {
  return plain(Number((10 ** x).toPrecision(3)), 4);
}

/** Each bias as a line over lambda on a logarithmic scale, and the training error. */
function biasLines(fits: readonly { lambda: number; fit: Fit }[]): Line[] {
  const x = (lambda: number): number => Math.log10(lambda);
  const first = fits[0]?.fit.parameters ?? [];
  const lines = first.flatMap((parameter, at): Line[] => {
    if (parameter.axis === 'global' || parameter.columns !== 1) return [];
    const user = parameter.axis === 'user';
    return Array.from({ length: parameter.rows }, (_, row): Line => ({
      name: `${user ? 'user' : 'item'} ${row + 1}`,
      color: user ? 'user' : 'item',
      points: fits.map(({ fit, lambda }): [number, number] => [
        x(lambda),
        fit.parameters[at]?.values[row] ?? Number.NaN,
      ]),
    }));
  });
  const rmse: Line = {
    name: 'training RMSE',
    color: 'error',
    points: fits.map(({ fit, lambda }): [number, number] => [
      x(lambda),
      fit.history.at(-1)?.train.rmse ?? Number.NaN,
    ]),
  };
  return [...lines, rmse];
}
