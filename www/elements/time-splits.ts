import './data-source.ts';
import './run-link.ts';
import './split-note.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import { EngineDied } from '../engine/client.ts';
import type { Setup } from '../engine/types.ts';
import { fixed, signed } from '../format.ts';
import { settingsList } from '../lab/registry.ts';
import { sentence } from '../sentence.ts';
import { LabView } from './lab-view.ts';

const SPLITS = [
  ['0.2', 'a fifth at random'],
  ['latest', 'each user’s five latest'],
  ['time', 'the latest fifth of all'],
] as const;

/** The choices of the hyperparameter `time`, in words. */
const WHAT = [
  'nothing',
  'the films',
  'and the users, slowly',
  'and the users, day by day',
] as const;

/** What may change with time, each trained on three ways to hold back ratings. */
@customElement('time-splits')
export class TimeSplits extends LabView {
  /** Test RMSE, row by row, as far as it is known. */
  @state() private found: (number | undefined)[] = [];
  @state() private running = false;
  @state() private said = '';
  /** What the numbers shown were asked for. */
  private setup = '';
  /** Counts runs: what an earlier one still has to say is dropped. */
  private current = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.running) this.stop();
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.lab.linked && !this.running && this.setup === '') void this.start();
  }

  protected override dataChanged(): void {
    if (this.running) this.stop();
    this.found = [];
    this.setup = '';
    this.said = '';
    this.fault = '';
  }

  protected override render(): TemplateResult {
    const all = SPLITS.length * WHAT.length;
    const done = this.found.length;
    const stale = this.setup !== '' && this.setup !== this.wanted();
    return html`
      <section class="time-splits" aria-label="Three splits">
        <data-source .lab=${this.lab}></data-source>
        <div class="buttons">
          <button
            type="button"
            class="main"
            ?disabled=${this.running || !this.lab.runnable}
            @click=${this.start}
          >
            Train all ${all}
          </button>
          <button type="button" ?disabled=${!this.running} @click=${this.stop}>Cancel</button>
        </div>
        <div class="training-progress">
          <progress max=${all} .value=${done} aria-label="Progress"></progress>
          <span class="value" role="status">${this.said || 'Not trained yet.'}</span>
        </div>
        ${this.faultText()}
        ${
          stale && !this.running
            ? html`<p class="note" role="status">
                The settings have changed since: the table belongs to the former ones.
              </p>`
            : nothing
        }
        <div class="table-scroll" tabindex="0" role="group" aria-label="Test RMSE on three splits">
          <table class="numbers splits-table">
            <caption>
              Test RMSE at the end of the training
            </caption>
            <thead>
              <tr>
                <th scope="col" class="text">what changes</th>
                ${SPLITS.map(([, name]) => html`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${WHAT.map(
                (name, row) =>
                  html`<tr>
                    <th scope="row">${name}</th>
                    ${SPLITS.map((_, column) => html`<td>${this.cell(row, column)}</td>`)}
                  </tr>`,
              )}
              <tr class="splits-gain">
                <th scope="row">last row less the first</th>
                ${SPLITS.map((_, column) => html`<td>${this.gain(column)}</td>`)}
              </tr>
            </tbody>
          </table>
        </div>
        <split-note .setup=${this.lab.setup(SPLITS[0][0])}></split-note>
        <run-link .lab=${this.lab} bare></run-link>
      </section>
    `;
  }

  private cell(row: number, column: number): string {
    return fixed(this.found[column * WHAT.length + row] ?? Number.NaN, 4);
  }

  private gain(column: number): string {
    const [first, last] = [0, WHAT.length - 1].map((row) => this.found[column * WHAT.length + row]);
    return signed((last ?? Number.NaN) - (first ?? Number.NaN), 4);
  }

  /** What decides the numbers, in one text. */
  private wanted(): string {
    const { settings } = this.lab.state;
    const { time: _, ...others } = settings;
    const { seed, splitSeed } = this.lab.state;
    return JSON.stringify([seed, splitSeed, others]);
  }

  private setupOf(what: number, split: string): Setup {
    const { entry, state: own } = this.lab;
    const settings = settingsList(entry, { ...own.settings, time: what });
    return { ...this.lab.setup(split), settings };
  }

  private readonly start = async (): Promise<void> => {
    if (this.running) return;
    const mine = ++this.current;
    this.running = true;
    this.fault = '';
    this.said = 'Opening the data …';
    this.found = [];
    this.setup = this.wanted();
    const jobs = SPLITS.flatMap(([split], column) =>
      WHAT.map((_, what) => ({ column, setup: this.setupOf(what, split) })),
    );
    try {
      const client = await this.lab.engine();
      for (const [n, { column, setup }] of jobs.entries()) {
        if (mine !== this.current) return;
        const of = `training ${n + 1} of ${jobs.length}, ${SPLITS[column]?.[1] ?? ''}`;
        this.said = of;
        const raced = await client.call((engine) => engine.history(setup));
        if (mine !== this.current) return;
        if (raced.stopped) this.fault = sentence(raced.stopped);
        this.found = [...this.found, raced.history.at(-1)?.test.rmse];
      }
      this.said = `All ${jobs.length} trained.`;
    } catch (error) {
      if (mine !== this.current) return;
      this.fault = sentence(error);
      this.said = '';
      if (error instanceof EngineDied) this.found = [];
    } finally {
      if (mine === this.current) this.running = false;
    }
  };

  private readonly stop = (): void => {
    this.current += 1;
    this.running = false;
    this.said = `Cancelled after ${this.found.length}.`;
    this.lab.cancel();
  };
}
