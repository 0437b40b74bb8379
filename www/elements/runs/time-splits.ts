import '../data/data-source.ts';
import '../frame/run-link.ts';
import '../frame/split-note.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { Session } from '../../engine/session.ts';
import type { Setup, Trained } from '../../engine/types.ts';
import { fixed, signed } from '../../format.ts';
import { settingsList } from '../../lab/registry.ts';
import { type Going, Job } from './job.ts';
import { LabView } from '../frame/lab-view.ts';

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
  /** Test RMSE, column by column. */
  private readonly job = new Job<number | undefined>(this, {
    key: () => this.wanted(),
    work: (going) => this.train(going),
    cancelled: ({ length }) => `Cancelled after ${length}.`,
  });

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.lab.linked && !this.job.started) void this.job.start();
  }

  protected override dataChanged(): void {
    this.job.clear();
  }

  protected override render(): TemplateResult {
    const all = SPLITS.length * WHAT.length;
    const { cancel, fault, parts, running, stale, start, told } = this.job;
    return html`
      <section class="time-splits" aria-label="Three splits">
        <data-source .lab=${this.lab}></data-source>
        <div class="buttons">
          <button
            type="button"
            class="main"
            ?disabled=${running || !this.lab.runnable}
            @click=${start}
          >
            Train all ${all}
          </button>
          <button type="button" ?disabled=${!running} @click=${cancel}>Cancel</button>
        </div>
        <div class="training-progress">
          <progress max=${all} .value=${parts.length} aria-label="Progress"></progress>
          <span class="value" role="status">${told || 'Not trained yet.'}</span>
        </div>
        ${this.faultText(fault)}
        ${
          stale
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
    return fixed(this.job.parts[column * WHAT.length + row] ?? Number.NaN, 4);
  }

  private gain(column: number): string {
    const [first, last] = [0, WHAT.length - 1].map(
      (row) => this.job.parts[column * WHAT.length + row],
    );
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

  private async train(going: Going<number | undefined>): Promise<string> {
    going.say('Opening the data …');
    const trainings = SPLITS.flatMap(([split, name]) =>
      WHAT.map((_, what) => ({ name, setup: this.setupOf(what, split) })),
    );
    let begun = 0;
    const parts = trainings.map(({ name, setup }) => (engine: Session): Promise<Trained> => {
      going.say(`training ${++begun} of ${trainings.length}, ${name}`);
      return engine.train(setup);
    });
    await this.lab.spread(
      parts,
      () => going.over,
      ({ history, stopped }) => {
        going.warn(stopped);
        going.add(history.at(-1)?.test.rmse);
      },
    );
    return `All ${trainings.length} trained.`;
  }
}
