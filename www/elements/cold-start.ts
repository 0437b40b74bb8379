import './data-source.ts';
import './line-chart.ts';
import './run-link.ts';

import { proxy } from 'comlink';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart } from '../../pkg/factorscope.js';
import type { ColdPart, ColdSetup } from '../engine/types.ts';
import { count, fixed, plain, signed } from '../format.ts';
import { CHOICES } from '../lab/choices.ts';
import { KNOWN, coldCurve, worth } from '../lab/cold.ts';
import type { Line } from '../lab/lines.ts';
import { settingsList } from '../lab/registry.ts';
import { sentence } from '../sentence.ts';
import { LabView } from './lab-view.ts';

const FOLDS = 3;
const SIDES = { users: 'users', items: 'films' } as const;
type Side = keyof typeof SIDES;
const { side } = CHOICES['cold-start'];

/** Errors for those of whom little is known, with attributes and without. */
@customElement('cold-start')
export class ColdStart extends LabView {
  @state() private parts: ColdPart[] = [];
  @state() private running = false;
  @state() private told = '';
  @state() private chart: Chart | undefined;
  /** Whether the data tells anything of users. */
  @state() private hasUsers = true;
  /** Who was cold in what is shown. */
  @state() private shown: Side = 'users';
  /** Whether it is known what the data tells. */
  private looked = false;
  /** Counts measurements: what an earlier one still has to say is dropped. */
  private current = 0;

  protected override firstUpdated(): void {
    void this.look();
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.parts.length > 0 || this.running) return;
    this.shown = this.side;
    if (this.looked && this.lab.linked) void this.start();
  }

  private get side(): Side {
    return this.hasUsers ? (this.lab.chosen(side) ?? 'users') : 'items';
  }

  protected override dataChanged(): void {
    this.stop();
    this.parts = [];
    this.chart = undefined;
    this.told = '';
    this.looked = false;
    void this.look();
  }

  protected override render(): TemplateResult {
    const { data, id } = this.lab.block;
    const total = KNOWN.length * FOLDS * 2;
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
                  ?disabled=${this.running || (one === 'users' && !this.hasUsers)}
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
            this.running
              ? html`<button type="button" @click=${this.stop}>Cancel</button>`
              : html`<button
                  type="button"
                  class="main"
                  ?disabled=${!this.lab.runnable}
                  @click=${this.start}
                >
                  Measure
                </button>`
          }
          <progress
            aria-label="Progress of the measurement"
            max=${total}
            .value=${this.parts.length}
          ></progress>
          <span class="race-told" role="status">${this.told}</span>
        </div>
        ${this.faultText()}
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
    return [coldCurve(this.parts, 0), coldCurve(this.parts, 1)];
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
    const cell = (value: number | undefined, show = fixed): string =>
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
    const done = !this.running && this.parts.length === KNOWN.length * FOLDS * 2;
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

  private readonly stop = (): void => {
    if (!this.running) return;
    this.running = false;
    this.current += 1;
    this.told = 'Cancelled; what was measured is shown.';
    this.lab.cancel();
  };

  private readonly start = async (): Promise<void> => {
    if (this.running) return;
    const current = ++this.current;
    const { entry } = this.lab;
    const { seed, settings, splitSeed } = this.lab.state;
    const inputs = entry.hyperparameters.find(({ name }) => name === 'inputs');
    const choices = inputs?.kind.type === 'choice' ? inputs.kind.choices : [];
    const { side } = this;
    const models = [side, 'none'].map((word) => ({
      model: entry.id,
      settings: settingsList(entry, { ...settings, inputs: Math.max(0, choices.indexOf(word)) }),
    }));
    this.running = true;
    this.fault = '';
    this.parts = [];
    this.chart = undefined;
    this.shown = side;
    this.told = 'Opening the data …';
    const setup: ColdSetup = { side, known: KNOWN, folds: FOLDS, seed, splitSeed, models };
    const total = KNOWN.length * FOLDS * models.length;
    const tell = (part: ColdPart): void => {
      if (current !== this.current) return;
      this.parts = [...this.parts, part];
      this.told = `${this.parts.length} of ${total} trainings`;
      void this.draw(current);
    };
    try {
      const client = await this.lab.engine();
      const cold = await client.call((engine) => engine.coldStart(setup, proxy(tell)));
      if (current !== this.current) return;
      this.running = false;
      this.told = `${count(cold)} ${SIDES[side]} were new, each once.`;
      void this.draw(current);
    } catch (error) {
      if (current !== this.current) return;
      this.running = false;
      this.told = '';
      this.fault = sentence(error);
    }
  };

  private async draw(current: number): Promise<void> {
    const { parts } = this;
    const chart = await this.lab.chart('known ratings', 'RMSE', this.lines());
    if (current === this.current && parts === this.parts) this.chart = chart;
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
