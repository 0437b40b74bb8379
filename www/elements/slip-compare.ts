import './run-link.ts';

import { proxy } from 'comlink';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Epoch, Film } from '../../pkg/factorscope.js';
import type { Setup } from '../engine/types.ts';
import { fixed, signed } from '../format.ts';
import { filmName, usualLeast } from '../lab/films.ts';
import { tex } from '../maths.ts';
import { color } from '../palette.ts';
import { sentence } from '../sentence.ts';
import { LabView } from './lab-view.ts';

const FILMS = 8;
const VARIANTS = ['item', 'user'] as const;
type Variant = (typeof VARIANTS)[number];
const NAMES: Record<Variant, string> = { item: 'as in the paper', user: 'as in the slides' };
const SYMBOLS: Record<Variant, string> = {
  item: String.raw`q_i^\top z_u`,
  user: String.raw`p_u^\top z_u`,
};

interface Trained {
  last: Epoch;
  /** What the y_j add to each film’s prediction, by item. */
  added: ReadonlyMap<number, number>;
}

/** The y_j multiplied by the item’s vector and by the user’s, trained one after the other. */
@customElement('slip-compare')
export class SlipCompare extends LabView {
  @state() private trained: Partial<Record<Variant, Trained>> = {};
  @state() private films: readonly Film[] = [];
  @state() private running = false;
  @state() private cancelled = false;
  @state() private told = '';
  @state() private fault = '';
  @state() private user = '';
  private fingerprint: string | undefined;
  private asked = 0;
  /** Settings of the trainings shown. */
  private shown = '';

  protected override labChanged(): void {
    if (this.running && this.shown !== this.wanted()) this.cancel();
    this.requestUpdate();
    if (this.lab.linked && this.shown === '' && !this.running) void this.train();
  }

  protected override dataChanged(): void {
    if (this.running) this.cancel();
    this.asked += 1;
    this.trained = {};
    this.films = [];
    this.told = '';
  }

  protected override render(): TemplateResult {
    const { films, trained } = this;
    const stale = Object.keys(trained).length > 0 && !this.running && this.shown !== this.wanted();
    const of = (show: (of: Trained) => string): string[] =>
      VARIANTS.map((variant) => {
        const one = trained[variant];
        return one ? show(one) : '–';
      });
    const line = (name: string | TemplateResult, values: string[]): TemplateResult =>
      html`<tr>
        <th scope="row" class="text">${name}</th>
        ${values.map((value) => html`<td>${value}</td>`)}
      </tr>`;
    return html`
      <section class="slip" aria-label="The slip beside the paper">
        <div class="buttons">
          ${
            this.running
              ? html`<button type="button" @click=${this.cancel} ?disabled=${this.cancelled}>
                  Cancel
                </button>`
              : html`<button type="button" class="main" @click=${this.train}>Train both</button>`
          }
          <span class="slip-told" role="status">${this.told}</span>
        </div>
        ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
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
                ${VARIANTS.map(
                  (variant) =>
                    html`<th scope="col">${NAMES[variant]}<br />${tex(SYMBOLS[variant])}</th>`,
                )}
              </tr>
            </thead>
            <tbody>
              ${line(
                'test RMSE',
                of(({ last }) => fixed(last.test.rmse, 4)),
              )}
              ${line(
                'training RMSE',
                of(({ last }) => fixed(last.train.rmse, 4)),
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
                  of(({ added }) => signed(added.get(film.item) ?? Number.NaN, 4)),
                ),
              )}
            </tbody>
          </table>
        </div>
        <run-link .lab=${this.lab} .fingerprint=${stale ? undefined : this.fingerprint}></run-link>
      </section>
    `;
  }

  private setup(variant: Variant): Setup {
    const setup = this.lab.setup();
    const settings = setup.settings.filter((text) => !text.startsWith('implicit='));
    return { ...setup, settings: [...settings, `implicit=${variant}`] };
  }

  private wanted(): string {
    return JSON.stringify([this.setup('item'), this.lab.state.user]);
  }

  private readonly train = async (): Promise<void> => {
    const asked = ++this.asked;
    this.running = true;
    this.cancelled = false;
    this.trained = {};
    this.films = [];
    this.fault = '';
    this.fingerprint = undefined;
    this.shown = this.wanted();
    const colors = { train: color('train'), test: color('test') };
    try {
      const { info, users } = await this.lab.opened();
      const client = await this.lab.engine();
      const user = Math.min(this.lab.state.user, users.length - 1);
      this.user = users[user] ?? '';
      for (const variant of VARIANTS) {
        let over = false;
        const tell = proxy(({ epochs, history }: { epochs: number; history: Epoch[] }) => {
          // What is told goes another way than the answer, and may come after it.
          if (!over) this.told = `${NAMES[variant]}: epoch ${history.length - 1} of ${epochs}`;
        });
        const setup = this.setup(variant);
        const trained = await client.call((engine) => engine.train(setup, colors, tell));
        over = true;
        const last = trained.history.at(-1);
        if (asked !== this.asked || this.cancelled || !last) break;
        if (variant === 'item') {
          const { films } = await client.call((engine) =>
            engine.recommend(user, FILMS, usualLeast(info.ratings)),
          );
          this.films = films;
        }
        const added = new Map<number, number>();
        for (const { item } of this.films) {
          const { terms } = await client.call((engine) => engine.explain(user, item));
          const term = terms.find(({ symbol }) => symbol.includes('y_j'));
          if (term) added.set(item, term.value);
        }
        if (asked !== this.asked) break;
        this.trained = { ...this.trained, [variant]: { last, added } };
        this.fault ||= trained.stopped ?? '';
        this.fingerprint = trained.fingerprint;
      }
      this.told = this.cancelled ? 'Cancelled.' : 'Both are trained.';
    } catch (error) {
      this.fault = sentence(error);
      this.told = '';
    }
    this.running = false;
    if (asked !== this.asked) this.told = '';
  };

  private readonly cancel = (): void => {
    this.cancelled = true;
    void this.lab
      .engine()
      .then((client) => client.call((engine) => engine.cancel()))
      .catch(() => undefined);
  };
}
