import '../maps/line-chart.ts';
import '../frame/run-link.ts';
import './drawn-vector.ts';
import './solved-system.ts';
import './step-terms.ts';
import './step-updates.ts';
import './walk-map.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { Step } from '../../../pkg/factorscope.js';
import type { Drawn, Walked } from '../../engine/types.ts';
import { count, fixed, plain, steady } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import {
  epochEnd,
  epochOf,
  halfEnd,
  inStars,
  isPlain,
  learningRate,
  ratingOf,
} from '../../lab/step.ts';
import { DAY, dateOf } from '../../lab/time.ts';
import { tex } from '../../maths.ts';
import { PALETTE } from '../../palette.ts';
import { FIRST_COMPONENTS } from './walk-map.ts';
import { LAST_STEP, WalkingView } from './walking-view.ts';

const { drawn, predictions, speed, whole } = CHOICES.walk;
/** Steps in a second. */
const SPEEDS = [1, 2, 5, 10, 25] as const;
/** Beyond so many items the table takes the whole width. */
const NARROW = 6;

/** A training gone through step by step, forward and back: all that a step says, for any model. */
@customElement('step-walk')
export class StepWalk extends WalkingView {
  protected override render(): TemplateResult {
    const { lab, opened, walked } = this;
    const step = walked?.step;
    const wide = (opened?.items.length ?? 0) > NARROW;
    return html`
      <div class="walk ${wide ? 'wide' : ''}" aria-busy=${this.slow ? 'true' : 'false'}>
        <div class="walk-bar">
          ${this.transport()} ${this.where()} ${this.faultText()} ${this.ending()} ${this.units()}
        </div>
        <div class="walk-panels">
          <section class="walk-table">
            <walk-map
              .opened=${opened}
              .parameters=${walked?.parameters ?? []}
              .predictions=${walked?.predictions}
              .step=${step}
              .predicted=${lab.chosen(predictions)}
              .whole=${lab.chosen(whole)}
            ></walk-map>
            ${this.legend()}
          </section>
          <section class="walk-terms">
            ${
              step?.system
                ? this.system(step)
                : html`<step-terms
                    .entry=${lab.entry}
                    .settings=${lab.state.settings}
                    .step=${step}
                    .parameters=${walked?.parameters ?? []}
                    .opened=${opened}
                    .next=${this.nextPrediction(step)}
                  ></step-terms>`
            }
          </section>
          <section class="walk-updates">
            <step-updates
              .entry=${lab.entry}
              .step=${step}
              .parameters=${walked?.parameters ?? []}
              .items=${opened?.items ?? []}
              .settings=${lab.state.settings}
              .whole=${lab.chosen(whole)}
            ></step-updates>
          </section>
          <section class="walk-loss">${this.loss()}</section>
        </div>
        ${this.options()}
        <run-link .lab=${lab} .print=${walked}></run-link>
      </div>
    `;
  }

  private transport(): TemplateResult {
    const { position } = this.walked ?? {};
    const { step } = this.lab.state;
    const idle = !this.walked || !this.lab.runnable;
    return html`
      <div class="buttons" role="group" aria-label="Walk">
        <button type="button" ?disabled=${idle || step === 0} @click=${() => this.go(0)}>
          Restart
        </button>
        <button type="button" ?disabled=${idle || step === 0} @click=${() => this.go(step - 1)}>
          <span aria-hidden="true">←</span> Step back
        </button>
        <button type="button" class="main" ?disabled=${idle} @click=${() => this.go(step + 1)}>
          Step forward <span aria-hidden="true">→</span>
        </button>
        <button type="button" class="walk-play" ?disabled=${idle} @click=${() => void this.play()}>
          ${this.playing ? 'Pause' : 'Play'}
        </button>
        ${this.halves()}
        <button
          type="button"
          ?disabled=${idle}
          @click=${() => this.go(epochEnd(step, position?.per_epoch ?? 1))}
        >
          End of the ${this.round()}
        </button>
      </div>
    `;
  }

  /** A model that only ranks has no RMSE, and solves for the items first. */
  private get ranks(): boolean {
    return this.lab.entry.task === 'ranking';
  }

  /** A sweep has two halves: all users, then all items, or the other way round. */
  private halves(): TemplateResult | typeof nothing {
    const { opened, walked } = this;
    const users = opened?.users.length ?? 0;
    const perEpoch = walked?.position.per_epoch ?? 0;
    const halved = this.round() === 'sweep' && perEpoch === users + (opened?.items.length ?? 0);
    if (!halved) return nothing;
    const first = this.ranks ? (opened?.items.length ?? 0) : users;
    const end = halfEnd(this.lab.state.step, perEpoch, first);
    return html`<button
      type="button"
      ?disabled=${!walked || !this.lab.runnable}
      @click=${() => this.go(end)}
    >
      End of the half-sweep
    </button>`;
  }

  /** Which step this is, and what it is about. */
  private where(): TemplateResult {
    const { walked } = this;
    const live = this.playing ? 'off' : 'polite';
    return html`<p class="walk-where value" role="status" aria-live=${live}>
      ${
        this.slow
          ? walked
            ? `Going to step ${count(this.lab.state.step)} …`
            : 'Starting the engine …'
          : walked
            ? this.place(walked)
            : ' '
      }
    </p>`;
  }

  private place({ position, step }: Walked): TemplateResult {
    if (!step) {
      return html`<b>Step 0</b>: the start values that seed ${this.lab.state.seed} gives. Each
        ${this.round()} has ${count(position.per_epoch)} steps.`;
    }
    const { epoch, within } = epochOf(position.step, position.per_epoch);
    return html`<b>Step ${count(position.step)}</b> · ${this.round()} ${count(epoch)}, step
      ${within} of ${count(position.per_epoch)} · ${this.subject(step)}`;
  }

  private subject(step: Step): TemplateResult {
    const rating = ratingOf(step);
    if (rating) {
      const { i, r, u } = rating;
      return html`<span class="of-user">user ${u + 1}</span>,
        <span class="of-item">${this.film(i)}</span>, ${tex('r_{ui}')} =
        ${plain(r, 2)}${this.unit()}${this.when(u, i)}`;
    }
    const several = ['vectors', 'batch', 'triple'].some((kind) => kind in step.subject);
    if (several) return html`${this.who(step)}`;
    return 'user' in step.subject
      ? html`<span class="of-user">${this.who(step)}</span>, all ratings`
      : html`<span class="of-item">${this.who(step)}</span>, all ratings`;
  }

  /** Only where the table counts in something else. */
  private unit(): string {
    const stars = this.opened?.info.stars;
    return stars && !this.ranks && !isPlain(stars) ? ' stars' : '';
  }

  /** Only where the model asks for it. */
  private when(u: number, i: number): string {
    const { moments, items } = this.opened ?? {};
    const moment = moments?.[u * (items?.length ?? 0) + i] ?? Number.NaN;
    const needs = this.lab.entry.needs.includes('timestamps');
    return needs && Number.isFinite(moment) ? `, ${dateOf(moment / DAY)}` : '';
  }

  private who({ subject }: Step): string {
    if ('user' in subject) return `user ${subject.user + 1}`;
    if ('vectors' in subject) return `all ${subject.vectors}s together`;
    if ('item' in subject) return this.film(subject.item);
    if ('batch' in subject) return `${subject.batch.length} ratings`;
    if ('rating' in subject) return `user ${subject.rating.u + 1}`;
    const { u, preferred, other } = subject.triple;
    return `user ${u + 1}, ${this.film(preferred)} before ${this.film(other)}`;
  }

  private film(item: number): string {
    const { title } = this.opened?.items[item] ?? {};
    return title === undefined || title === `item ${item + 1}` ? `item ${item + 1}` : `“${title}”`;
  }

  /** A round through all ratings is an epoch; one through all users and items is a sweep. */
  private round(): string {
    const gamma = learningRate(this.lab.entry, this.lab.state.settings);
    return gamma === undefined ? 'sweep' : 'epoch';
  }

  private nextPrediction(step: Step | undefined): number {
    const rating = step && ratingOf(step);
    const items = this.opened?.items.length ?? 0;
    if (!rating) return Number.NaN;
    // Predictions are in the units of the table, a step is in stars.
    return inStars(
      this.walked?.predictions[rating.u * items + rating.i] ?? Number.NaN,
      this.opened?.info.stars,
    );
  }

  /** That the table and the panels beside it count in two units, where they do. */
  private units(): TemplateResult | typeof nothing {
    const stars = this.opened?.info.stars;
    if (!stars || this.ranks || isPlain(stars)) return nothing;
    const highest = this.opened?.info.scale[1] ?? Number.NaN;
    return html`<p class="note walk-units">
      The model learns on stars, of which one is ${plain(stars.unit, 3)} of these ratings: a rating
      of ${plain(highest, 2)} is ${plain(inStars(highest, stars), 2)} stars. The steps and the
      parameters are in stars; the table, the RMSE and the objective are in the ratings’ own units.
    </p>`;
  }

  /** A step that solves a linear system shows the system. */
  private system(step: Step): TemplateResult {
    if (step.system?.drawn) return html`<drawn-vector .step=${step}></drawn-vector>`;
    return html`<solved-system
      .step=${step}
      .parameters=${this.walked?.parameters ?? []}
      .who=${this.who(step)}
      .lambda=${this.lab.state.settings['lambda'] ?? 0}
    ></solved-system>`;
  }

  private legend(): TemplateResult {
    const mu = this.walked?.parameters.find(({ axis }) => axis === 'global');
    return html`<p class="help">
      ${mu ? html`${tex(mu.symbol)} = <span class="value">${steady(mu.values[0] ?? 0)}</span>.` : nothing}
      Bold: the known ratings. Small: the predictions
      ${tex(this.ranks ? String.raw`\hat p_{ui}` : String.raw`\hat r_{ui}`)} as they stand. Framed:
      the cell that the step learns from, and every number that it changed.
    </p>`;
  }

  private loss(): TemplateResult {
    const { drawing, lab, walked } = this;
    const values = (drawing === 'objective' ? walked?.objectives : walked?.errors) ?? [];
    const points = [...values].map((value, n): [number, number] => [n, value]);
    const color = lab.entry.id in PALETTE ? lab.entry.id : 'error';
    const title = drawing === 'objective' ? 'The objective' : 'RMSE over all known ratings';
    return html`
      <h4>${title}</h4>
      ${this.ranks ? nothing : this.drawnChoice()}
      <line-chart
        .chart=${walked?.chart}
        .lines=${[{ name: lab.entry.title, color, points }]}
        .xName=${'step'}
        label="${title} before the first step and after each"
      ></line-chart>
      <p class="help value">
        ${
          this.ranks
            ? html`Objective, weighted squared errors of all cells and penalties:
              ${steady(walked?.objective ?? Number.NaN)}.`
            : html`Objective, squared errors and penalties of all known ratings:
                <output class="walk-objective">${steady(walked?.objective ?? Number.NaN)}</output>.
                RMSE:
                <output class="walk-rmse">${steady(walked?.errors.at(-1) ?? Number.NaN)}</output>,
                of predictions as they stand, not held within the scale of the ratings.`
        }
      </p>
    `;
  }

  private drawnChoice(): TemplateResult {
    const name = `${this.lab.block.id}-drawn`;
    const choice = (what: Drawn, text: string): TemplateResult =>
      html`<label>
        <input
          type="radio"
          name=${name}
          .checked=${this.drawing === what}
          @change=${() => this.lab.choose(drawn, what)}
        />
        ${text}
      </label>`;
    return html`<div class="walk-drawn" role="radiogroup" aria-label="Drawn over the steps">
      ${choice('rmse', 'RMSE')} ${choice('objective', 'objective')}
    </div>`;
  }

  /** Why the walk does not go on. */
  private ending(): TemplateResult | typeof nothing {
    const { goal, walked } = this;
    if (!walked || goal === undefined) return nothing;
    const { per_epoch, step } = walked.position;
    const gamma = learningRate(this.lab.entry, this.lab.state.settings);
    let why = `Step ${count(step + 1)} would take a number beyond all bounds, so the walk stays at step ${count(step)}.`;
    if (per_epoch === 0 || ![...(this.opened?.cells ?? [])].some(Number.isFinite)) {
      why = 'There is no rating to learn from, so there is no step to take.';
    } else if (step >= LAST_STEP) {
      why = `The walk ends at step ${count(LAST_STEP)}.`;
    } else if (gamma !== undefined) {
      why +=
        ` The learning rate ${plain(gamma, 6)} is too high: each step overshoots, and the errors grow.` +
        ` With a lower one the walk goes on to step ${count(goal)}.`;
    }
    return html`<p class="note" role="alert">${why}</p>`;
  }

  private options(): TemplateResult {
    const id = this.lab.block.id;
    const long = this.walked?.parameters.some(({ columns }) => columns > FIRST_COMPONENTS);
    return html`
      <div class="walk-options">
        <form class="walk-jump" @submit=${(event: SubmitEvent) => this.jump(event)}>
          <label for="${id}-jump">Go to step</label>
          <input
            id="${id}-jump"
            class="number value"
            type="text"
            inputmode="numeric"
            autocomplete="off"
            .value=${String(this.lab.state.step)}
            @input=${(event: Event) => (event.target as HTMLInputElement).setCustomValidity('')}
          />
          <button type="submit" ?disabled=${!this.walked || !this.lab.runnable}>Go</button>
        </form>
        <label>
          Speed
          <select
            @change=${(event: Event) =>
              this.lab.choose(
                speed,
                SPEEDS[(event.target as HTMLSelectElement).selectedIndex] ?? 2,
              )}
          >
            ${SPEEDS.map(
              (one) =>
                html`<option .selected=${one === this.lab.chosen(speed)}>
                  ${one} ${one === 1 ? 'step' : 'steps'} a second
                </option>`,
            )}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            .checked=${this.lab.chosen(predictions)}
            @change=${(event: Event) =>
              this.lab.choose(predictions, (event.target as HTMLInputElement).checked)}
          />
          Show predictions
        </label>
        ${
          long
            ? html`<label>
                <input
                  type="checkbox"
                  .checked=${this.lab.chosen(whole)}
                  @change=${(event: Event) =>
                    this.lab.choose(whole, (event.target as HTMLInputElement).checked)}
                />
                Show all ${this.components()} components
              </label>`
            : nothing
        }
        <p class="help">
          Keys, while the pointer or the focus is in this part: ← back, → forward, space plays and
          pauses. After a change of a setting the walk begins again at the start values and goes to
          the same step; another seed gives other start values and begins at step 0.
        </p>
      </div>
    `;
  }

  private components(): string {
    return fixed(Math.max(...(this.walked?.parameters ?? []).map(({ columns }) => columns)), 0);
  }

  private jump(event: SubmitEvent): void {
    event.preventDefault();
    const input = (event.target as HTMLFormElement).querySelector('input');
    if (!input) return;
    const text = input.value.trim();
    const fine = /^\d{1,6}$/.test(text) && Number(text) <= LAST_STEP;
    input.setCustomValidity(fine ? '' : `A step is a whole number from 0 to ${count(LAST_STEP)}.`);
    if (fine) this.go(Number(text));
    else input.reportValidity();
  }
}
