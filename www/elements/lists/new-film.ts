import '../data/data-source.ts';
import '../frame/run-link.ts';

import { html, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { NewItem } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { count, fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { histogram, mean } from '../../lab/newcomer.ts';
import { NewAttributesView } from './new-attributes-view.ts';

const STEP = 0.25;
const GENRES = CHOICES['new-film'].genres;

/** A made-up film that nobody has rated: genres to switch, and what all users would give it. */
@customElement('new-film')
export class NewFilm extends NewAttributesView {
  @state() private answered: NewItem | undefined;
  /** The same without any genre. */
  @state() private unknown: NewItem | undefined;

  protected override readonly choice = GENRES;

  protected override fits(told: readonly number[], { info }: Opened): boolean {
    return told.every((at) => at < info.item_attributes.length);
  }

  protected override dataChanged(): void {
    super.dataChanged();
    this.answered = undefined;
  }

  protected override render(): TemplateResult {
    const { answered, opened, unknown } = this;
    const genres = opened?.info.item_attributes ?? [];
    return html`
      <section class="newcomer" aria-label="A made-up film">
        <data-source .lab=${this.lab}></data-source>
        ${this.faultText()}
        ${
          opened && answered && unknown
            ? genres.length === 0
              ? html`<p class="note">This data has no genres.</p>`
              : html`${this.choices(genres.map(({ value }) => value))}
                ${this.levels(answered, unknown)}`
            : html`<p class="newcomer-wait">Training …</p>`
        }
        <run-link .lab=${this.lab} .print=${this.print}></run-link>
      </section>
    `;
  }

  private choices(genres: readonly string[]): TemplateResult {
    const chosen = this.lab.chosen(GENRES);
    return html`<fieldset class="newcomer-genres">
      <legend>Genres of the new film</legend>
      ${genres.map(
        (genre, at) =>
          html`<label>
            <input
              type="checkbox"
              .checked=${chosen.includes(at)}
              @change=${() => {
                const has = chosen.includes(at);
                const now = has ? chosen.filter((g) => g !== at) : [...chosen, at];
                this.lab.choose(GENRES, now);
              }}
            />${genre}
          </label>`,
      )}
    </fieldset>`;
  }

  private levels({ ratings, bias }: NewItem, unknown: NewItem): TemplateResult {
    const [low, high] = this.opened?.info.scale ?? [0, 5];
    const bars = histogram(ratings, low, high, STEP);
    const before = histogram(unknown.ratings, low, high, STEP);
    const most = Math.max(...bars.map((bar) => bar.count), ...before.map((bar) => bar.count), 1);
    const [own, base] = [mean(ratings), mean(unknown.ratings)];
    const spread = (values: readonly number[], centre: number): number =>
      Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
    return html`
      <figure class="newcomer-histogram">
        <svg viewBox="-8 0 616 180" role="img" aria-label="How many users would give what">
          ${bars.map(({ count: n }, at) => {
            const width = 600 / bars.length;
            const height = (n / most) * 146;
            const ghost = ((before[at]?.count ?? 0) / most) * 146;
            return svg`<rect
                class="bar"
                x=${at * width + 1}
                y=${150 - height}
                width=${width - 2}
                height=${height}
              ></rect><path
                class="ghost"
                d="M${at * width} ${150 - ghost}h${width}"
              ></path>`;
          })}
          <line class="axis" x1="0" x2="600" y1="150.5" y2="150.5"></line>
          ${[...bars.map(({ from }) => from), high]
            .filter((star) => Number.isInteger(star))
            .map(
              (star) =>
                svg`<text x=${((star - low) / (high - low)) * 600} y="171" text-anchor="middle">${plain(star)}</text>`,
            )}
        </svg>
        <figcaption class="help">
          What ${count(ratings.length)} users would give the film, in quarters of a star; beyond the
          scale counts at its ends. The line is a film of which nothing is known.
        </figcaption>
      </figure>
      <table class="numbers newcomer-levels">
        <thead>
          <tr>
            <th scope="col"><span class="visually-hidden">what</span></th>
            <th scope="col">these genres</th>
            <th scope="col">nothing known</th>
            <th scope="col">difference</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">mean over all users</th>
            <td>${fixed(own, 3)}</td>
            <td>${fixed(base, 3)}</td>
            <td>${signed(own - base, 3)}</td>
          </tr>
          <tr>
            <th scope="row">of that, the genres’ biases</th>
            <td>${signed(bias, 3)}</td>
            <td>${signed(unknown.bias, 3)}</td>
            <td>${signed(bias - unknown.bias, 3)}</td>
          </tr>
          <tr>
            <th scope="row">standard deviation</th>
            <td>${fixed(spread(ratings, own), 3)}</td>
            <td>${fixed(spread(unknown.ratings, base), 3)}</td>
            <td>${signed(spread(ratings, own) - spread(unknown.ratings, base), 3)}</td>
          </tr>
        </tbody>
      </table>
    `;
  }

  protected override ask(): Promise<void> {
    return this.question(async (late) => {
      const ask = (genres: readonly number[]): Promise<NewItem> =>
        this.lab.ask('attributes', 'newItem', Uint32Array.from(genres));
      const [told, unknown] = await Promise.all([ask(this.lab.chosen(GENRES)), ask([])]);
      if (late()) return undefined;
      this.answered = told;
      this.unknown = unknown;
      return this.stopped;
    });
  }
}
