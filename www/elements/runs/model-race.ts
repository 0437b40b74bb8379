import '../maps/line-chart.ts';
import '../frame/run-link.ts';
import './seeds-table.ts';
import '../frame/split-note.ts';
import '../frame/validation-choice.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart, Entry, Epoch } from '../../../pkg/factorscope.js';
import { fixed } from '../../format.ts';
import { type Choice, CHOICES } from '../../lab/choices.ts';
import type { Line } from '../../lab/lines.ts';
import {
  AXES,
  type Measured,
  milliseconds,
  multiplications,
  type RaceAxis,
  racePoints,
  settingsText,
} from '../../lab/race.ts';
import { type Settings, settingsList } from '../../lab/registry.ts';
import { byEpoch } from '../../lab/seeds.ts';
import { chosenEpoch } from '../../lab/training.ts';
import type { Print, Setup } from '../../engine/types.ts';
import { LabView } from '../frame/lab-view.ts';
import { type Going, Job } from './job.ts';
import type { Contestant } from './seeds-table.ts';

/** One model on its way, or at its end. */
interface Runner {
  entry: Entry;
  settings: Settings;
  history: Epoch[];
  print: Print | undefined;
}

const AXIS_NAMES: Record<RaceAxis, string> = {
  epochs: 'epochs',
  operations: 'multiplications',
  time: 'milliseconds',
};
const MEASURED: Record<Measured, string> = {
  test: 'test RMSE',
  validation: 'validation RMSE',
  train: 'training RMSE',
};

/** The lab's two models, trained one after the other on the same split and drawn over one axis. */
@customElement('model-race')
export class ModelRace extends LabView {
  @state() private chart: Chart | undefined;
  private readonly job = new Job<Runner>(this, {
    key: () => JSON.stringify(this.field().map(({ setup }) => setup)),
    work: (going) => this.race(going),
    cancelled: () => 'Cancelled; what was reached is shown.',
  });
  /** What the chart is drawn of, and over what. */
  private drawn: readonly Runner[] = [];
  private way = '';

  protected override render(): TemplateResult {
    const { entry, rival } = this.lab;
    if (!rival) return html`<p class="fault" role="alert">This race has only one model.</p>`;
    const { cancel, fault, parts, running, start, told } = this.job;
    const stale = this.job.stale && parts.length > 0;
    return html`
      <section class="race" aria-label="Race of ${entry.title} and ${rival.title}">
        <details class="race-rival">
          <summary>Settings of ${rival.title}</summary>
          <p class="help">
            Both models have the same number of factors, the same seed and the same test set. Beyond
            that each starts with settings that suit it, since the same value does not mean the same
            thing to both.
          </p>
          <model-controls
            .lab=${this.lab}
            .rival=${true}
            .first=${['epochs', 'gamma', 'lambda']}
            .omitted=${['factors']}
          ></model-controls>
        </details>
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
                  Start the race
                </button>`
          }
          <progress
            aria-label="Progress of the race"
            max=${this.total()}
            .value=${this.done()}
          ></progress>
          <span class="race-told" role="status">${told}</span>
        </div>
        ${this.faultText(fault || this.fault)}
        ${
          stale
            ? html`<p class="note">
                Settings or data have changed; what is drawn is the race before.
              </p>`
            : nothing
        }
        <div class="race-switches">
          ${this.choice('Drawn against', 'axis', AXIS_NAMES, CHOICES.race.axis)}
          ${this.choice('Error', 'measured', this.errors(), CHOICES.race.error)}
        </div>
        <line-chart
          .chart=${this.chart}
          .lines=${this.lines()}
          .xName=${AXES[this.axis].label}
          label="${MEASURED[this.measured]} of both models against ${AXES[this.axis].label}"
        ></line-chart>
        ${this.results()}
        <split-note .setup=${this.lab.setup()}></split-note>
        <seeds-table
          .lab=${this.lab}
          .busy=${running}
          .contestants=${this.contestants()}
        ></seeds-table>
        <p class="help">
          The models run one after the other in one worker, so that neither takes time from the
          other. Time is that of the passes alone, on your machine and at this moment; measuring the
          errors is not counted. Multiplications are counted to the leading order and are the same
          everywhere.
        </p>
        <run-link .lab=${this.lab} .print=${stale ? undefined : parts[0]?.print}></run-link>
      </section>
    `;
  }

  protected override labChanged(): void {
    if (this.job.running && this.job.differs) this.job.cancel();
    this.requestUpdate();
    if (this.lab.linked && this.lab.rival && !this.job.started) void this.job.start();
  }

  protected override dataChanged(): void {
    this.job.clear();
  }

  protected override updated(): void {
    const way = `${this.axis} ${this.measured}`;
    const { parts } = this.job;
    if (parts === this.drawn && way === this.way) return;
    this.drawn = parts;
    this.way = way;
    void this.draw();
  }

  private get axis(): RaceAxis {
    return this.lab.chosen(CHOICES.race.axis);
  }

  private get measured(): Measured {
    const chosen = this.lab.chosen(CHOICES.race.error);
    return chosen in this.errors() ? chosen : CHOICES.race.error.start;
  }

  private choice<T extends string>(
    legend: string,
    name: string,
    options: Partial<Record<T, string>>,
    of: Choice<T>,
  ): TemplateResult {
    const group = `${this.lab.block.id}-${name}`;
    return html`
      <fieldset class="choice">
        <legend>${legend}</legend>
        ${(Object.keys(options) as T[]).map(
          (value) => html`
            <label>
              <input
                type="radio"
                name=${group}
                value=${value}
                .checked=${value === this.lab.chosen(of)}
                @change=${() => this.lab.choose(of, value)}
              />${options[value]}
            </label>
          `,
        )}
      </fieldset>
    `;
  }

  /** The errors that can be drawn. */
  private errors(): Partial<Record<Measured, string>> {
    const { validation, ...others } = MEASURED;
    return this.lab.state.validation > 0 ? MEASURED : others;
  }

  private lines(): Line[] {
    return this.job.parts.map(({ entry, history }) => ({
      name: entry.title,
      color: entry.id,
      points: racePoints(history, this.axis, this.measured),
    }));
  }

  private results(): TemplateResult {
    const { entry, rival } = this.lab;
    const columns = [entry, rival].filter((model) => model !== undefined);
    const of = (show: (runner: Runner) => string | undefined): TemplateResult[] =>
      columns.map((_model, n) => {
        const runner = this.job.parts[n];
        return html`<td>${(runner && show(runner)) || '–'}</td>`;
      });
    const last = (show: (epoch: Epoch) => string) =>
      of(({ history }) => {
        const epoch = history.at(-1);
        return epoch && show(epoch);
      });
    const chosen = (show: (epoch: Epoch) => string) =>
      of(({ history }) => {
        const epoch = chosenEpoch(history);
        return epoch && show(epoch);
      });
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Results of the race">
        <table class="numbers race-results">
          <thead>
            <tr>
              <th scope="col"><span class="visually-hidden">what</span></th>
              ${columns.map(
                ({ id, title }) =>
                  html`<th scope="col">
                    <span class="swatch swatch-${id}" aria-hidden="true"></span>${title}
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">settings</th>
              ${of((r) => settingsText(r.entry, r.settings))}
            </tr>
            <tr>
              <th scope="row">test RMSE at the end</th>
              ${last((e) => fixed(e.test.rmse, 4))}
            </tr>
            ${
              this.lab.state.validation > 0
                ? html`<tr>
                      <th scope="row">lowest validation RMSE</th>
                      ${chosen((e) => `${fixed(e.validation?.rmse, 4)} after ${e.epoch}`)}
                    </tr>
                    <tr>
                      <th scope="row">test RMSE of that epoch</th>
                      ${chosen((e) => fixed(e.test.rmse, 4))}
                    </tr>`
                : nothing
            }
            <tr>
              <th scope="row">training RMSE at the end</th>
              ${last((e) => fixed(e.train.rmse, 4))}
            </tr>
            <tr>
              <th scope="row">epochs</th>
              ${last((e) => String(e.epoch))}
            </tr>
            <tr>
              <th scope="row">multiplications</th>
              ${last((e) => multiplications(e.operations))}
            </tr>
            <tr>
              <th scope="row">milliseconds</th>
              ${last((e) => milliseconds(e.seconds))}
            </tr>
            <tr>
              <th scope="row">fingerprint</th>
              ${of(({ print }) => print?.fingerprint)}
            </tr>
          </tbody>
        </table>
      </div>
    `;
  }

  private rivalSettings(): Settings {
    const { rival, settings } = this.lab.state;
    return { ...rival, factors: settings['factors'] ?? 1 };
  }

  /** Both models with what they are trained with. */
  private field(): { entry: Entry; settings: Settings; setup: Setup }[] {
    const { entry, rival, state } = this.lab;
    const split = this.lab.setup();
    const of = (model: Entry, settings: Settings) => ({
      entry: model,
      settings,
      setup: { ...split, model: model.id, settings: settingsList(model, settings) },
    });
    return [of(entry, state.settings), ...(rival ? [of(rival, this.rivalSettings())] : [])];
  }

  private contestants(): Contestant[] {
    return this.field().map(({ entry, setup }) => ({
      name: entry.title,
      setups: [{ name: entry.title, setup }],
      outcome: ([trained]) => byEpoch(trained?.history ?? []),
    }));
  }

  private total(): number {
    const epochs = [this.lab.state.settings, this.rivalSettings()].map((s) => s['epochs'] ?? 0);
    return epochs.reduce((a, b) => a + b, 0) || 1;
  }

  private done(): number {
    return this.job.parts.reduce((sum, { history }) => sum + (history.at(-1)?.epoch ?? 0), 0);
  }

  private async race(going: Going<Runner>): Promise<string> {
    const engine = await this.lab.engine();
    for (const { entry, settings, setup } of this.field()) {
      if (going.over) return '';
      let runner: Runner = { entry, settings, history: [], print: undefined };
      going.add(runner);
      const raced = await engine.train(setup, {}, ({ epochs, history }) => {
        runner = { ...runner, history };
        going.say(`${entry.title}: epoch ${history.length - 1} of ${epochs}`);
        going.grow(runner);
      });
      going.grow({ ...runner, history: raced.history, print: raced });
      if (raced.stopped) going.warn(`${entry.title}: ${raced.stopped}`);
    }
    return 'Both have finished.';
  }

  private draw(): Promise<void> {
    return this.question(async (late) => {
      const chart = await this.lab.chart(
        AXES[this.axis].label,
        MEASURED[this.measured],
        this.lines(),
      );
      if (!late()) this.chart = chart;
    });
  }
}
