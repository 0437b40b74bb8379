import '../frame/run-link.ts';
import '../frame/split-note.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { Epoch, Film } from '../../../pkg/factorscope.js';
import type { Setup } from '../../engine/types.ts';
import { fixed, signed } from '../../format.ts';
import { filmName, usualLeast } from '../../lab/films.ts';
import { tex } from '../../maths.ts';
import { type Ready, VariantsView } from './variants-view.ts';

const FILMS = 8;
const NAMES = { item: 'as in the paper', user: 'as in the slides' };
type Variant = keyof typeof NAMES;
const SYMBOLS: Record<Variant, string> = {
  item: String.raw`q_i^\top z_u`,
  user: String.raw`p_u^\top z_u`,
};

interface Found {
  last: Epoch;
  films: readonly Film[];
  /** What the y_j add to each film’s prediction, by item. */
  added: ReadonlyMap<number, number>;
}

/** The y_j multiplied by the item’s vector and by the user’s, trained one after the other. */
@customElement('slip-compare')
export class SlipCompare extends VariantsView<Variant, Found> {
  protected override readonly names = NAMES;
  protected override readonly words = { all: 'both', pass: 'epoch' };

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.job.running && this.job.differs) this.job.cancel();
    else if (this.lab.linked && !this.job.started) void this.job.start();
  }

  /** The films the first of the two predicts highest. */
  private get films(): readonly Film[] {
    return this.found('item')?.films ?? [];
  }

  protected override render(): TemplateResult {
    const { films } = this;
    const stale = this.job.stale && this.job.parts.length > 0;
    const line = (name: string | TemplateResult, values: string[]): TemplateResult =>
      html`<tr>
        <th scope="row" class="text">${name}</th>
        ${values.map((value) => html`<td>${value}</td>`)}
      </tr>`;
    return html`
      <section class="slip" aria-label="The slip beside the paper">
        ${this.buttons('slip-told')} ${this.faultText(this.job.fault)}
        ${
          stale
            ? html`<p class="note">
                Settings or data have changed; what is shown belongs to the former ones.
              </p>`
            : nothing
        }
        <div class="table-scroll" tabindex="0" role="group" aria-label="Both side by side">
          <table class="numbers slip-table">
            <thead>
              <tr>
                <td></td>
                <th scope="col">${NAMES.item}<br />${tex(SYMBOLS.item)}</th>
                <th scope="col">${NAMES.user}<br />${tex(SYMBOLS.user)}</th>
              </tr>
            </thead>
            <tbody>
              ${line(
                'test RMSE',
                this.each(({ last }) => fixed(last.test.rmse, 4)),
              )}
              ${line(
                'training RMSE',
                this.each(({ last }) => fixed(last.train.rmse, 4)),
              )}
            </tbody>
            <tbody>
              ${
                films.length > 0
                  ? html`<tr>
                      <th scope="colgroup" colspan="3" class="text">
                        what the ${tex('y_j')} add for user ${this.user}
                      </th>
                    </tr>`
                  : nothing
              }
              ${films.map((film) =>
                line(
                  filmName(film),
                  this.each(({ added }) => signed(added.get(film.item) ?? Number.NaN, 4)),
                ),
              )}
            </tbody>
          </table>
        </div>
        <split-note .setup=${this.lab.setup()}></split-note>
        <run-link .lab=${this.lab} .print=${stale ? undefined : this.print}></run-link>
      </section>
    `;
  }

  protected override setup(implicit: Variant): Setup {
    return this.lab.setupWith({ implicit });
  }

  protected override async find(variant: Variant, ready: Ready): Promise<Found> {
    const { last, opened, user } = ready;
    let { films } = this;
    if (variant === 'item') {
      const least = usualLeast(opened.info.ratings);
      films = await this.lab.ask('run', 'recommend', user, FILMS, least);
    }
    const added = new Map<number, number>();
    for (const { item } of films) {
      const { terms } = await this.lab.ask('run', 'explain', user, item);
      const term = terms.find(({ addend }) => addend.name === 'implicit');
      if (term) added.set(item, term.value);
    }
    return { last, films, added };
  }
}
