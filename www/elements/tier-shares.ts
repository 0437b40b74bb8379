import { html, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Film } from '../../pkg/factorscope.js';
import { fixed, plain, signed } from '../format.ts';
import { filmName, usualLeast } from '../lab/films.ts';
import {
  meanSize,
  reach,
  stacked,
  type Tier,
  TIERS,
  type TierShares,
  tierShares,
} from '../lab/tiers.ts';
import { LabView } from './lab-view.ts';

const FILMS = 10;
const WIDTH = 200;
const HEIGHT = 20;

type List = 'films' | 'favorites';
const LISTS: readonly (readonly [List, string])[] = [
  ['films', 'films with the highest predictions'],
  ['favorites', 'films the user rated highest'],
];

interface Row {
  film: Film;
  shares: TierShares;
  prediction: number;
}

/** One user's predictions by the trained model, each taken apart into its three tiers. */
@customElement('tier-shares')
export class TierSharesView extends LabView {
  @state() private rows: readonly Row[] = [];
  @state() private list: List = 'films';
  @state() private user = '';
  private shownFor = '';

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override labChanged(): void {
    const { least, user } = this.lab.state;
    if (this.lab.result && this.shownFor !== `${user} ${least}`) void this.ask();
    this.requestUpdate();
  }

  protected override dataChanged(): void {
    this.rows = [];
  }

  protected override render(): TemplateResult {
    return html`
      <section class="tiers" aria-label="Predictions by tier">
        ${this.faultText()}
        ${
          this.rows.length > 0
            ? this.table()
            : html`<p class="help tiers-empty">
                Once the model above is trained, the predictions for one user stand here, each taken
                apart into its three tiers.
              </p>`
        }
      </section>
    `;
  }

  private table(): TemplateResult {
    const { rows } = this;
    const most = reach(rows.map(({ shares }) => shares));
    const name = `${this.lab.block.id}-tier-list`;
    return html`
      <fieldset class="choice">
        <legend>User ${this.user}:</legend>
        ${LISTS.map(
          ([list, text]) =>
            html`<label
              ><input
                type="radio"
                name=${name}
                .checked=${this.list === list}
                @change=${() => this.choose(list)}
              />
              ${text}</label
            >`,
        )}
      </fieldset>
      <div class="table-scroll" tabindex="0" role="group" aria-label="Shares of the tiers">
        <table class="numbers tiers-table">
          <thead>
            <tr>
              <th scope="col" class="text">film</th>
              ${TIERS.map(
                (tier) => html`<th scope="col"><span class="tier-key ${tier}"></span>${tier}</th>`,
              )}
              <th scope="col">sum</th>
              <th scope="col" class="text">beside the baseline, ±${plain(most)}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.row(row, most))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" class="text">mean size</th>
              ${TIERS.map((tier) => html`<td>${fixed(this.size(tier), 3)}</td>`)}
              <td></td>
              <td></td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="help">
        The baseline is the same ladder for everybody but for the user’s own bias. What the factors
        and the neighbors add stands to the right of the line, what they take off to the left; the
        mark is the sum of both.
      </p>
    `;
  }

  private row({ film, prediction, shares }: Row, most: number): TemplateResult {
    const { factors, neighborhood } = shares;
    const x = (value: number): number => WIDTH / 2 + ((WIDTH / 2) * value) / most;
    const pieces = stacked(shares).map(
      ({ from, tier, to }) =>
        svg`<rect class="tier-bar ${tier}" x=${Math.min(x(from), x(to))} y="3"
          width=${Math.abs(x(to) - x(from))} height=${HEIGHT - 6}></rect>`,
    );
    const sum = x(factors + neighborhood);
    return html`<tr>
      <th scope="row" class="text">${filmName(film)}</th>
      <td>${fixed(shares.baseline, 3)}</td>
      <td>${signed(factors, 3)}</td>
      <td>${signed(neighborhood, 3)}</td>
      <td><strong>${fixed(prediction, 3)}</strong></td>
      <td class="tier-cell">
        <svg
          class="tier-bars"
          viewBox="0 0 ${WIDTH} ${HEIGHT}"
          role="img"
          aria-label="factors ${signed(factors, 2)}, neighborhood ${signed(neighborhood, 2)}"
        >
          ${pieces}
          ${svg`<line class="tier-zero" x1=${WIDTH / 2} x2=${WIDTH / 2} y1="0" y2=${HEIGHT}></line>
            <line class="tier-sum" x1=${sum} x2=${sum} y1="1" y2=${HEIGHT - 1}></line>`}
        </svg>
      </td>
    </tr>`;
  }

  private size(tier: Tier): number {
    return meanSize(
      this.rows.map(({ shares }) => shares),
      tier,
    );
  }

  private choose(list: List): void {
    this.list = list;
    void this.ask();
  }

  private async ask(): Promise<void> {
    if (!this.lab.result) {
      this.rows = [];
      return;
    }
    await this.question(async (late) => {
      const { info, users } = await this.lab.opened();
      const { least, user: wanted } = this.lab.state;
      const user = Math.min(wanted, users.length - 1);
      const client = await this.lab.engine();
      const found = await client.call((engine) =>
        engine.recommend(user, FILMS, least ?? usualLeast(info.ratings)),
      );
      const rows: Row[] = [];
      for (const film of found[this.list]) {
        const { terms } = await client.call((engine) => engine.explain(user, film.item));
        if (late()) return;
        const prediction = terms.reduce((sum, { value }) => sum + value, 0);
        rows.push({ film, shares: tierShares(terms), prediction });
      }
      if (late()) return;
      this.shownFor = `${wanted} ${least}`;
      this.user = users[user] ?? '';
      this.rows = rows;
    });
  }
}
