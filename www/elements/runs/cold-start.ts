import '../data/data-source.ts';
import '../maps/line-chart.ts';
import '../frame/run-link.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart } from '../../../pkg/factorscope.js';
import type { Session } from '../../engine/session.ts';
import type { ColdPart, ColdSetup } from '../../engine/types.ts';
import { count, fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { KNOWN, coldCurve, worth } from '../../lab/cold.ts';
import type { Line } from '../../lab/lines.ts';
import { settingsList } from '../../lab/registry.ts';
import { sentence } from '../../sentence.ts';
import { type Going, Job } from './job.ts';
import { LabView } from '../frame/lab-view.ts';

const FOLDS = 3;
/** The trainings of a measurement: in each group, for each number of ratings, with and without. */
const TRAININGS = Array.from({ length: FOLDS }, (_, fold) =>
  KNOWN.flatMap((known) => [0, 1].map((at) => [at, fold, known] as const)),
).flat();
const TOTAL = TRAININGS.length;
const SIDES = { users: 'users', items: 'films' } as const;
type Side = keyof typeof SIDES;
const { side } = CHOICES['cold-start'];

/** Errors for those of whom little is known, with attributes and without. */
@customElement('cold-start')
export class ColdStart extends LabView {
  @state() private chart: Chart | undefined;
  /** Whether the data tells anything of users. */
  @state() private hasUsers = true;
  /** Who was cold in what is shown. */
  @state() private shown: Side = 'users';
  /** Whether it is known what the data tells. */
  private looked = false;
  private readonly job = new Job<ColdPart>(this, {
    key: () => JSON.stringify([this.lab.state.seed, this.lab.state.splitSeed, this.models]),
    work: (going) => this.measure(going),
    cancelled: () => 'Cancelled; what was measured is shown.',
  });

  protected override firstUpdated(): void {
    void this.look();
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.job.started) return;
    this.shown = this.side;
    if (this.looked && this.lab.linked) void this.job.start();
  }

  private get side(): Side {
    return this.hasUsers ? (this.lab.chosen(side) ?? 'users') : 'items';
  }

  protected override dataChanged(): void {
    this.job.clear();
    this.chart = undefined;
    this.looked = false;
    void this.look();
  }

  protected override render(): TemplateResult {
    const { data, id } = this.lab.block;
    const { cancel, fault, parts, running, stale, start, told } = this.job;
    return html`
      <section class="cold-start" aria-label="Cold start">
        ${data === 'simulation' ? nothing : html`<data-source .lab=${this.lab}></data-source>`}
        <fieldset class="choice">
          <legend>New are</legend>
          ${(Object.keys(SIDES) as Side[]).map(
            (one) =>
              html`<label>
                <input
                  type="radio"
                  name="${id}-side"
                  value=${one}
                  .checked=${one === this.side}
                  ?disabled=${running || (one === 'users' && !this.hasUsers)}
                  @change=${() => this.lab.choose(side, one)}
                />${SIDES[one]}
              </label>`,
          )}
        </fieldset>
        ${
          this.hasUsers
            ? nothing
            : html`<p class="help">
                This data says nothing of its users but their ratings, so only new films can be told
                apart.
              </p>`
        }
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
                  Measure
                </button>`
          }
          <progress
            aria-label="Progress of the measurement"
            max=${TOTAL}
            .value=${parts.length}
          ></progress>
          <span class="race-told" role="status">${told}</span>
        </div>
        ${this.faultText(fault || this.fault)}
        ${
          stale && parts.length > 0
            ? html`<p class="note">
                The settings have changed since; what is shown belongs to the former ones.
              </p>`
            : nothing
        }
        <line-chart
          .chart=${this.chart}
          .lines=${this.lines()}
          xName="known ratings"
          label="RMSE for new ${SIDES[this.shown]} over the number of their ratings that are known"
        ></line-chart>
        ${this.table()} ${this.verdict()}
        <run-link .lab=${this.lab} bare></run-link>
      </section>
    `;
  }

  private curves(): [ReturnType<typeof coldCurve>, ReturnType<typeof coldCurve>] {
    return [coldCurve(this.job.parts, 0), coldCurve(this.job.parts, 1)];
  }

  private lines(): Line[] {
    const told = this.shown === 'users' ? 'with the users’ attributes' : 'with the films’ genres';
    const names = [
      [told, 'svdpp'],
      ['without', 'train'],
    ] as const;
    const curves = this.curves();
    return names.map(([name, color], at) => ({
      name,
      color,
      points: (curves[at] ?? []).map(({ known, rmse }) => [known, rmse] as const),
    }));
  }

  private table(): TemplateResult {
    const [having, lacking] = this.curves();
    const cell = (value: number | undefined, show: typeof signed = fixed): string =>
      value === undefined ? '–' : show(value, 4);
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Errors of the cold start">
        <table class="numbers cold-errors">
          <thead>
            <tr>
              <th scope="col">known ratings</th>
              <th scope="col">RMSE with</th>
              <th scope="col">without</th>
              <th scope="col">difference</th>
            </tr>
          </thead>
          <tbody>
            ${KNOWN.map((known) => {
              const at = (curve: typeof having): number | undefined =>
                curve.find((point) => point.known === known)?.rmse;
              const [a, b] = [at(having), at(lacking)];
              const gain = a === undefined || b === undefined ? undefined : a - b;
              return html`<tr>
                <th scope="row">${known}</th>
                <td>${cell(a)}</td>
                <td>${cell(b)}</td>
                <td>${cell(gain, signed)}</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>
    `;
  }

  private verdict(): TemplateResult {
    const done = !this.job.running && this.job.parts.length === TOTAL;
    const n = done ? worth(...this.curves()) : undefined;
    const most = KNOWN.at(-1) ?? 0;
    const what =
      this.shown === 'users' ? 'the attributes of a new user' : 'the genres of a new film';
    let text = '';
    if (n === Infinity) text = `Here ${what} are worth more than ${most} ratings.`;
    else if (n !== undefined)
      text = `Here ${what} are worth about as much as ${plain(n, 1)} ratings.`;
    else if (done) text = `Here ${what} do not help where nothing else is known.`;
    return html`<p class="cold-verdict" role="status">${text}</p>`;
  }

  /** The model with what is told of those who are new, and without. */
  private get models(): { model: string; settings: string[] }[] {
    const { entry } = this.lab;
    const inputs = entry.hyperparameters.find(({ name }) => name === 'inputs');
    const choices = inputs?.kind.type === 'choice' ? inputs.kind.choices : [];
    return [this.side, 'none'].map((word) => ({
      model: entry.id,
      settings: settingsList(entry, {
        ...this.lab.state.settings,
        inputs: Math.max(0, choices.indexOf(word)),
      }),
    }));
  }

  private async measure(going: Going<ColdPart>): Promise<string> {
    const { models, side } = this;
    const { seed, splitSeed } = this.lab.state;
    this.chart = undefined;
    this.shown = side;
    going.say('Opening the data …');
    const setup: ColdSetup = { side, known: KNOWN, folds: FOLDS, seed, splitSeed, models };
    let lines = 0;
    await this.lab.spread(
      TRAININGS.map(
        ([at, fold, known]) =>
          (engine: Session) =>
            engine.call((remote) => remote.coldPart(setup, at, fold, known)),
      ),
      () => going.over,
      (part) => {
        lines = part.lines;
        going.add(part);
        going.say(`${this.job.parts.length} of ${TOTAL} trainings`);
        void this.draw();
      },
    );
    return `${count(lines)} ${SIDES[side]} were new, each once.`;
  }

  private draw(): Promise<void> {
    return this.question(async (late) => {
      const chart = await this.lab.chart('known ratings', 'RMSE', this.lines());
      if (!late()) this.chart = chart;
    });
  }

  private async look(): Promise<void> {
    try {
      const { info } = await this.lab.opened();
      this.hasUsers = info.user_attributes.length > 0;
      if (!this.hasUsers && this.lab.chosen(side) === 'users') this.lab.unfit(side);
      this.looked = true;
      this.changed();
    } catch (error) {
      this.fault = sentence(error);
    }
  }
}
