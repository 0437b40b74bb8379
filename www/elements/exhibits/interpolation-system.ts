import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { Interpolated } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { tex } from '../../maths.ts';
import { type Find, knownRating, PAIR, PairView, type Shown, titleOf } from '../lists/pair-view.ts';

const raw = String.raw;

/** One prediction with interpolation weights. */
interface Interpolating {
  item: number;
  interpolated: Interpolated;
  /** The rating itself, where there is one. */
  known: number | undefined;
}

/** The small linear system behind one prediction, and its weights beside the similarities. */
@customElement('interpolation-system')
export class InterpolationSystem extends PairView<Interpolating> {
  protected override readonly choice = CHOICES.interpolation;
  protected override readonly label = 'The system of one prediction';

  protected override readonly find: Find<Interpolating> = async (engine, user, asked) => {
    const item = asked ?? (await engine.ask(PAIR, 'interpolation', 'best', user));
    return {
      item,
      interpolated: await engine.ask(PAIR, 'interpolation', 'system', user, item),
      known: await knownRating(engine, user, item),
    };
  };

  protected override answer({ found, opened }: Shown<Interpolating>): TemplateResult {
    const { baseline, neighbors } = found.interpolated;
    if (neighbors.length > 0) {
      return html`${this.system(found, opened)} ${this.weights(found, opened)}`;
    }
    return html`<p role="status">
      Nothing similar to this item has been rated by the user: the prediction is the baseline,
      ${fixed(baseline, 3)}.
    </p>`;
  }

  private system({ interpolated }: Interpolating, opened: Opened): TemplateResult {
    const { counts, neighbors, own_counts, system } = interpolated;
    const n = neighbors.length;
    const theta = system.solution ?? [];
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Table">
        <table class="neighbors-table neighbors-system">
          <caption>
            The system ${tex(raw`\hat A\,\theta = \hat b`)}: shrunk mean products, and under each
            how many users rated both.
          </caption>
          <thead>
            <tr>
              <td></td>
              ${neighbors.map((_, column) => html`<th scope="col">${tex(`j_{${column + 1}}`)}</th>`)}
              <th scope="col">${tex(raw`\theta`)}</th>
              <th scope="col">${tex(raw`\hat b`)}</th>
            </tr>
          </thead>
          <tbody>
            ${neighbors.map(
              ([j], row) => html`
                <tr>
                  <th scope="row">${tex(`j_{${row + 1}}`)} ${titleOf(opened, j)}</th>
                  ${neighbors.map(
                    (_, column) =>
                      html`<td class=${row === column ? 'diagonal' : ''}>
                        ${fixed(system.matrix[row * n + column] ?? Number.NaN, 3)}
                        <small>${plain(counts[row * n + column] ?? 0)}</small>
                      </td>`,
                  )}
                  <td class="theta"><strong>${signed(theta[row] ?? 0, 3)}</strong></td>
                  <td>
                    ${fixed(system.right[row] ?? Number.NaN, 3)}
                    <small>${plain(own_counts[row] ?? 0)}</small>
                  </td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  private weights({ interpolated, known }: Interpolating, opened: Opened): TemplateResult {
    const { baseline, neighbors, prediction, system } = interpolated;
    const theta = system.solution ?? [];
    const all = neighbors.reduce((sum, [, s]) => sum + s, 0);
    const mean = neighbors.reduce((sum, [, s, e]) => sum + (s / all) * e, 0);
    const sum = theta.reduce((whole, weight) => whole + weight, 0);
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Table">
        <table class="neighbors-table neighbors-weights">
          <caption>
            The same neighbors with both kinds of weights
          </caption>
          <thead>
            <tr>
              <th scope="col">neighbor j</th>
              <th scope="col">${tex(raw`r_{uj} - b_{uj}`)}</th>
              <th scope="col">${tex(raw`s_{ij}`)}</th>
              <th scope="col">${tex(raw`s_{ij} / \sum s`)}</th>
              <th scope="col">${tex(raw`\theta_{ij}`)}</th>
            </tr>
          </thead>
          <tbody>
            ${neighbors.map(
              ([j, s, e], row) => html`
                <tr>
                  <th scope="row">${titleOf(opened, j)}</th>
                  <td>${signed(e, 2)}</td>
                  <td>${fixed(s, 3)}</td>
                  <td>${fixed(s / all, 3)}</td>
                  <td>${signed(theta[row] ?? 0, 3)}</td>
                </tr>
              `,
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">sum of the weights</th>
              <td></td>
              <td>${fixed(all, 3)}</td>
              <td>${fixed(1, 3)}</td>
              <td class="theta-sum">${signed(sum, 3)}</td>
            </tr>
            <tr>
              <th scope="row">baseline + weighted residuals</th>
              <td></td>
              <td></td>
              <td>${fixed(baseline + mean, 3)}</td>
              <td class="theta-prediction">${fixed(prediction, 3)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p role="status">
        The baseline is <span class="value">${fixed(baseline, 3)}</span>. The weighted mean goes
        <span class="value">${signed(mean, 3)}</span> from it, the interpolation weights
        <span class="value">${signed(prediction - baseline, 3)}</span>.
        ${
          known === undefined
            ? 'The user has not rated this item.'
            : html`The rating is <span class="value">${plain(known)}</span>.`
        }
      </p>
    `;
  }
}
