import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { Candidate, Neighborhood, SharedRaters } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { tex } from '../../maths.ts';
import {
  type Find,
  knownRating,
  PAIR,
  PairView,
  type Shown,
  titleOf,
  userOf,
} from '../lists/pair-view.ts';

const raw = String.raw;

/** One prediction of a neighborhood model. */
interface Neighbored {
  item: number;
  neighborhood: Neighborhood;
  /** The one that was asked for, or the most similar of those who could speak. */
  other: number | undefined;
  /** What it shares with the item, or the user. */
  shared: SharedRaters | undefined;
  /** The rating itself, where there is one. */
  known: number | undefined;
}

/** One prediction from neighbors: who speaks, with what weight, and what two of them share. */
@customElement('neighbor-explorer')
export class NeighborExplorer extends PairView<Neighbored> {
  protected override readonly choice = CHOICES.neighbors;
  protected override readonly label = 'One prediction from its neighbors';

  protected override readonly find: Find<Neighbored> = async (engine, user, asked, chosen) => {
    const item = asked ?? (await engine.ask(PAIR, 'neighbors', 'best', user));
    const neighborhood = await engine.ask(PAIR, 'neighbors', 'neighborhood', user, item);
    const ids = neighborhood.candidates.map(({ id }) => id);
    const other = chosen !== undefined && ids.includes(chosen) ? chosen : ids[0];
    const row = neighborhood.axis === 'user' ? user : item;
    return {
      item,
      neighborhood,
      other,
      shared:
        other === undefined
          ? undefined
          : await engine.ask(PAIR, 'neighbors', 'sharedRaters', row, other),
      known: await knownRating(engine, user, item),
    };
  };

  /** Whether items are compared; else users are. */
  private byItems = true;

  protected override answer(shown: Shown<Neighbored>): TemplateResult {
    this.byItems = shown.found.neighborhood.axis === 'item';
    return html`
      ${this.sentence(shown)} ${this.table(shown)} ${this.pair(shown)}
      <p class="help">
        ${shown.found.known === undefined ? 'The user has not rated this item.' : nothing} The model
        was trained on the whole of this small table.
      </p>
    `;
  }

  private name({ id }: { id: number }, opened: Opened): string {
    return this.byItems ? titleOf(opened, id) : userOf(opened, id);
  }

  private sentence({ found }: Shown<Neighbored>): TemplateResult {
    const { baseline, candidates, prediction } = found.neighborhood;
    const speakers = candidates.filter(({ weight }) => weight > 0);
    const top = speakers.reduce((sum, { residual, weight }) => sum + weight * residual, 0);
    const below = speakers.reduce((sum, { weight }) => sum + weight, 0);
    const { lambda_3: more = 0 } = this.lab.state.settings;
    return html`
      <p class="neighbors-sum value" role="status">
        ${tex(raw`\hat r_{ui} = b_{ui} + \frac{\sum w\,e}{\lambda_3 + \sum w}`)} =
        ${fixed(baseline, 3)} + ${bracketed(top)} / (${plain(more, 3)} + ${fixed(below, 3)}) =
        <strong>${fixed(prediction, 3)}</strong>${
          found.known === undefined
            ? nothing
            : html`; the rating is <strong>${plain(found.known)}</strong>`
        }
      </p>
    `;
  }

  private table(shown: Shown<Neighbored>): TemplateResult {
    const { candidates } = shown.found.neighborhood;
    const speaking = candidates.filter(({ weight }) => weight > 0).length;
    const alike = candidates.filter(({ similarity }) => similarity > 0).length;
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Table">
        <table class="neighbors-table">
          <caption>
            ${alike} of ${candidates.length} are similar and could speak, ${speaking} do (tinted).
            ${this.byItems ? 'Choose an item' : 'Choose a user'} to see what the two share.
          </caption>
          <thead>
            <tr>
              <th scope="col">
                ${this.byItems ? 'item j that the user rated' : 'user v who rated it'}
              </th>
              <th scope="col">rating</th>
              <th scope="col">
                ${tex(this.byItems ? raw`r_{uj} - b_{uj}` : raw`r_{vi} - b_{vi}`)}
              </th>
              <th scope="col">${tex('n')}</th>
              <th scope="col">${tex(raw`\rho`)}</th>
              <th scope="col">${tex(raw`\tfrac{n}{n + \lambda_2}`)}</th>
              <th scope="col">${tex('s')}</th>
              <th scope="col">${tex('w = s^p')}</th>
              <th scope="col">share</th>
            </tr>
          </thead>
          <tbody>
            ${candidates.map((candidate) => this.row(candidate, shown))}
          </tbody>
        </table>
      </div>
    `;
  }

  private row(candidate: Candidate, { found, opened }: Shown<Neighbored>): TemplateResult {
    const { id, n, rating, residual, rho, share, similarity, weight } = candidate;
    const { lambda_2: shrinkage = 0 } = this.lab.state.settings;
    const speaks = weight > 0;
    const name = `${this.lab.block.id}-other`;
    return html`
      <tr class=${speaks ? 'speaks' : ''}>
        <th scope="row">
          <label>
            <input
              type="radio"
              name=${name}
              .checked=${found.other === id}
              @change=${() => this.lab.choose(this.choice.other, id)}
            />
            ${this.name(candidate, opened)}
          </label>
        </th>
        <td>${fixed(rating, 1)}</td>
        <td>${signed(residual, 2)}</td>
        <td>${plain(n)}</td>
        <td>${signed(rho, 2)}</td>
        <td>${n > 0 ? fixed(n / (n + shrinkage), 2) : '–'}</td>
        <td>${signed(similarity, 3)}</td>
        <td>${speaks ? fixed(weight, 3) : '–'}</td>
        <td>${speaks ? signed(share, 3) : '–'}</td>
      </tr>
    `;
  }

  private pair({ found, opened, user }: Shown<Neighbored>): TemplateResult | typeof nothing {
    const { item, other, shared } = found;
    if (!shared || other === undefined) return nothing;
    const own = this.name({ id: this.byItems ? item : user }, opened);
    const n = shared.raters.length;
    const {
      lambda_2: shrinkage = 0,
      similarity: measure = 0,
      support = 1,
    } = this.lab.state.settings;
    const centred = measure === 1;
    const correlation = measure !== 3;
    // Ratings have no sign, what is left over of them has.
    const written = measure === 0 ? signed : fixed;
    const middle = (sum: number): number => (centred ? sum / n : 0);
    const [xMean, yMean] = [
      middle(shared.raters.reduce((sum, [, x]) => sum + x, 0)),
      middle(shared.raters.reduce((sum, [, , y]) => sum + y, 0)),
    ];
    const away = shared.raters.map(([rater, x, y]) => ({
      rater,
      x,
      y,
      dx: x - xMean,
      dy: y - yMean,
    }));
    const sum = (of: (one: (typeof away)[number]) => number): number =>
      away.reduce((all, one) => all + of(one), 0);
    const [xy, xx, yy] = [
      sum(({ dx, dy }) => dx * dy),
      sum(({ dx }) => dx * dx),
      sum(({ dy }) => dy * dy),
    ];
    const differences = sum(({ x, y }) => (x - y) ** 2);
    return html`
      <div class="neighbors-pair" role="group" aria-label="What the two share">
        <div class="table-scroll" tabindex="0" role="group" aria-label="Table">
          <table class="neighbors-table">
            <caption>
              <span class="of-item">${own}</span>
              (x) and
              <span class="of-item">${this.name({ id: other }, opened)}</span>
              (y): ${n === 1 ? 'one rating' : `${n} ratings`} in common
            </caption>
            <thead>
              <tr>
                <th scope="col">${this.byItems ? 'user' : 'item'}</th>
                <th scope="col">x</th>
                <th scope="col">y</th>
                <th scope="col">
                  ${
                    centred
                      ? tex(raw`(x - \bar x)(y - \bar y)`)
                      : correlation
                        ? tex('x y')
                        : tex('(x - y)^2')
                  }
                </th>
              </tr>
            </thead>
            <tbody>
              ${away.map(
                ({ dx, dy, rater, x, y }) => html`
                  <tr>
                    <th scope="row">
                      ${this.byItems ? userOf(opened, rater) : titleOf(opened, rater)}
                    </th>
                    <td>${written(x, 2)}</td>
                    <td>${written(y, 2)}</td>
                    <td>${correlation ? signed(dx * dy, 2) : fixed((x - y) ** 2, 2)}</td>
                  </tr>
                `,
              )}
            </tbody>
          </table>
        </div>
        <div class="neighbors-rho value">
          ${
            correlation
              ? html`<p>
                  ${
                    centred
                      ? html`${tex(raw`\bar x`)} = ${fixed(xMean, 3)}, ${tex(raw`\bar y`)} =
                        ${fixed(yMean, 3)};
                        ${tex(raw`\rho = \frac{\sum (x - \bar x)(y - \bar y)}{\sqrt{\sum (x - \bar x)^2 \sum (y - \bar y)^2}}`)}`
                      : tex(raw`\rho = \frac{\sum x y}{\sqrt{\sum x^2 \sum y^2}}`)
                  }
                  = ${bracketed(xy)} / √(${fixed(xx, 3)} · ${fixed(yy, 3)}) =
                  <strong>${signed(shared.rho, 3)}</strong>
                </p>`
              : html`<p>
                  ${tex(raw`\rho = \frac{n}{n + \sum (x - y)^2}`)} = ${n} / (${n} +
                  ${fixed(differences, 3)}) = <strong>${signed(shared.rho, 3)}</strong>
                </p>`
          }
          ${
            n < support
              ? html`<p>Fewer than ${plain(support)} in common: the two are not compared.</p>`
              : html`<p>
                  ${tex(raw`s = \frac{n}{n + \lambda_2}\,\rho`)} = ${n} / (${n} +
                  ${plain(shrinkage)}) · ${bracketed(shared.rho)} =
                  <strong>${signed(shared.similarity, 3)}</strong>
                </p>`
          }
        </div>
      </div>
    `;
  }
}

function bracketed(value: number): string {
  return value < 0 ? `(${fixed(value, 3)})` : fixed(value, 3);
}
