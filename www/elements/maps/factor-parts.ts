import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Addends, Film, Part } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { count, fixed, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { filmName, nameOf } from '../../lab/films.ts';
import { addends } from '../../lab/fold-in.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const FILMS = 5;
const GENRES = 3;
/** Films with fewer training ratings say little about a factor. */
const LEAST = 30;
const WRITTEN = 6;
const FILM = CHOICES.parts.film;

/** Each factor of a nonnegative factorization by its films, and one prediction as a sum of factors. */
@customElement('factor-parts')
export class FactorParts extends LabView {
  @state() private opened: Opened | undefined;
  @state() private parts: readonly Part[] = [];
  @state() private films: readonly Film[] = [];
  /** The film of the sum. */
  private film = 0;
  protected override readonly computes = false;
  @state() private sum: Addends | undefined;
  private user = 0;

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (!this.lab.result || this.films.length === 0) return;
    if (this.lab.state.user !== this.user) void this.ask();
    else if (this.film !== this.wanted) void this.guarded(() => this.add(this.wanted));
  }

  protected override dataChanged(): void {
    this.opened = undefined;
    this.parts = [];
  }

  protected override render(): TemplateResult {
    const { opened, parts } = this;
    return html`
      <section class="parts" aria-label="The factors">
        ${this.faultText()}
        ${
          opened && parts.length > 0
            ? html`<h4>What each factor carries</h4>
                <div class="parts-list">${parts.map((part, k) => this.block(part, k, opened))}</div>
                <p class="help">
                  Only films with at least ${LEAST} training ratings. A film’s share: how much of
                  ${tex(String.raw`\bar p^\top q_i`)} this factor adds, for the mean user
                  ${tex(String.raw`\bar p`)}. Genres: how much of the factor lies in films of the
                  genre, and in brackets how many of all these films are of that genre.
                </p>
                ${this.addition(opened)}`
            : html`<p class="films-empty">
                ${
                  this.lab.result
                    ? 'Asking the model …'
                    : 'Once the model above is trained, each factor stands here with the films it carries most of.'
                }
              </p>`
        }
      </section>
    `;
  }

  private block({ films, genres, share }: Part, k: number, opened: Opened): TemplateResult {
    return html`<article class="part">
      <h5>Factor ${k + 1} <span class="help">${fixed(100 * share, 1)} % of the products</span></h5>
      <ol>
        ${films.map(
          ({ item, share: own }) =>
            html`<li>
              <span class="film-title">${nameOf(opened.items, item)}</span>
              <span class="value">${fixed(100 * own, 0)} %</span>
            </li>`,
        )}
      </ol>
      <p class="help">
        ${genres
          .slice(0, GENRES)
          .map((g) => `${g.name} ${fixed(100 * g.share, 0)} % (${fixed(100 * g.usual, 0)} %)`)
          .join(', ')}
      </p>
    </article>`;
  }

  /** One prediction, addend by addend. */
  private addition(opened: Opened): TemplateResult {
    const { id } = this.lab.block;
    const { films, sum } = this;
    const all = sum ? addends(sum.p, sum.q) : [];
    const rest = all.slice(WRITTEN);
    const total = all.reduce((a, { value }) => a + value, 0);
    const before = sum ? sum.mu + sum.b_u + sum.b_i : 0;
    return html`
      <h4>One prediction as a sum</h4>
      <form class="buttons" @submit=${(event: Event) => event.preventDefault()}>
        <label for="${id}-sum">User ${opened.users[this.user] ?? ''} and</label>
        <select
          id="${id}-sum"
          @change=${(event: Event) =>
            this.lab.choose(FILM, Number((event.target as HTMLSelectElement).value))}
        >
          ${films.map(
            (film) =>
              html`<option value=${film.item} .selected=${film.item === this.film}>
                ${filmName(film)}
              </option>`,
          )}
        </select>
      </form>
      <table class="addends parts-sum">
        <caption>
          No addend of a factor is negative: each adds, none takes back
        </caption>
        <tbody>
          ${
            sum && before !== 0
              ? html`<tr>
                  <th scope="row">${tex(String.raw`\mu + b_u + b_i`)}</th>
                  <td></td>
                  <td class="film-number">${signed(before, 4)}</td>
                </tr>`
              : nothing
          }
          ${all.slice(0, WRITTEN).map(
            ({ factor, p, q, value }) =>
              html`<tr>
                <th scope="row">${tex(`p_{u,${factor}}\\, q_{i,${factor}}`)}</th>
                <td class="film-number">${fixed(p, 3)} · ${fixed(q, 3)}</td>
                <td class="film-number">${signed(value, 4)}</td>
              </tr>`,
          )}
          ${
            rest.length > 0
              ? html`<tr>
                  <th scope="row">${count(rest.length)} more factors together</th>
                  <td></td>
                  <td class="film-number">
                    ${signed(
                      rest.reduce((a, { value }) => a + value, 0),
                      4,
                    )}
                  </td>
                </tr>`
              : nothing
          }
          <tr class="sum">
            <th scope="row">${tex(String.raw`\hat r_{ui}`)}</th>
            <td></td>
            <td class="film-number">${fixed(before + total, 4)}</td>
          </tr>
        </tbody>
      </table>
    `;
  }

  private async ask(): Promise<void> {
    if (!this.lab.result) {
      this.parts = [];
      this.requestUpdate();
      return;
    }
    await this.question(async (late) => {
      const opened = await this.lab.opened();
      const user = Math.min(this.lab.state.user, opened.users.length - 1);
      const parts = await this.lab.ask('factors', 'parts', Math.max(FILMS, GENRES), LEAST);
      const films = await this.lab.ask('run', 'recommend', user, 10, LEAST);
      if (late()) return;
      this.opened = opened;
      this.parts = parts;
      this.films = films;
      this.user = user;
      if (!films.some(({ item }) => item === this.lab.chosen(FILM))) this.lab.unfit(FILM);
      await this.add(this.wanted);
    });
  }

  private get wanted(): number {
    return this.lab.chosen(FILM) ?? this.films[0]?.item ?? 0;
  }

  private async add(film: number): Promise<void> {
    const { user } = this;
    this.film = film;
    const sum = await this.lab.ask('factors', 'addends', user, film);
    if (this.film === film && this.user === user) this.sum = sum;
  }
}
