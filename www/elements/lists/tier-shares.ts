import '../frame/user-choice.ts';

import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Film } from '../../../pkg/factorscope.js';
import { fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { filmName, usualLeast } from '../../lab/films.ts';
import { meanSize, reach, type Tier, TIERS, type TierShares, tierShares } from '../../lab/tiers.ts';
import { LabView } from '../frame/lab-view.ts';

const FILMS = 10;
const WIDTH = 100;
const HEIGHT = 12;

const LIST = CHOICES.tiers.list;
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

/** What the end of a bar stands for, tier by tier. */
type Scales = Record<Exclude<Tier, 'baseline'>, number>;

/** One user's predictions by the trained model, each taken apart into its three tiers. */
@customElement('tier-shares')
export class TierSharesView extends LabView {
  @state() private rows: readonly Row[] = [];
  protected override readonly computes = false;
  @state() private user = '';
  @state() private users: readonly string[] = [];
  private shownFor = '';

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override labChanged(): void {
    const { least, user } = this.lab.state;
    if (this.lab.result && this.shownFor !== `${user} ${least} ${this.lab.chosen(LIST)}`)
      void this.ask();
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
    const shares = rows.map((row) => row.shares);
    const scales = {
      factors: reach(shares, 'factors'),
      neighborhood: reach(shares, 'neighborhood'),
    };
    const name = `${this.lab.block.id}-tier-list`;
    // The list of films has the choice where it stands beside this.
    const chosen = this.lab.block.show.includes('recommendations');
    return html`
      ${chosen ? nothing : html`<user-choice .lab=${this.lab} .users=${this.users}></user-choice>`}
      <fieldset class="choice">
        <legend>User ${this.user}:</legend>
        ${LISTS.map(
          ([list, text]) =>
            html`<label
              ><input
                type="radio"
                name=${name}
                .checked=${this.lab.chosen(LIST) === list}
                @change=${() => this.lab.choose(LIST, list)}
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
                (tier) =>
                  html`<th scope="col">
                    <span class="tier-key ${tier}"></span>${tier}
                    ${
                      tier === 'baseline'
                        ? nothing
                        : html`<span class="tier-scale">bar: ±${plain(scales[tier])}</span>`
                    }
                  </th>`,
              )}
              <th scope="col">sum</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.row(row, scales))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" class="text">mean size</th>
              ${TIERS.map((tier) => html`<td>${fixed(this.size(tier), 3)}</td>`)}
              <td></td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="help">
        The baseline is the same ladder for everybody but for the user’s own bias. What a tier adds
        stands to the right of its line, what it takes off to the left. The two tiers have scales of
        their own, as written above them.
      </p>
    `;
  }

  private row({ film, prediction, shares }: Row, scales: Scales): TemplateResult {
    return html`<tr>
      <th scope="row" class="text">${filmName(film)}</th>
      <td>${fixed(shares.baseline, 3)}</td>
      ${bar('factors', shares, scales)} ${bar('neighborhood', shares, scales)}
      <td><strong>${fixed(prediction, 3)}</strong></td>
    </tr>`;
  }

  private size(tier: Tier): number {
    return meanSize(
      this.rows.map(({ shares }) => shares),
      tier,
    );
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
      const list = this.lab.chosen(LIST);
      const found =
        list === 'films'
          ? await this.lab.ask('run', 'recommend', user, FILMS, least ?? usualLeast(info.ratings))
          : await this.lab.ask('run', 'favorites', user, FILMS);
      const rows: Row[] = [];
      for (const film of found) {
        const { terms } = await this.lab.ask('run', 'explain', user, film.item);
        if (late()) return;
        const prediction = terms.reduce((sum, { value }) => sum + value, 0);
        rows.push({ film, shares: tierShares(terms), prediction });
      }
      if (late()) return;
      this.shownFor = `${wanted} ${least} ${list}`;
      this.user = users[user] ?? '';
      this.users = users;
      this.rows = rows;
    });
  }
}

/** A tier's share as a number and as a bar from the middle. */
function bar(tier: keyof Scales, shares: TierShares, scales: Scales): TemplateResult {
  const value = shares[tier];
  const half = WIDTH / 2;
  const length = (half * Math.abs(value)) / scales[tier];
  return html`<td class="tier-share">
    ${signed(value, 3)}
    <svg class="tier-bars" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
      ${svg`<rect class="tier-bar ${tier}" x=${value < 0 ? half - length : half} y="1"
          width=${length} height=${HEIGHT - 2}></rect>
        <line class="tier-zero" x1=${half} x2=${half} y1="0" y2=${HEIGHT}></line>`}
    </svg>
  </td>`;
}
