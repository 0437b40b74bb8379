import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { Epoch } from '../../../pkg/factorscope.js';
import type { Session } from '../../engine/session.ts';
import type { Setup, Trained } from '../../engine/types.ts';
import { fixed, signed } from '../../format.ts';
import { LARGEST_SEED } from '../../lab/link.ts';
import { meanAndSpread, type Outcome, SEEDS, seedsFrom } from '../../lab/seeds.ts';
import { type Going, Job } from './job.ts';
import { LabView } from '../frame/lab-view.ts';

/** What is trained for one column: once with each setup, of which `outcome` makes one result. */
export interface Contestant {
  name: string;
  setups: readonly { name: string; setup: Setup }[];
  outcome: (trained: readonly { name: string; history: readonly Epoch[] }[]) => Outcome;
}

/** The same trainings over several split seeds: every result, their mean and their spread. */
@customElement('seeds-table')
export class SeedsTable extends LabView {
  @property({ attribute: false }) contestants: readonly Contestant[] = [];
  /** Whether the view trains something itself. */
  @property({ type: Boolean }) busy = false;
  private readonly job = new Job<{ seed: number; outcomes: Outcome[] }>(this, {
    key: () => JSON.stringify(this.contestants.map(({ setups }) => setups)),
    work: (going) => this.train(going),
    cancelled: () => 'Cancelled; the table holds the seeds that were finished.',
  });

  protected override dataChanged(): void {
    this.job.clear();
  }

  protected override render(): TemplateResult {
    const { fault, parts, running, stale, told } = this.job;
    return html`
      <div class="buttons seeds-start">
        ${
          running
            ? html`<button type="button" @click=${this.job.cancel}>Cancel</button>`
            : html`<button
                type="button"
                ?disabled=${this.busy || !this.lab.runnable}
                @click=${this.job.start}
              >
                Over ${SEEDS} split seeds
              </button>`
        }
        <span role="status" class="seeds-told">${told}</span>
      </div>
      ${this.faultText(fault)}
      ${
        stale && parts.length > 0
          ? html`<p class="note">The settings have changed; the table belongs to those before.</p>`
          : nothing
      }
      ${parts.length > 0 ? this.table() : nothing}
    `;
  }

  private table(): TemplateResult {
    const { contestants } = this;
    const found = this.job.parts;
    const column = (at: number): number[] =>
      found.map(({ outcomes }) => outcomes[at]?.test ?? Number.NaN);
    const columns = contestants.map((_, at) => column(at));
    const [first = [], second] = columns;
    const apart = second && first.map((test, n) => test - (second[n] ?? Number.NaN));
    const cells = (show: (values: number[], sign: boolean) => string): TemplateResult =>
      html`${columns.map((values) => html`<td>${show(values, false)}</td>`)}
      ${apart ? html`<td>${show(apart, true)}</td>` : nothing}`;
    const summary = (of: 'mean' | 'spread') => (values: number[], sign: boolean) => {
      const value = meanAndSpread(values)[of];
      return sign && of === 'mean' ? signed(value, 4) : fixed(value, 4);
    };
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Test RMSE over split seeds">
        <table class="numbers value seeds-table">
          <caption>
            Test RMSE over split seeds
          </caption>
          <thead>
            <tr>
              <th scope="col">split seed</th>
              ${contestants.map(({ name }) => html`<th scope="col">${name}</th>`)}
              ${apart ? html`<th scope="col">difference</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${found.map(
              ({ outcomes, seed }, n) =>
                html`<tr>
                  <th scope="row">${seed}</th>
                  ${contestants.map((_, at) => {
                    const outcome = outcomes[at];
                    return html`<td>
                      ${fixed(outcome?.test ?? Number.NaN, 4)}${
                        outcome?.chosen
                          ? html`<span class="help"> (${outcome.chosen})</span>`
                          : nothing
                      }
                    </td>`;
                  })}
                  ${apart ? html`<td>${signed(apart[n] ?? Number.NaN, 4)}</td>` : nothing}
                </tr>`,
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">mean</th>
              ${cells(summary('mean'))}
            </tr>
            <tr>
              <th scope="row">standard deviation</th>
              ${cells(summary('spread'))}
            </tr>
          </tfoot>
        </table>
      </div>
    `;
  }

  private async train(going: Going<{ seed: number; outcomes: Outcome[] }>): Promise<string> {
    const { contestants } = this;
    const seeds = seedsFrom(this.lab.state.splitSeed, LARGEST_SEED);
    const each = contestants.flatMap(({ setups }) => setups);
    const total = each.length * seeds.length;
    let begun = 0;
    const trainings = seeds.flatMap((splitSeed) =>
      each.map(({ setup }) => (engine: Session): Promise<Trained> => {
        going.say(`training ${++begun} of ${total}`);
        return engine.train({ ...setup, splitSeed });
      }),
    );
    let trained: Trained[] = [];
    await this.lab.spread(
      trainings,
      () => going.over,
      (one) => {
        going.warn(one.stopped);
        trained.push(one);
        if (trained.length < each.length) return;
        const outcomes = contestants.map(({ outcome, setups }) =>
          outcome(setups.map(({ name }) => ({ name, history: trained.shift()?.history ?? [] }))),
        );
        going.add({ seed: seeds[this.job.parts.length] ?? Number.NaN, outcomes });
        trained = [];
      },
    );
    return `${total} trained.`;
  }
}
