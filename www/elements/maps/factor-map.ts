import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { ParameterValues } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { count, fixed, plain } from '../../format.ts';
import { type Choice, CHOICES } from '../../lab/choices.ts';
import {
  dot,
  ends,
  labels,
  placed,
  type Point,
  row,
  thinned,
  tick,
  turnedVector,
} from '../../lab/factors.ts';
import { filmName } from '../../lab/films.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const SIZE = 520;
const MARGIN = 30;
/** More dots than this a browser draws slowly: of more films every so manieth is drawn. */
const MOST_POINTS = 1500;
const MOST_LABELS = 16;
const LISTED = 8;
/** Beyond so many ratings a film needs some of them to be shown. */
const LARGE = 5000;
/** The most ratings a film can be asked to have. */
const MOST_ASKED = 100_000;

const CHOICE = CHOICES.factors;

interface Shown {
  opened: Opened;
  counts: Uint32Array;
  p: ParameterValues;
  q: ParameterValues;
  /** Each factor has a weight of its own, as singular values are: axes turned would mix them. */
  weighted: boolean;
}

/** The films of a trained model along its factors, which may be turned: lists, a map, a product. */
@customElement('factor-map')
export class FactorMap extends LabView {
  @state() private shown: Shown | undefined;
  protected override readonly computes = false;

  private get first(): number {
    return Math.min(this.lab.chosen(CHOICE.first), (this.shown?.q.columns ?? 1) - 1);
  }

  private get second(): number {
    return Math.min(this.lab.chosen(CHOICE.second), (this.shown?.q.columns ?? 1) - 1);
  }

  private get degrees(): number {
    return this.shown?.weighted ? 0 : this.lab.chosen(CHOICE.turn);
  }

  protected override modelChanged(): void {
    void this.ask();
  }

  protected override dataChanged(): void {
    this.shown = undefined;
  }

  private async ask(): Promise<void> {
    if (!this.lab.result) {
      this.shown = undefined;
      return;
    }
    await this.question(async (late) => {
      const opened = await this.lab.opened();
      const [parameters, counts] = await Promise.all([
        this.lab.ask('run', 'parameters'),
        this.lab.ask('data', 'itemCounts'),
      ]);
      if (late()) return;
      const of = (name: string): ParameterValues | undefined =>
        parameters.find((parameter) => parameter.name === name);
      const [p, q] = [of('p_u'), of('q_i')];
      if (!p || !q) throw new Error('this model has no vectors of users and films');
      this.shown = { opened, counts, p, q, weighted: of('sigma') !== undefined };
      for (const axis of [CHOICE.first, CHOICE.second]) {
        if (this.lab.chosen(axis) >= q.columns) this.lab.unfit(axis);
      }
    });
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    return html`
      <section class="factors" aria-label="Films along the factors">
        ${this.faultText()}
        ${
          shown
            ? this.parts(shown)
            : html`<p class="films-empty">
                Once the model above is trained, its films stand here along the factors you choose.
              </p>`
        }
      </section>
    `;
  }

  private parts(shown: Shown): TemplateResult {
    const { degrees } = this;
    const usual = shown.opened.info.ratings > LARGE ? 50 : 1;
    const points = placed(shown.q, shown.counts, {
      axes: [this.first, this.second],
      degrees,
      least: this.lab.chosen(CHOICE.least) ?? usual,
    });
    const { high, low } = ends(points, LISTED);
    const drawn = thinned(points, MOST_POINTS);
    // The film of the product stays while the map turns.
    const [start] = [...points].sort((a, b) => b.before - a.before);
    return html`
      ${this.controls(shown, usual)}
      <div class="factors-panels">
        ${this.map(shown, drawn)}
        <div class="factors-lists">
          ${this.list('Highest to the right', high, shown)}
          ${this.list('Lowest, to the left', low, shown)}
        </div>
      </div>
      <p class="help">
        ${count(points.length)} films with so many
        ratings${drawn.length < points.length ? `, of which the map draws ${count(drawn.length)}, evenly from the most rated to the least` : ''}.
        The lists go by the horizontal
        axis.${shown.weighted ? ' Each factor has a singular value of its own, so the axes are not turned.' : ''}
      </p>
      ${shown.weighted ? nothing : this.product(shown, start)}
    `;
  }

  private controls({ q, weighted }: Shown, usual: number): TemplateResult {
    const { id } = this.lab.block;
    const factors = Array.from({ length: q.columns }, (_, k) => k);
    const choice = (
      name: string,
      label: string,
      chosen: number,
      axis: Choice<number>,
    ): TemplateResult => html`
      <div>
        <label for="${id}-${name}">${label}</label>
        <select
          id="${id}-${name}"
          @change=${(event: Event) =>
            this.lab.choose(axis, (event.target as HTMLSelectElement).selectedIndex)}
        >
          ${factors.map((k) => html`<option .selected=${k === chosen}>factor ${k + 1}</option>`)}
        </select>
      </div>
    `;
    return html`
      <div class="factors-controls">
        ${choice('first', 'Horizontal', this.first, CHOICE.first)}
        ${choice('second', 'Vertical', this.second, CHOICE.second)}
        <div>
          <label for="${id}-least">At least this many ratings</label>
          <input
            id="${id}-least"
            class="number"
            type="number"
            min="1"
            max=${MOST_ASKED}
            .value=${String(this.lab.chosen(CHOICE.least) ?? usual)}
            @change=${(event: Event) => {
              const value = Number((event.target as HTMLInputElement).value);
              const fine = Number.isInteger(value) && value >= 1 && value <= MOST_ASKED;
              this.lab.choose(CHOICE.least, fine ? value : undefined);
            }}
          />
        </div>
        <div class="factors-turn">
          <label for="${id}-turn">
            Turn both axes by <output class="value">${this.degrees}°</output>
          </label>
          <input
            id="${id}-turn"
            type="range"
            min="0"
            max="180"
            step="5"
            ?disabled=${weighted || this.first === this.second}
            .value=${String(this.degrees)}
            @input=${(event: Event) =>
              this.lab.choose(CHOICE.turn, Number((event.target as HTMLInputElement).value))}
          />
        </div>
      </div>
      ${
        this.first === this.second
          ? html`<p class="note">
              Choose two different factors to see a map${weighted ? '' : ' and to turn it'}.
            </p>`
          : nothing
      }
    `;
  }

  private name({ opened }: Shown, item: number): string {
    const film = opened.items[item];
    return film ? filmName(film) : `item ${item + 1}`;
  }

  private map(shown: Shown, points: readonly Point[]): TemplateResult {
    // The farthest film is as far at every angle: the scale stays while the map turns.
    const reach = Math.max(...points.map(({ x, y }) => Math.hypot(x, y)), 1e-9);
    const unit = tick(reach);
    const middle = SIZE / 2;
    const scale = (middle - MARGIN) / reach;
    const drawn = points.map(({ item, x, y }) => ({
      item,
      x: middle + x * scale,
      y: middle - y * scale,
      far: Math.hypot(x, y),
      name: shown.opened.items[item]?.title ?? '',
    }));
    const named = labels(drawn, SIZE, MOST_LABELS);
    const axis = (which: string, k: number): string =>
      this.degrees === 0 ? `factor ${k + 1}` : `${which} axis, turned`;
    return html`
      <svg
        class="factors-map"
        viewBox="0 0 ${SIZE} ${SIZE}"
        role="img"
        aria-label="Map of ${points.length} films over factors ${this.first + 1} and ${this.second + 1}, turned by ${this.degrees} degrees"
      >
        <line class="factors-axis" x1="0" x2=${SIZE} y1=${middle} y2=${middle}></line>
        <line class="factors-axis" y1="0" y2=${SIZE} x1=${middle} x2=${middle}></line>
        ${[-1, 1].map((sign) => {
          const at = middle + sign * unit * scale;
          const up = middle - sign * unit * scale;
          const text = plain(sign * unit, 3);
          return svg`<line class="factors-axis" x1=${at} x2=${at} y1=${middle - 5} y2=${middle + 5}></line>
            <text class="factors-name" x=${at} y=${middle + 20} text-anchor="middle">${text}</text>
            <line class="factors-axis" y1=${up} y2=${up} x1=${middle - 5} x2=${middle + 5}></line>
            <text class="factors-name" x=${middle - 9} y=${up + 5} text-anchor="end">${text}</text>`;
        })}
        ${drawn.map(
          ({ item, x, y }) =>
            svg`<circle class="factors-film" cx=${x.toFixed(1)} cy=${y.toFixed(1)} r="3.5"><title>${this.name(shown, item)}</title></circle>`,
        )}
        ${named.map(
          ({ anchor, text, x, y }) =>
            svg`<text x=${(x + (anchor === 'start' ? 6 : -6)).toFixed(1)} y=${(y + 4).toFixed(1)} text-anchor=${anchor}>${text}</text>`,
        )}
        <text class="factors-name" x=${SIZE - 4} y=${middle - 6} text-anchor="end">
          ${axis('horizontal', this.first)}
        </text>
        <text class="factors-name" x=${middle + 6} y="14">${axis('vertical', this.second)}</text>
      </svg>
    `;
  }

  private list(caption: string, points: readonly Point[], shown: Shown): TemplateResult {
    // Columns of length 1 have small components.
    const digits = shown.weighted ? 4 : 3;
    return html`
      <table class="numbers value factors-list">
        <caption>
          ${caption}
        </caption>
        <tbody>
          ${points.map(
            ({ item, x }) => html`
              <tr>
                <th scope="row">${this.name(shown, item)}</th>
                <td>${fixed(x, digits)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    `;
  }

  /** One product before the turn and after it: the parts change, the sum does not. */
  private product(shown: Shown, film: Point | undefined): TemplateResult | typeof nothing {
    const { degrees, first, second } = this;
    if (!film || first === second) return nothing;
    const user = Math.min(this.lab.state.user, shown.p.rows - 1);
    const [p, q] = [row(shown.p, user), row(shown.q, film.item)];
    const [p2, q2] = [p, q].map((vector) => turnedVector(vector, first, second, degrees)) as [
      number[],
      number[],
    ];
    const part = (a: readonly number[], b: readonly number[], k: number): number =>
      (a[k] ?? 0) * (b[k] ?? 0);
    const rest = (a: readonly number[], b: readonly number[]): number =>
      dot(a, b) - part(a, b, first) - part(a, b, second);
    const line = (name: string, before: number, after: number): TemplateResult => html`
      <tr>
        <th scope="row">${name}</th>
        <td>${fixed(before, 4)}</td>
        <td>${fixed(after, 4)}</td>
      </tr>
    `;
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="One product, part by part">
        <table class="numbers value factors-product">
          <caption>
            User ${shown.opened.users[user] ?? user + 1} and ${this.name(shown, film.item)}:
            ${tex(String.raw`p_u^\top q_i`)}, part by part
          </caption>
          <thead>
            <tr>
              <th scope="col" class="text">part</th>
              <th scope="col">as trained</th>
              <th scope="col">turned by ${degrees}°</th>
            </tr>
          </thead>
          <tbody>
            ${line('horizontal axis', part(p, q, first), part(p2, q2, first))}
            ${line('vertical axis', part(p, q, second), part(p2, q2, second))}
            ${line('all other factors', rest(p, q), rest(p2, q2))}
          </tbody>
          <tfoot>
            ${line('the product', dot(p, q), dot(p2, q2))}
          </tfoot>
        </table>
      </div>
    `;
  }
}
