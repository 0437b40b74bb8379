import '../frame/user-choice.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Explanation, Film, ShareOf } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { count, fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { addendsOf, filmName, shares, usualLeast } from '../../lab/films.ts';
import { LARGEST_LEAST } from '../../lab/link.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const FILMS = 10;
const REASONS = 5;
const { why } = CHOICES.recommendations;

interface Shown {
  user: number;
  films: Film[];
  favorites: Film[];
}

/** The films that the trained model predicts a user to rate highest, and why. */
@customElement('film-table')
export class FilmTable extends LabView {
  @state() private opened: Opened | undefined;
  @state() private shown: Shown | undefined;
  protected override readonly computes = false;
  @state() private why: (Explanation & { item: number }) | undefined;
  /** Confidence and similarity of each rated film, where the model has them. */
  @state() private parts: ReadonlyMap<number, ShareOf> | undefined;
  /** The least number of ratings that was asked for, as the state says it. */
  private asking: number | undefined;

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override labChanged(): void {
    const { least, user } = this.lab.state;
    const { shown } = this;
    this.requestUpdate();
    const { open } = this;
    if (shown?.user !== user || this.asking !== least) void this.ask();
    else if (open !== undefined && open !== this.why?.item) void this.explain(open);
  }

  /** The item whose explanation stands open. */
  private get open(): number | undefined {
    const chosen = this.lab.chosen(why);
    return this.shown?.films.some(({ item }) => item === chosen) ? chosen : undefined;
  }

  protected override dataChanged(): void {
    this.opened = undefined;
    this.shown = undefined;
  }

  protected override render(): TemplateResult {
    const { opened, shown } = this;
    return html`
      <section class="films" aria-label="Recommendations">
        ${this.faultText()}
        ${
          shown && opened
            ? html`${this.controls(opened)} ${this.tables(shown, opened)}`
            : html`<p class="films-empty">
                ${
                  this.lab.result
                    ? 'Asking the model …'
                    : `Once the model above is trained, the ${FILMS} films that it predicts to be rated
                   highest by any user you choose stand here, and why.`
                }
              </p>`
        }
      </section>
    `;
  }

  private controls(opened: Opened): TemplateResult {
    const { id } = this.lab.block;
    return html`
      <form class="films-controls" @submit=${(event: Event) => event.preventDefault()}>
        <user-choice .lab=${this.lab} .users=${opened.users}></user-choice>
        <div class="buttons">
          <label for="${id}-least">Only films with at least</label>
          <input
            id="${id}-least"
            class="number"
            type="number"
            min="0"
            max=${LARGEST_LEAST}
            step="1"
            aria-describedby="${id}-least-help"
            .value=${String(this.leastOf(opened))}
            @change=${(event: Event) => this.typeLeast(event.target as HTMLInputElement)}
          />
          <span>ratings</span>
        </div>
        <p class="help" id="${id}-least-help">
          Counted in the training set. The bias and the vector of a film with one or two ratings are
          little more than guesses.
        </p>
      </form>
    `;
  }

  private tables({ favorites, films, user }: Shown, opened: Opened): TemplateResult {
    const [low, high] = opened.info.scale;
    const name = opened.users[user] ?? '';
    const above = !this.ranks && films.some(({ rating }) => rating > high);
    return html`
      <div class="films-tables">
        <div>
          <h4>Predicted highest for user ${name}, of the films not rated</h4>
          ${
            films.length === 0
              ? html`<p>
                  No film is left that this user has not rated and that has so many ratings: ask for
                  fewer.
                </p>`
              : this.predicted(films, opened)
          }
          ${
            above
              ? html`<p class="help">
                  The scale ends at ${plain(high)}. A sum can exceed it, and is shown as computed:
                  cut off, the best films would all be equal. Only where errors are measured is a
                  prediction clamped to ${plain(low)} … ${plain(high)}.
                </p>`
              : nothing
          }
        </div>
        <div>
          <h4>Rated highest by user ${name}</h4>
          ${this.rated(favorites)}
        </div>
      </div>
    `;
  }

  private predicted(films: readonly Film[], opened: Opened): TemplateResult {
    return html`
      <table class="film-list">
        <thead>
          <tr>
            <th scope="col" class="film-rank">#</th>
            <th scope="col">film</th>
            <th scope="col" class="film-number">predicted</th>
            <th scope="col" class="film-number">ratings</th>
          </tr>
        </thead>
        <tbody>
          ${films.map(
            (film, n) => html`
              <tr>
                <td class="film-rank">${n + 1}</td>
                <td>
                  <div class="film-cell">
                    <div>${title(film)}</div>
                    <button
                      type="button"
                      class="quiet film-why"
                      aria-expanded=${this.open === film.item ? 'true' : 'false'}
                      aria-label="Why ${film.title}?"
                      @click=${() => this.toggle(film.item)}
                    >
                      Why?
                    </button>
                  </div>
                </td>
                <td class="film-number">${fixed(film.rating, this.ranks ? 3 : 2)}</td>
                <td class="film-number">${count(film.count)}</td>
              </tr>
              ${
                this.open === film.item
                  ? html`<tr class="film-reason">
                      <td colspan="4">${this.reason(opened)}</td>
                    </tr>`
                  : nothing
              }
            `,
          )}
        </tbody>
      </table>
    `;
  }

  private rated(films: readonly Film[]): TemplateResult {
    if (films.length === 0) return html`<p>Nothing.</p>`;
    return html`
      <table class="film-list">
        <thead>
          <tr>
            <th scope="col">film</th>
            <th scope="col" class="film-number">rated</th>
            <th scope="col" class="film-number">ratings</th>
          </tr>
        </thead>
        <tbody>
          ${films.map(
            (film) => html`
              <tr>
                <td>${title(film)}</td>
                <td class="film-number">${plain(film.rating, 2)}</td>
                <td class="film-number">${count(film.count)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    `;
  }

  /** The addends of the prediction, and the rated films behind them. */
  private reason(opened: Opened): TemplateResult {
    const { why } = this;
    if (!why || why.item !== this.open) return html`<p>Asking the model …</p>`;
    const sum = why.terms.reduce((all, { value }) => all + value, 0);
    const single = shares(why, REASONS);
    const { share } = why;
    return html`
      <table class="addends">
        <caption>
          The prediction, addend by addend
        </caption>
        <tbody>
          ${why.terms.map(
            ({ addend, value }) => html`
              <tr>
                <th scope="row">
                  ${tex(addend.latex)} <span class="addend-words">${addend.words}</span>
                </th>
                <td class="film-number">${signed(value, 4)}</td>
              </tr>
            `,
          )}
          <tr class="sum">
            <th scope="row">
              ${tex(this.ranks ? String.raw`\hat p_{ui}` : String.raw`\hat r_{ui}`)}
              <span class="addend-words">their sum</span>
            </th>
            <td class="film-number">${fixed(sum, 4)}</td>
          </tr>
        </tbody>
      </table>
      ${
        single && share
          ? html`<table class="addends">
              ${
                this.parts
                  ? html`<caption>
                        ${share.words} ${tex(share.latex)}
                      </caption>
                      <thead>
                        <tr>
                          <th scope="col">rated film</th>
                          <th scope="col" class="film-number">${tex('c_{uj}')}</th>
                          <th scope="col" class="film-number">${tex('s^u_{ij}')}</th>
                          <th scope="col" class="film-number">product</th>
                        </tr>
                      </thead>`
                  : html`<caption>
                      ${share.words} ${tex(share.latex)}
                    </caption>`
              }
              <tbody>
                ${single.largest.map(({ item, share }) => {
                  const known = opened.items[item];
                  return html`
                    <tr>
                      <td>${known ? filmName(known) : item}</td>
                      ${this.share(item)}
                      <td class="film-number">${signed(share, 4)}</td>
                    </tr>
                  `;
                })}
                ${
                  single.others > 0
                    ? html`<tr>
                        <td colspan=${this.parts ? 3 : 1}>
                          the other ${count(single.others)} together
                        </td>
                        <td class="film-number">${signed(single.rest, 4)}</td>
                      </tr>`
                    : nothing
                }
                <tr class="sum">
                  <th scope="row" colspan=${this.parts ? 3 : 1}>
                    <span class="addend-words">
                      all ${count(why.because.length)}: ${addendsOf(why.terms, share)}
                    </span>
                  </th>
                  <td class="film-number">${signed(single.sum, 4)}</td>
                </tr>
              </tbody>
            </table>`
          : nothing
      }
    `;
  }

  private get ranks(): boolean {
    return this.lab.entry.task === 'ranking';
  }

  private share(item: number): TemplateResult | typeof nothing {
    if (!this.parts) return nothing;
    const { confidence = Number.NaN, similarity = Number.NaN } = this.parts.get(item) ?? {};
    return html`<td class="film-number">${fixed(confidence, 1)}</td>
      <td class="film-number">${fixed(similarity, 5)}</td>`;
  }

  private leastOf(opened: Opened): number {
    return this.lab.state.least ?? usualLeast(opened.info.ratings);
  }

  private choose(user: number): void {
    // A choice of rows changes no parameter: what the link promised still holds.
    this.lab.set({ user }, true);
  }

  private typeLeast(input: HTMLInputElement): void {
    const least = input.valueAsNumber;
    if (Number.isInteger(least) && least >= 0 && least <= LARGEST_LEAST) {
      this.lab.set({ least }, true);
    } else input.reportValidity();
  }

  private toggle(item: number): void {
    this.lab.choose(why, this.open === item ? undefined : item);
  }

  private async explain(item: number): Promise<void> {
    const user = this.shown?.user ?? 0;
    await this.guarded(async () => {
      const told = await this.lab.ask('run', 'explain', user, item);
      const parts = this.ranks ? await this.lab.ask('implicit', 'shares', user, item) : undefined;
      if (this.open !== item || this.shown?.user !== user) return;
      this.parts = parts && new Map(parts.map((part) => [part.item, part]));
      this.why = { ...told, item };
    });
  }

  private async ask(): Promise<void> {
    this.why = undefined;
    if (!this.lab.result) {
      this.shown = undefined;
      this.requestUpdate();
      return;
    }
    await this.question(async (late) => {
      const opened = await this.lab.opened();
      const { least, user: wanted } = this.lab.state;
      // A link may name a user that this data set does not have.
      const user = Math.min(wanted, opened.users.length - 1);
      const films = await this.lab.ask('run', 'recommend', user, FILMS, this.leastOf(opened));
      const favorites = await this.lab.ask('run', 'favorites', user, FILMS);
      if (late()) return;
      this.opened = opened;
      this.asking = least;
      this.shown = { user, films, favorites };
      this.why = undefined;
      if (user !== wanted) this.choose(user);
      if (this.open === undefined) this.lab.unfit(why);
      else await this.explain(this.open);
    });
  }
}

/** Title, year and genres, all as text. */
function title(film: Film): TemplateResult {
  return html`
    <span class="film-title">${filmName(film)}</span>
    ${
      film.genres.length > 0
        ? html`<span class="film-genres">${film.genres.join(', ')}</span>`
        : nothing
    }
  `;
}
