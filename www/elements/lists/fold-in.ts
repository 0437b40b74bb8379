import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { NewcomerAnswer } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { count, fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { filmName, nameOf, usualLeast } from '../../lab/films.ts';
import { findFilms, type Given, mainReason, withRating } from '../../lab/fold-in.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const FILMS = 10;
const MATCHES = 12;
/** How many ratings a start from a known user takes over. */
const TAKEN = 5;
const CHOICE = CHOICES['fold-in'];

/** Somebody who is not in the data: a few ratings in, predictions out, nothing trained. */
@customElement('fold-in-view')
export class FoldInView extends LabView {
  @state() private opened: Opened | undefined;
  protected override readonly computes = false;
  /** What the answer is about, as links write it. */
  private asked = '';
  @state() private answer: NewcomerAnswer | undefined;
  /** Milliseconds from the question to the answer. */
  @state() private took = 0;

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override dataChanged(): void {
    this.opened = undefined;
    this.answer = undefined;
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.lab.result && this.asked !== this.wanted()) void this.ask();
  }

  private get given(): readonly Given[] {
    return this.lab.chosen(CHOICE.given);
  }

  /** What the list is sorted by: the change that the ratings make, or the prediction. */
  private get byChange(): boolean {
    return this.lab.chosen(CHOICE.order) === 'change';
  }

  private wanted(): string {
    return JSON.stringify([this.given, this.byChange, this.lab.state.least]);
  }

  protected override render(): TemplateResult {
    const { answer, opened } = this;
    return html`
      <section class="fold-in" aria-label="Somebody new">
        ${this.faultText()}
        ${
          opened && answer
            ? html`<div class="fold-in-panels">
                <div>${this.entering(opened)}</div>
                <div>${this.predicted(answer, opened)}</div>
              </div>`
            : html`<p class="films-empty">
                ${
                  this.lab.result
                    ? 'Asking the model …'
                    : 'Once the model above is trained, you can rate a few films here as somebody it has never seen, and are told at once what you would like.'
                }
              </p>`
        }
      </section>
    `;
  }

  private entering(opened: Opened): TemplateResult {
    const { id } = this.lab.block;
    const [low, high] = opened.info.scale;
    const { given } = this;
    const found = findFilms(opened.items, this.lab.chosen(CHOICE.search), given, MATCHES);
    return html`
      <h4>Your ratings</h4>
      <form @submit=${(event: Event) => event.preventDefault()}>
        <label for="${id}-film">Find a film</label>
        <input
          id="${id}-film"
          type="text"
          autocomplete="off"
          aria-describedby="${id}-film-help"
          maxlength="100"
          .value=${this.lab.chosen(CHOICE.search)}
          @input=${(event: Event) =>
            this.lab.choose(CHOICE.search, (event.target as HTMLInputElement).value)}
        />
        <p class="help" id="${id}-film-help">
          Type a part of its title; a click takes it with ${plain(high)} stars.
        </p>
        <ul class="fold-in-matches">
          ${found.map(
            (item) =>
              html`<li>
                <button type="button" class="quiet" @click=${() => this.take(item, high)}>
                  ${nameOf(opened.items, item)}
                </button>
              </li>`,
          )}
        </ul>
      </form>
      ${
        given.length === 0
          ? html`<p>
              None yet: so far you are predicted ${tex(String.raw`\mu + b_i`)}, as anybody would be.
            </p>`
          : html`<table class="film-list fold-in-given">
              <thead>
                <tr>
                  <th scope="col">film</th>
                  <th scope="col" class="film-number">stars</th>
                  <th scope="col"><span class="visually-hidden">take back</span></th>
                </tr>
              </thead>
              <tbody>
                ${given.map((one) => this.row(one, opened, low, high))}
              </tbody>
            </table>`
      }
      <div class="buttons">
        <button type="button" @click=${() => void this.borrow(opened)}>
          Take ${TAKEN} ratings of some user
        </button>
        <button type="button" ?disabled=${given.length === 0} @click=${() => this.put([])}>
          Clear
        </button>
      </div>
    `;
  }

  private row({ item, rating }: Given, opened: Opened, low: number, high: number): TemplateResult {
    const name = nameOf(opened.items, item);
    return html`<tr>
      <td class="film-title">${name}</td>
      <td class="film-number">
        <input
          class="number"
          type="number"
          min=${low}
          max=${high}
          step="0.5"
          aria-label="Stars for ${name}"
          .value=${String(rating)}
          @change=${(event: Event) => this.rate(item, event.target as HTMLInputElement)}
        />
      </td>
      <td>
        <button
          type="button"
          class="quiet"
          aria-label="Take back ${name}"
          @click=${() => this.put(this.given.filter((one) => one.item !== item))}
        >
          ×
        </button>
      </td>
    </tr>`;
  }

  private predicted(answer: NewcomerAnswer, opened: Opened): TemplateResult {
    const { given } = this;
    return html`
      <h4>Predicted for you</h4>
      <p class="fold-in-told value" role="status">
        ${count(given.length)} ${given.length === 1 ? 'rating' : 'ratings'}, no training, answered
        in ${fixed(this.took, 0)} ms; your bias ${tex('b_u')} = ${signed(answer.bias, 4)}.
      </p>
      ${this.order()}
      <table class="film-list fold-in-films">
        <thead>
          <tr>
            <th scope="col">film</th>
            <th scope="col" class="film-number">
              your ratings add, ${tex(String.raw`q_i^\top z_u`)}
            </th>
            <th scope="col">most because of</th>
            <th scope="col" class="film-number">predicted</th>
          </tr>
        </thead>
        <tbody>
          ${answer.films.map((film, n) => {
            const explained = answer.reasons[n];
            const [item, share] = (explained && mainReason(explained)) ?? [];
            const cause = item === undefined ? undefined : opened.items[item];
            return html`<tr>
              <td class="film-title">${filmName(film)}</td>
              <td class="film-number">${signed(explained?.terms.at(-1)?.value ?? 0, 3)}</td>
              <td>${cause ? html`${filmName(cause)}: ${signed(share ?? 0, 3)}` : '–'}</td>
              <td class="film-number">${fixed(film.rating, 2)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      <p class="help">
        Of the films with at least ${this.least(opened)} training ratings. A prediction is
        ${tex(String.raw`\mu + b_u + b_i`)} and what your ratings add. “Because of” names the rating
        that adds most of it, where they add anything.
      </p>
    `;
  }

  private order(): TemplateResult {
    const name = `${this.lab.block.id}-order`;
    const choice = (byChange: boolean, text: string): TemplateResult =>
      html`<label
        ><input
          type="radio"
          name=${name}
          .checked=${this.byChange === byChange}
          @change=${() => this.lab.choose(CHOICE.order, byChange ? 'change' : 'prediction')}
        />
        ${text}</label
      >`;
    return html`<fieldset class="choice">
      <legend>First:</legend>
      ${choice(true, 'what your ratings move up most')} ${choice(false, 'the highest predictions')}
    </fieldset>`;
  }

  private least(opened: Opened): number {
    return this.lab.state.least ?? usualLeast(opened.info.ratings);
  }

  private take(item: number, rating: number): void {
    this.lab.choose(CHOICE.search, '');
    this.put(withRating(this.given, item, rating));
  }

  private rate(item: number, input: HTMLInputElement): void {
    if (input.checkValidity() && Number.isFinite(input.valueAsNumber)) {
      this.put(withRating(this.given, item, input.valueAsNumber));
    } else input.reportValidity();
  }

  private async borrow(opened: Opened): Promise<void> {
    await this.guarded(async () => {
      const user = Math.floor(Math.random() * opened.users.length);
      const { items, ratings } = await this.lab.ask('data', 'row', user);
      const every = Math.max(1, Math.floor(items.length / TAKEN));
      const taken = items.flatMap((item, n): Given[] =>
        n % every === 0 ? [{ item, rating: ratings[n] ?? 0 }] : [],
      );
      this.put(taken.slice(0, TAKEN));
    });
  }

  private put(given: readonly Given[]): void {
    this.lab.choose(CHOICE.given, given);
  }

  private async ask(): Promise<void> {
    if (!this.lab.result) {
      this.answer = undefined;
      this.requestUpdate();
      return;
    }
    await this.question(async (late) => {
      const opened = await this.lab.opened();
      const [low, high] = opened.info.scale;
      const known = ({ item, rating }: Given): boolean =>
        item < opened.items.length && rating >= low && rating <= high;
      if (!this.given.every(known)) this.lab.unfit(CHOICE.given);
      this.asked = this.wanted();
      const from = performance.now();
      const items = Uint32Array.from(this.given, ({ item }) => item);
      const ratings = Float32Array.from(this.given, ({ rating }) => rating);
      const answer = await this.lab.ask(
        'factors',
        'foldIn',
        items,
        ratings,
        FILMS,
        this.least(opened),
        this.byChange,
      );
      if (late()) return;
      this.took = performance.now() - from;
      this.opened = opened;
      this.answer = answer;
    });
  }
}
