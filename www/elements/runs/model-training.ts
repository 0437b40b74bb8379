import '../data/data-source.ts';
import '../maps/line-chart.ts';
import '../frame/run-link.ts';
import '../frame/validation-choice.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Epoch, Task } from '../../../pkg/factorscope.js';
import type { Print, Progress } from '../../engine/types.ts';
import { fixed, signed } from '../../format.ts';
import type { Line } from '../../lab/lines.ts';
import type { Receipt } from '../../lab/state.ts';
import { shownOf } from '../../lab/metrics.ts';
import {
  chosenEpoch,
  errorRows,
  overfitting,
  PART_NAMES,
  partsOf,
  progressText,
  type RatingSet,
  singularText,
} from '../../lab/training.ts';
import { near } from '../../near.ts';
import { sentence } from '../../sentence.ts';
import { LabView } from '../frame/lab-view.ts';
import { trainingJob } from './training.ts';

const SPLITS: readonly (readonly [string, string])[] = [
  ['0.2', '20 % of the ratings, at random'],
  ['latest', 'each user’s five latest ratings'],
  ['time', 'the latest fifth of all ratings'],
  ['everything', 'nothing'],
];

/** Those that need to know when each rating was given. */
const TIMED = ['latest', 'time'];

/** A training that can be watched and cancelled, and what it came to. */
@customElement('model-training')
export class ModelTraining extends LabView {
  @state() private timed = true;
  private readonly job = trainingJob(this, () => this.lab.setup());
  /** The model of the training shown. */
  private model = '';
  private began = 0;
  private followed: Receipt | undefined;
  /** Counts looks at the data: an earlier one is late. */
  private looks = 0;

  protected override firstUpdated(): void {
    void this.look();
  }

  /** The curve of another model would stand under a wrong name. */
  protected override labChanged(): void {
    this.requestUpdate();
    if (this.job.started && this.model !== this.lab.entry.id) this.job.clear();
  }

  protected override dataChanged(): void {
    this.job.clear();
    void this.look();
  }

  private get progress(): Progress | undefined {
    return this.job.parts[0];
  }

  protected override willUpdate(): void {
    if ((this.progress?.history.length ?? 0) <= 1) this.began = performance.now();
  }

  /** What a link promises is computed at once, or after what is under way. */
  protected override updated(): void {
    const { linked, receipt } = this.lab;
    if (!linked || !receipt.run || receipt === this.followed || this.job.running) return;
    if (!this.lab.runnable) return;
    this.followed = receipt;
    void this.train();
  }

  protected override render(): TemplateResult {
    const { progress } = this;
    const { cancel, ending, fault, running, told } = this.job;
    const id = this.lab.block.id;
    const done = Math.max(0, (progress?.history.length ?? 1) - 1);
    const total = progress?.epochs ?? 1;
    return html`
      <section class="training" aria-label="Training">
        ${
          this.lab.block.data === 'toy' || this.lab.block.data === 'simulation'
            ? nothing
            : html`<data-source .lab=${this.lab}></data-source>`
        }
        <div class="training-start">
          ${this.splitChoice()}
          <validation-choice .lab=${this.lab}></validation-choice>
          <div class="buttons">
            <button
              type="button"
              class="main"
              ?disabled=${running || !this.lab.runnable}
              @click=${this.train}
            >
              Train
            </button>
            <button type="button" ?disabled=${!running || ending} @click=${cancel}>
              ${ending ? 'Cancelling …' : 'Cancel'}
            </button>
          </div>
        </div>
        <div class="training-progress">
          <progress
            id="${id}-progress"
            max=${total}
            .value=${done + (progress?.within ?? 0)}
            aria-label="Progress"
          ></progress>
          <span class="value">${this.progressText(done)}</span>
        </div>
        <p class="visually-hidden" role="status">${told}</p>
        ${this.faultText(fault)} ${this.notes()} ${this.errors()}
        <line-chart
          .chart=${progress?.chart}
          .lines=${lines(progress, this.lab.entry.task)}
          label=${
            this.lab.entry.task === 'ranking'
              ? 'Expected percentile rank on what is held back over the epochs'
              : 'RMSE on each part of the ratings over the epochs'
          }
        ></line-chart>
        ${this.seconds()}
        <run-link .lab=${this.lab} .print=${this.print()}></run-link>
      </section>
    `;
  }

  private splitChoice(): TemplateResult {
    const id = `${this.lab.block.id}-split`;
    const { split } = this.lab.state;
    const known = SPLITS.some(([value]) => value === split);
    const all = known
      ? SPLITS
      : [...SPLITS, [split, `${Number(split) * 100} %, at random`] as const];
    return html`
      <div class="training-split">
        <label for=${id}>Held back for the test</label>
        <select
          id=${id}
          @change=${(event: Event) =>
            this.lab.set({ split: (event.target as HTMLSelectElement).value })}
        >
          ${all.map(
            ([value, name]) => html`
              <option
                value=${value}
                .selected=${value === split}
                ?disabled=${TIMED.includes(value) && !this.timed}
              >
                ${name}${TIMED.includes(value) && !this.timed ? ' (this data has no times)' : ''}
              </option>
            `,
          )}
        </select>
      </div>
    `;
  }

  private progressText(done: number): string {
    if (!this.progress) return this.job.running ? 'Opening the data …' : 'Not trained yet.';
    const elapsed = this.job.running ? (performance.now() - this.began) / 1000 : undefined;
    return progressText(elapsed, done, this.progress.epochs, this.progress.within);
  }

  /** Everything there is to say about the training beside its numbers. */
  private notes(): TemplateResult | typeof nothing {
    const { history = [] } = this.progress ?? {};
    const trained = this.job.running ? undefined : this.lab.result?.trained;
    const last = history.at(-1)?.epoch ?? 0;
    const singular = singularText(history);
    return html`
      ${
        trained?.stopped
          ? html`<p class="fault" role="alert">${sentence(trained.stopped)}</p>`
          : nothing
      }
      ${
        trained?.cancelled
          ? html`<div class="note">
              <p>
                Cancelled: what you see is the model of the last finished epoch, ${last} of
                ${trained.epochs}.
              </p>
              ${
                last > 0
                  ? html`<button type="button" @click=${this.keepAsWhole}>
                        Set epochs to ${last}
                      </button>
                      A training of ${last} epochs ends at exactly these numbers, and can be linked
                      to.`
                  : nothing
              }
            </div>`
          : nothing
      }
      ${singular ? html`<p class="note">${singular}</p>` : nothing}
      ${trained?.remarks.map((remark) => html`<p class="note">${sentence(remark)}</p>`)}
      ${this.job.running || trained?.stopped ? nothing : this.chosen(history)}
      ${
        this.job.stale && this.progress
          ? html`<p class="note" role="status">
              The settings have changed since: what is shown here, and what follows from it, belongs
              to the former ones. Train to see the new ones.
            </p>`
          : nothing
      }
    `;
  }

  /** Where to stop, by the validation error, and the test error that this leaves; whether it overfits. */
  private chosen(history: readonly Epoch[]): TemplateResult | typeof nothing {
    const worse = overfitting(history);
    const best = chosenEpoch(history);
    const rise = html`while the training error fell: the model overfits`;
    if (!best) {
      return worse
        ? html`<p class="note">
            The test error has risen since epoch ${worse.epoch} ${rise}. To choose an epoch to stop
            at, hold back a part for choosing: the test part is to tell what the choice is worth.
          </p>`
        : nothing;
    }
    return html`<p class="note">
      The validation error was lowest after epoch ${best.epoch}, at
      ${fixed(best.validation?.rmse, 4)}${worse ? html`, and has risen since ${rise}` : nothing}.
      The test error of that epoch is ${fixed(best.test.rmse, 4)}.
    </p>`;
  }

  private errors(): TemplateResult {
    return html`
      <div class="table-scroll">
        <table class="numbers training-errors">
          <thead>
            <tr>
              <th scope="col" class="text">error</th>
              <th scope="col">at the start</th>
              <th scope="col">now</th>
              <th scope="col">change</th>
            </tr>
          </thead>
          <tbody>
            ${errorRows(this.progress?.history ?? [], shownOf(this.lab.entry.task)).map(
              ({ change, name, now, start }) => html`
                <tr>
                  <th scope="row">${name}</th>
                  <td>${fixed(start, 4)}</td>
                  <td><strong>${fixed(now, 4)}</strong></td>
                  <td>${signed(change, 4)}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      ${
        this.lab.entry.task === 'ranking'
          ? html`<p class="help">
              The model only ranks. For each rating that is held back: where its film stands in the
              list of all films that the user has not rated in training, from 0 % (first) to 100 %
              (last), weighted by the rating. Chance gives 50 %.
            </p>`
          : nothing
      }
    `;
  }

  private seconds(): TemplateResult {
    const seconds = this.progress?.history.at(-1)?.seconds ?? Number.NaN;
    return html`<p class="help training-seconds">
      Spent in passes over the training set: <span class="value">${fixed(seconds, 2)} s</span>,
      without the time for measuring the errors.
    </p>`;
  }

  /** Only where the link restores just these parameters. */
  private print(): Print | undefined {
    const result = this.job.running ? undefined : this.lab.result;
    return result && !result.trained.cancelled && !this.job.differs ? result.trained : undefined;
  }

  private async look(): Promise<void> {
    const mine = ++this.looks;
    await near(this);
    const opened = await this.lab.opened().catch(() => undefined);
    if (opened && mine === this.looks) this.timed = opened.info.timed;
  }

  private readonly train = (): Promise<void> => {
    this.model = this.lab.entry.id;
    return this.job.start();
  };

  /** A cancelled training is a shorter one: its settings can say so. */
  private readonly keepAsWhole = (): void => {
    const { result, state } = this.lab;
    const epochs = (this.progress?.history.length ?? 1) - 1;
    if (!result || epochs < 1) return;
    const { setup } = result;
    const settings = setup.settings.map((s) => (s.startsWith('epochs=') ? `epochs=${epochs}` : s));
    const trained = { ...result.trained, cancelled: false, epochs };
    this.lab.set({ settings: { ...state.settings, epochs } });
    this.job.settle([trained]);
    this.lab.finish({ setup: { ...setup, settings }, trained });
  };
}

function lines(progress: Progress | undefined, task: Task): Line[] {
  const history = progress?.history ?? [];
  const measure = task === 'ranking' ? 'rank' : 'rmse';
  const line = (set: RatingSet): Line => ({
    name: PART_NAMES[set],
    color: set,
    points: history.map((epoch) => [epoch.epoch, epoch[set]?.[measure] ?? Number.NaN]),
  });
  const all = partsOf(history).map(line);
  if (task === 'ranking') return all.filter(({ color }) => color !== 'train');
  const tested = history.some(({ test }) => Number.isFinite(test.rmse));
  return tested || history.length === 0 ? all : all.filter(({ color }) => color !== 'test');
}
