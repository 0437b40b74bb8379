import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { equals, isShort, texAddends, texMean } from '../../lab/means.ts';
import { allRatings, itemRatings, ratingAt, userRatings, within } from '../../lab/table.ts';
import { plain } from '../../format.ts';
import { tex } from '../../maths.ts';
import { BaselineView, type Fits } from './baseline-view.ts';
import '../frame/run-link.ts';

/** One line: what it is, its formula, the formula with the table's numbers, and what the engine says. */
interface Line {
  name: TemplateResult | string;
  formula: string;
  /** Nothing where there is nothing to average. */
  filled: string | undefined;
  result: number;
}

const raw = String.raw;

/** Mean, biases and prediction of the chosen pair as formula, formula with numbers, result. */
@customElement('baseline-means')
export class BaselineMeans extends BaselineView {
  protected override render(): TemplateResult | typeof nothing {
    const { table } = this.lab.state;
    if (!table) return nothing;
    const { fits, isEmpty } = this;
    return html`
      <dl class="reckoning">
        ${linesOf(this.lab.state.cell, isEmpty ? undefined : fits).map(line)}
      </dl>
      <p class="verdict" role="status">${isEmpty ? EMPTY : fits && this.sentence(fits)}</p>
      ${this.faultText()}
      ${
        this.lab.block.show.includes('least-squares')
          ? nothing
          : html`<run-link
              .lab=${this.lab}
              .print=${isEmpty ? undefined : fits?.means.print}
            ></run-link>`
      }
    `;
  }

  private sentence({ means, table }: Fits): TemplateResult {
    const cell = within(table, this.lab.state.cell);
    const prediction = means.predictions[cell.u * table.items + cell.i] ?? Number.NaN;
    const rating = ratingAt(table, cell);
    const from = html`From the means, user ${cell.u + 1} rates item ${cell.i + 1} at
      <strong class="value">${plain(prediction)}</strong>.`;
    return rating === null
      ? from
      : html`${from} The table says ${plain(rating)}: the error
          ${tex(raw`e_{ui} = r_{ui} - \hat r_{ui}`)} is
          <strong class="value of-error">${plain(rating - prediction)}</strong>.`;
  }
}

const EMPTY = html`The table has no rating, so there is no mean ${tex(raw`\mu`)} to begin with, and
no prediction. Type a number into any cell.`;

function linesOf({ i, u }: { u: number; i: number }, fits: Fits | undefined): Line[] {
  const [user, item] = [u + 1, i + 1];
  const missing = fits === undefined || u >= fits.table.users || i >= fits.table.items;
  const { b_i = [], b_u = [], mu = Number.NaN, predictions = [] } = missing ? {} : fits.means;
  const bu = b_u[u] ?? Number.NaN;
  const bi = b_i[i] ?? Number.NaN;
  const filled = <T>(fill: (table: Fits['table']) => T): T | undefined =>
    missing ? undefined : fill(fits.table);
  return [
    {
      name: 'Mean of all ratings',
      formula: raw`\mu = \frac{1}{|\mathcal K|}\sum_{(u,i)\in\mathcal K} r_{ui}`,
      filled: filled((table) => texMean(allRatings(table))),
      result: mu,
    },
    {
      name: html`<span class="of-user">Bias of user ${user}</span>`,
      formula: raw`b_{u=${user}} = \frac{1}{|R(u)|}\sum_{i\in R(u)} r_{ui} - \mu`,
      filled: filled((table) => texMean(userRatings(table, u), mu)),
      result: bu,
    },
    {
      name: html`<span class="of-item">Bias of item ${item}</span>`,
      formula: raw`b_{i=${item}} = \frac{1}{|R(i)|}\sum_{u\in R(i)} r_{ui} - \mu`,
      filled: filled((table) => texMean(itemRatings(table, i), mu)),
      result: bi,
    },
    {
      name: 'Prediction',
      formula: raw`\hat r_{${user}${item}} = \mu + b_{u=${user}} + b_{i=${item}}`,
      filled: filled(() => texAddends([mu, bu, bi])),
      result: (missing ? undefined : predictions[u * fits.table.items + i]) ?? Number.NaN,
    },
  ];
}

function line({ filled, formula, name, result }: Line): TemplateResult {
  const known = Number.isFinite(result);
  const text = known ? plain(result) : '–';
  return html`<div class="reckoning-line">
    <dt>${name}</dt>
    <dd class="reckoning-formula">${tex(formula)}</dd>
    <dd class="reckoning-filled table-scroll">
      ${
        filled === undefined
          ? known
            ? html`<span>no rating: no bias</span>`
            : nothing
          : tex(`= ${filled}`)
      }
    </dd>
    <dd class="reckoning-result">
      <span aria-hidden="true">${known ? equals(result) : ''}</span>
      <output class="value" data-pad=${padding(text)}>${text}</output>
      ${!known || isShort(result) ? nothing : html`<span class="visually-hidden">rounded</span>`}
    </dd>
  </div>`;
}

/** The digits that a number lacks to line up at the point with one of three decimals. */
function padding(text: string): string {
  const decimals = text.split('.')[1];
  return decimals === undefined ? '.000' : '0'.repeat(3 - decimals.length);
}
