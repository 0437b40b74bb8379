import '../frame/run-link.ts';
import '../frame/split-note.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Epoch, Film } from '../../../pkg/factorscope.js';
import { Client } from '../../engine/client.ts';
import { Session } from '../../engine/session.ts';
import type { Print, Setup } from '../../engine/types.ts';
import { fixed, plain } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { engineCells, type Table } from '../../lab/state.ts';
import { ratingAt } from '../../lab/table.ts';
import {
  emptyMean,
  knownError,
  mean,
  type Variant,
  VARIANT_NAMES,
  VARIANTS,
  verdict,
  without,
} from '../../lab/zeros.ts';
import { type Ready, VariantsView } from './variants-view.ts';

/** Of the films with the highest predictions, this many are named. */
const TOP = 5;
const HELD = CHOICES.zeros.held;

/** What became of a small table. */
interface Small {
  table: Table;
  predictions: Record<Variant, Float32Array>;
  print: Print;
}

/** What became of a large data set. */
interface Large {
  last: Epoch;
  /** Mean prediction over what the user has not rated. */
  unrated: number;
  films: Film[];
}

/** The same ratings factorized without and with zeros in the unrated cells, side by side. */
@customElement('zeros-compare')
export class ZerosCompare extends VariantsView<Variant, Large> {
  @state() private small: Small | undefined;
  protected override readonly names = VARIANT_NAMES;
  protected override readonly words = { all: 'all three', pass: 'sweep' };
  /** Opens tables from which a cell is held back; the lab's own engine keeps the whole one. */
  private readonly client = new Client();
  private readonly apart = new Session(this.client, 'apart');

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.client.stop();
  }

  protected override render(): TemplateResult {
    return html`
      <section class="zeros" aria-label="Unrated cells as zeros">
        ${this.lab.state.table ? this.tables(this.lab.state.table) : this.columns()}
        ${this.faultText(this.job.fault || this.fault)}
        <run-link .lab=${this.lab} .print=${this.small?.print ?? this.print}></run-link>
      </section>
    `;
  }

  protected override labChanged(): void {
    this.requestUpdate();
    const { table } = this.lab.state;
    if (table) {
      if (this.held === undefined) this.lab.unfit(HELD);
      void this.fit(table);
    } else if (this.job.differs) {
      this.job.clear();
    } else if (this.lab.linked && !this.job.started) {
      void this.job.start();
    }
  }

  /** The known cell that is held back, of a small table. */
  private get held(): number | undefined {
    const { table } = this.lab.state;
    const cell = this.lab.chosen(HELD);
    if (!table || !cell || cell.u >= table.users || cell.i >= table.items) return undefined;
    return ratingAt(table, cell) === null ? undefined : cell.u * table.items + cell.i;
  }

  protected override setup(variant: Variant): Setup {
    return this.lab.setupWith({ variant });
  }

  /** A small table is factorized anew at every change. */
  private fit(whole: Table): Promise<void> {
    const { held } = this;
    const table = without(whole, held);
    const passes = this.lab.state.settings['epochs'] ?? 1;
    return this.question(async (late) => {
      let engine = await this.lab.engine();
      if (held !== undefined) {
        engine = this.apart;
        const { items, users } = table;
        await this.client.open({ kind: 'table', users, items, cells: engineCells(table) }, false);
      }
      const fits = [];
      for (const variant of VARIANTS) {
        if (late()) return undefined;
        fits.push(await engine.fit(this.setup(variant), passes));
      }
      const [biased, plain, zeros] = fits;
      if (late() || !biased || !plain || !zeros) return undefined;
      this.small = {
        table,
        predictions: {
          biased: biased.predictions,
          plain: plain.predictions,
          zeros: zeros.predictions,
        },
        print: zeros,
      };
      return fits.map(({ stopped }) => stopped).find(Boolean);
    });
  }

  private tables(whole: Table): TemplateResult {
    const { small } = this;
    const known = whole.cells.flatMap((cell, at) => (cell === null ? [] : [at]));
    const id = `${this.lab.block.id}-held`;
    const place = (at: number): string =>
      `user ${Math.floor(at / whole.items) + 1}, item ${(at % whole.items) + 1}`;
    return html`
      <div class="zeros-held">
        <label for=${id}>Hold back a rating</label>
        <select
          id=${id}
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            const at = Number(value);
            const cell = { u: Math.floor(at / whole.items), i: at % whole.items };
            // With one rating less it is another run.
            this.lab.choose(HELD, value === '' ? undefined : cell, false);
          }}
        >
          <option value="" .selected=${this.held === undefined}>none</option>
          ${known.map(
            (at) =>
              html`<option value=${at} .selected=${at === this.held}>
                ${place(at)}: ${plain(whole.cells[at] ?? 0)}
              </option>`,
          )}
        </select>
      </div>
      <div class="zeros-tables">
        ${this.grid('Ratings', whole, (at) => {
          const cell = whole.cells[at] ?? null;
          return cell === null ? '–' : plain(cell);
        })}
        ${VARIANTS.map((variant) =>
          this.grid(VARIANT_NAMES[variant], whole, (at) =>
            fixed(small?.predictions[variant][at] ?? Number.NaN, 2),
          ),
        )}
      </div>
      <p class="help">
        Tinted: cells that the models have not seen. Predictions are shown as they are, also where
        they leave the rating scale.
      </p>
      ${small ? this.summary(small, whole) : html`<p class="help">Working…</p>`}
    `;
  }

  private grid(
    name: string,
    { cells, items, users }: Table,
    text: (at: number) => string,
  ): TemplateResult {
    const numbers = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
    const kind = (at: number): string =>
      at === this.held ? 'held' : cells[at] === null ? 'unseen' : '';
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label=${name}>
        <table class="numbers zeros-grid">
          <caption>
            ${name}
          </caption>
          <thead>
            <tr>
              <td></td>
              ${numbers(items).map((i) => html`<th scope="col" class="of-item">item ${i + 1}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${numbers(users).map(
              (u) =>
                html`<tr>
                  <th scope="row" class="of-user">user ${u + 1}</th>
                  ${numbers(items).map(
                    (i) => html`<td class=${kind(u * items + i)}>${text(u * items + i)}</td>`,
                  )}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  private summary({ predictions, table }: Small, whole: Table): TemplateResult {
    const { held } = this;
    const of = (show: (of: Float32Array) => number): Record<Variant, number> => ({
      biased: show(predictions.biased),
      plain: show(predictions.plain),
      zeros: show(predictions.zeros),
    });
    const empty = of((p) => emptyMean(table, p));
    const known = of((p) => knownError(table, p));
    const truth = held === undefined ? undefined : whole.cells[held];
    return html`
      ${comparison([
        ['mean prediction in the cells not seen', cells(empty)],
        ['RMSE on the cells seen', cells(known)],
        [
          `prediction of the rating held back${truth === undefined || truth === null ? '' : ` (${plain(truth)})`}`,
          held === undefined ? ['–', '–', '–'] : cells(of((p) => p[held] ?? Number.NaN)),
        ],
      ])}
      <p class="zeros-verdict" role="status">${verdict(known, empty)}</p>
    `;
  }

  protected override async find(_: Variant, { last, opened, user }: Ready): Promise<Large> {
    const all = opened.items.length;
    const films = await this.lab.ask('run', 'recommend', user, all, 0);
    const unrated = mean(films.map(({ rating }) => rating));
    return { last, unrated, films: films.slice(0, TOP) };
  }

  /** A large data set is trained on at a command. */
  private columns(): TemplateResult {
    const ranks = Array.from({ length: TOP }, (_, rank) => rank);
    const user = this.user ? `user ${this.user}` : 'a user';
    const [plain, zeros] = [this.found('plain'), this.found('zeros')];
    return html`
      ${this.buttons()}
      ${comparison([
        ['test RMSE', this.each(({ last }) => fixed(last.test.rmse, 4))],
        ['training RMSE', this.each(({ last }) => fixed(last.train.rmse, 4))],
        [
          `mean prediction for what ${user} has not rated`,
          this.each(({ unrated }) => fixed(unrated, 2)),
        ],
        ...ranks.map((rank): [string, string[]] => [
          rank === 0 ? `highest for ${user}` : `${rank + 1}.`,
          this.each(({ films }) => {
            const film = films[rank];
            return film ? `${film.title}: ${fixed(film.rating, 2)}` : '–';
          }),
        ]),
      ])}
      <split-note .setup=${this.lab.setup()}></split-note>
      <p class="help">
        The errors are measured after predictions are brought into the rating scale, as in every
        chapter; the other numbers are shown as they are.
      </p>
      ${
        plain && zeros
          ? html`<p class="zeros-verdict" role="status">
              With zeros, what ${user} has not rated gets ${fixed(zeros.unrated, 2)} on average, and
              the test RMSE is ${fixed(zeros.last.test.rmse, 2)} where the known ratings alone give
              ${fixed(plain.last.test.rmse, 2)}.
            </p>`
          : nothing
      }
    `;
  }
}

function cells(values: Record<Variant, number>): string[] {
  return VARIANTS.map((variant) => fixed(values[variant], 2));
}

function comparison(rows: readonly (readonly [string, readonly string[]])[]): TemplateResult {
  return html`
    <div class="table-scroll" tabindex="0" role="group" aria-label="The three side by side">
      <table class="numbers zeros-summary">
        <thead>
          <tr>
            <th scope="col"><span class="visually-hidden">what</span></th>
            ${VARIANTS.map((variant) => html`<th scope="col">${VARIANT_NAMES[variant]}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name, values]) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${values.map((value) => html`<td>${value}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}
