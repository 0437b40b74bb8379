import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';

import type { Chart, Posterior } from '../../../pkg/factorscope.js';
import type { Bars, Opened } from '../../engine/types.ts';
import { count, fixed, plain } from '../../format.ts';
import { bars, curve, density, spread } from '../../lab/bayes.ts';
import { CHOICES } from '../../lab/choices.ts';
import { filmName, userIndex } from '../../lab/films.ts';
import { color } from '../../palette.ts';
import { LabView } from '../frame/lab-view.ts';
import { trainingJob } from '../runs/training.ts';
import '../frame/run-link.ts';

const CHOICE = CHOICES.posterior;
const MOST_FILMS = 60;
const MOST_SUGGESTIONS = 1000;
/** Half the width of the middle nine tenths of a normal distribution, in standard deviations. */
const NINETY = 1.645;

/** What the kept draws say of one rating: a histogram, its mean and its interval. */
@customElement('rating-posterior')
export class RatingPosterior extends LabView {
  @state() private opened: Opened | undefined;
  @state() private rated: { items: number[]; ratings: number[] } | undefined;
  @state() private told: Posterior | undefined;
  @state() private chart: Chart | undefined;
  /** Where no other view of this part trains the model. */
  private readonly job = trainingJob(this, () => this.lab.setup('everything'));
  protected override readonly computes = false;
  /** What was asked about. */
  private asked = '';

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    if (this.lab.linked && this.alone) void this.job.start();
    else void this.ask();
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.job.differs) {
      this.job.clear();
      this.lab.finish(undefined);
    } else if (this.asked !== this.wanted()) void this.ask();
  }

  private wanted(): string {
    const { i, u } = this.pair;
    return `${u} ${i}`;
  }

  protected override dataChanged(): void {
    this.job.clear();
    this.opened = undefined;
    this.told = undefined;
    this.chart = undefined;
    this.rated = undefined;
    this.asked = '';
  }

  /** Whether no other view of this part trains the model. */
  private get alone(): boolean {
    return !this.lab.block.show.includes('train');
  }

  private get pair(): { u: number; i: number } {
    const { cell, user } = this.lab.state;
    const toy = this.lab.block.data === 'toy';
    const [u, i] = toy ? [cell.u, cell.i] : [user, this.lab.chosen(CHOICE.film)];
    const { items = [], users = [] } = this.opened ?? {};
    return { u: Math.min(u, users.length - 1), i: Math.min(i, items.length - 1) };
  }

  protected override render(): TemplateResult {
    return html`
      <section class="rating-posterior" aria-label="The draws of one rating">
        ${this.alone ? this.drawing() : nothing} ${this.faultText(this.job.fault || this.fault)}
        ${
          this.opened && this.lab.result
            ? html`${this.choices(this.opened)} ${this.result()}`
            : html`<p class="films-empty">
                ${
                  this.alone
                    ? 'Once the draws are made, the distribution of any rating you choose stands here.'
                    : 'Once the model above is trained, the distribution of any rating you choose stands here.'
                }
              </p>`
        }
        ${
          this.alone
            ? html`<run-link
                .lab=${this.lab}
                .print=${this.job.running ? undefined : this.lab.result?.trained}
              ></run-link>`
            : nothing
        }
      </section>
    `;
  }

  private drawing(): TemplateResult {
    const epochs = this.lab.state.settings['epochs'] ?? 1;
    const { parts, running, start } = this.job;
    const done = (parts[0]?.history.length ?? 1) - 1;
    return html`
      <div class="buttons">
        <button
          type="button"
          class="main"
          ?disabled=${running || !this.lab.runnable}
          @click=${start}
        >
          Draw ${count(epochs)} sweeps
        </button>
        <progress aria-label="Progress" max=${epochs} .value=${done}></progress>
        <span class="value" role="status">${done} of ${count(epochs)}</span>
      </div>
    `;
  }

  private choices(opened: Opened): TemplateResult {
    const { id } = this.lab.block;
    const { i, u } = this.pair;
    const suggestions = opened.users.length <= MOST_SUGGESTIONS ? opened.users : [];
    const films = this.films(opened);
    const searchable = opened.items.length > MOST_FILMS;
    return html`
      <form class="posterior-choices" @submit=${(event: Event) => event.preventDefault()}>
        <div class="buttons">
          <label for="${id}-posterior-user">User</label>
          <input
            id="${id}-posterior-user"
            class="number"
            type="text"
            autocomplete="off"
            list=${suggestions.length > 0 ? `${id}-posterior-users` : nothing}
            .value=${opened.users[u] ?? ''}
            @change=${(event: Event) => this.type(event.target as HTMLInputElement, opened)}
          />
          <datalist id="${id}-posterior-users">
            ${suggestions.map((name) => html`<option value=${name}></option>`)}
          </datalist>
          ${
            searchable
              ? html`<label for="${id}-posterior-search">Titles with</label>
                  <input
                    id="${id}-posterior-search"
                    class="posterior-search"
                    type="search"
                    autocomplete="off"
                    placeholder="any part of a title"
                    maxlength="100"
                    .value=${this.lab.chosen(CHOICE.search)}
                    @input=${(event: Event) =>
                      this.lab.choose(CHOICE.search, (event.target as HTMLInputElement).value)}
                  />`
              : nothing
          }
        </div>
        <div class="posterior-film">
          <label for="${id}-posterior-film">Film</label>
          <select
            id="${id}-posterior-film"
            @change=${(event: Event) => this.choose(u, Number((event.target as HTMLSelectElement).value))}
          >
            ${films.map(
              ({ item, name }) =>
                html`<option value=${item} .selected=${item === i}>${name}</option>`,
            )}
          </select>
        </div>
        ${
          searchable
            ? html`<p class="help">
                Without a search the list holds what this user rated; of those, some were held back
                for the test.
              </p>`
            : nothing
        }
      </form>
    `;
  }

  /** The films to choose from: what is searched for, or what the user rated; always the one chosen. */
  private films(opened: Opened): { item: number; name: string }[] {
    const { i } = this.pair;
    const rated = new Map(this.rated?.items.map((item, n) => [item, this.rated?.ratings[n] ?? 0]));
    const wanted = this.lab.chosen(CHOICE.search).trim().toLowerCase();
    const small = opened.items.length <= MOST_FILMS;
    const all = opened.items.map((known, item) => ({ item, title: filmName(known) }));
    const found = small
      ? all
      : wanted
        ? all.filter(({ title }) => title.toLowerCase().includes(wanted))
        : all.filter(({ item }) => rated.has(item));
    const chosen = all[i];
    const list = found.slice(0, MOST_FILMS);
    if (chosen && !list.includes(chosen)) list.unshift(chosen);
    return list.map(({ item, title }) => {
      const given = rated.get(item);
      return { item, name: given === undefined ? title : `${title} – gave ${plain(given)}` };
    });
  }

  private result(): TemplateResult | typeof nothing {
    const { told } = this;
    if (!told) return html`<p>Asking the model …</p>`;
    const found = spread(told.draws);
    if (!found) {
      return html`<p class="note">
        No draw is kept yet: the burn-in is as long as the training. Choose more epochs, or a
        shorter burn-in.
      </p>`;
    }
    const noise = 1 / told.alpha;
    const sd = Math.sqrt(found.sd ** 2 + noise);
    const row = (name: string, value: string): TemplateResult =>
      html`<tr>
        <th scope="row" class="text">${name}</th>
        <td class="value">${value}</td>
      </tr>`;
    const interval = (low: number, high: number): string => `${fixed(low, 2)} … ${fixed(high, 2)}`;
    const known =
      told.given === undefined
        ? 'none'
        : `${plain(told.given)} (${told.trained ? 'in the training set' : 'held back'})`;
    return html`
      <figure class="chart">
        <ul class="legend">
          <li>
            <span class="swatch swatch-user" aria-hidden="true"></span>draws of the prediction
          </li>
          <li>
            <span class="swatch swatch-train" aria-hidden="true"></span>a rating: noise on top
          </li>
          <li><span class="swatch swatch-item" aria-hidden="true"></span>mean</li>
          ${
            told.given === undefined
              ? nothing
              : html`<li>
                  <span class="swatch swatch-error" aria-hidden="true"></span>rating given
                </li>`
          }
        </ul>
        <div class="chart-plot" role="img" aria-label="Histogram of the draws of this prediction">
          ${
            this.chart
              ? unsafeHTML(this.chart.svg)
              : html`<p class="chart-empty">Nothing to draw yet.</p>`
          }
        </div>
      </figure>
      <table class="numbers posterior-numbers">
        <tbody>
          ${row('draws kept', count(told.draws.length))}
          ${row('mean of the draws: the prediction', fixed(found.mean, 3))}
          ${row('their standard deviation', fixed(found.sd, 3))}
          ${row('nine of ten draws lie in', interval(found.low, found.high))}
          ${row('standard deviation of a rating, noise included', fixed(sd, 3))}
          ${row('nine of ten ratings should lie in', interval(found.mean - NINETY * sd, found.mean + NINETY * sd))}
          ${row('rating given', known)}
        </tbody>
      </table>
    `;
  }

  private type(input: HTMLInputElement, opened: Opened): void {
    const user = userIndex(opened.users, input.value);
    input.setCustomValidity(
      user === undefined ? `there is no user ${input.value} in this data` : '',
    );
    if (user === undefined) input.reportValidity();
    else this.choose(user, this.pair.i);
  }

  private choose(u: number, i: number): void {
    // A choice of what is looked at changes no parameter.
    if (this.lab.block.data === 'toy') this.lab.set({ cell: { u, i } }, true);
    else {
      this.lab.choose(CHOICE.film, i);
      this.lab.set({ user: u }, true);
    }
  }

  private async ask(): Promise<void> {
    if (!this.lab.result) {
      this.told = undefined;
      this.requestUpdate();
      return;
    }
    await this.question(async (late) => {
      const opened = await this.lab.opened();
      this.opened = opened;
      if (this.lab.chosen(CHOICE.film) >= opened.items.length) this.lab.unfit(CHOICE.film);
      const { i, u } = this.pair;
      this.asked = this.wanted();
      const engine = await this.lab.engine();
      const rated = await this.lab.ask('data', 'row', u);
      const told = await this.lab.ask('draws', 'posterior', u, i);
      if (late()) return;
      this.rated = rated;
      this.told = told;
      const chart = await engine.call((remote) => remote.bars('rating', 'draws', drawn(told)));
      if (!late()) this.chart = chart;
    });
  }
}

/** Bars of the draws, and over them the curve of a rating: as wide as draws and noise together. */
function drawn({ alpha, draws, given }: Posterior): Bars {
  const { counts, edges } = bars(draws);
  const found = spread(draws);
  if (!found) return { edges, heights: counts, curve: [], marks: [], colors: [] };
  const width = (edges[1] ?? 1) - (edges[0] ?? 0);
  const rating = { mean: found.mean, variance: found.sd ** 2 + 1 / alpha };
  const reach = 2.5 * Math.sqrt(rating.variance);
  return {
    edges,
    heights: counts,
    curve: curve(
      (x) => draws.length * width * density(x, rating),
      found.mean - reach,
      found.mean + reach,
      80,
    ),
    marks: [found.mean, ...(given === undefined ? [] : [given])],
    colors: [color('user'), color('train'), color('item'), color('error')],
  };
}
