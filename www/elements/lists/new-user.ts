import '../frame/run-link.ts';

import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { NewUser as Told, ParameterValues } from '../../../pkg/factorscope.js';
import type { Opened } from '../../engine/types.ts';
import { fixed, signed } from '../../format.ts';
import { filmName } from '../../lab/films.ts';
import { CHOICES } from '../../lab/choices.ts';
import { apart, type Arrow, arrows, kinds, mean, row, type Word } from '../../lab/newcomer.ts';
import { tex } from '../../maths.ts';
import { NewAttributesView } from './new-attributes-view.ts';

const FILMS = 5;
/** The numbers of the attributes that hold, one a kind at most. */
const TOLD = CHOICES['new-user'].told;
/** Films with fewer ratings have hardly moved from their genres. */
const LEAST = 20;
const SIZE = 420;
/** The width of a letter and the height of a line of the names beside the arrows. */
const LETTER = 8;
const LINE = 16;

type Point = [number, number];
/** From the plane of factors into the picture. */
type Place = (at: readonly [number, number]) => Point;

/** A made-up user: attributes to switch, the sum of their vectors, and the films that follow. */
@customElement('new-user')
export class NewUser extends NewAttributesView {
  @state() private answered: Told | undefined;
  /** The same of whom nothing is known. */
  @state() private unknown: Told | undefined;
  @state() private vectors: Float32Array = new Float32Array();
  @state() private y: ParameterValues | undefined;

  protected override readonly choice = TOLD;

  /** One a kind at most. */
  protected override fits(told: readonly number[], { info }: Opened): boolean {
    const said = told.map((at) => info.user_attributes[at]?.kind);
    return !said.includes(undefined) && new Set(said).size === said.length;
  }

  protected override dataChanged(): void {
    super.dataChanged();
    this.answered = undefined;
  }

  protected override render(): TemplateResult {
    const { answered, opened, unknown } = this;
    return html`
      <section class="newcomer" aria-label="A made-up user">
        ${this.faultText()}
        ${
          opened && answered && unknown
            ? opened.info.user_attributes.length === 0
              ? html`<p class="note">This data says nothing of its users but their ratings.</p>`
              : html`<div class="newcomer-two">
                    <div>${this.choices()} ${this.addends(answered, unknown)}</div>
                    ${this.plane(answered)}
                  </div>
                  ${this.films(answered, unknown)}`
            : html`<p class="newcomer-wait">Training on the simulated ratings …</p>`
        }
        <run-link .lab=${this.lab} .print=${this.print}></run-link>
      </section>
    `;
  }

  private choices(): TemplateResult {
    const all = kinds(this.opened?.info.user_attributes ?? []);
    const { id } = this.lab.block;
    const chosen = this.lab.chosen(TOLD);
    return html`<form class="newcomer-choices" @submit=${(event: Event) => event.preventDefault()}>
      ${all.map(
        ({ kind, values }) => html`
          <label for="${id}-${kind}">${kind}</label>
          <select
            id="${id}-${kind}"
            @change=${(event: Event) => {
              const at = Number((event.target as HTMLSelectElement).value);
              const others = chosen.filter((own) => values.every((value) => value.at !== own));
              const now = at < 0 ? others : [...others, at];
              this.lab.choose(
                TOLD,
                now.sort((a, b) => a - b),
              );
            }}
          >
            <option value="-1">not told</option>
            ${values.map(
              ({ at, value }) =>
                html`<option value=${at} .selected=${chosen.includes(at)}>${value}</option>`,
            )}
          </select>
        `,
      )}
    </form>`;
  }

  /** The prediction for the first film, from what anybody would give it. */
  private addends(told: Told, unknown: Told): TemplateResult {
    const [film] = told.films;
    if (!film) return html`<p>No film has ${LEAST} ratings.</p>`;
    const names = this.opened?.info.user_attributes ?? [];
    const base = unknown.ratings[film.item] ?? NaN;
    return html`
      <p class="newcomer-film">Prediction for film 1, <em>${filmName(film)}</em>:</p>
      <table class="numbers newcomer-addends">
        <thead>
          <tr>
            <th scope="col">from</th>
            <th scope="col">${tex('b_a')}</th>
            <th scope="col">${tex(String.raw`v_i^\top y_a`)}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">anybody new</th>
            <td colspan="2">${fixed(base, 3)}</td>
          </tr>
          ${kinds(names).map(({ kind, values }) => {
            const share = told.shares.find(({ attribute }) =>
              values.some(({ at }) => at === attribute),
            );
            const value = share ? names[share.attribute]?.value : 'not told';
            return html`<tr>
              <th scope="row">${kind}: ${value}</th>
              <td>${share ? signed(share.bias, 3) : '–'}</td>
              <td>${share ? signed(share.product, 3) : '–'}</td>
            </tr>`;
          })}
          <tr class="sum">
            <th scope="row">sum</th>
            <td colspan="2">${fixed(film.rating, 3)}</td>
          </tr>
        </tbody>
      </table>
    `;
  }

  private films(told: Told, unknown: Told): TemplateResult {
    return html`
      <table class="film-list" aria-label="Films predicted highest for the made-up user">
        <thead>
          <tr>
            <th scope="col" class="film-rank">#</th>
            <th scope="col">film</th>
            <th scope="col" class="film-number">predicted</th>
            <th scope="col" class="film-number newcomer-base">anybody new</th>
            <th scope="col" class="film-number">difference</th>
          </tr>
        </thead>
        <tbody>
          ${told.films.map((film, n) => {
            const base = unknown.ratings[film.item] ?? NaN;
            return html`<tr>
              <td class="film-rank">${n + 1}</td>
              <td>${filmName(film)}<br /><span class="help">${film.genres.join(', ')}</span></td>
              <td class="film-number">${fixed(film.rating, 2)}</td>
              <td class="film-number newcomer-base">${fixed(base, 2)}</td>
              <td class="film-number">${signed(film.rating - base, 2)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    `;
  }

  private plane(told: Told): TemplateResult {
    const names = this.opened?.info.user_attributes ?? [];
    const chain = arrows(this.lab.chosen(TOLD), (at) => row(this.y, at));
    const items = this.opened?.items ?? [];
    const dots = items.map((_item, i): [number, number] => [
      this.vectors[2 * i] ?? 0,
      this.vectors[2 * i + 1] ?? 0,
    ]);
    const vectors = names.map((_name, at) => row(this.y, at));
    // The longest sum there can be fits, so that nothing jumps when an attribute is switched.
    const longest = kinds(names)
      .map(({ values }) => Math.max(...values.map(({ at }) => Math.hypot(...(vectors[at] ?? [0])))))
      .reduce((a, b) => a + b, 0);
    const reach = 1.08 * Math.max(longest, ...dots.map(([x, y]) => Math.hypot(x, y)), 0.1);
    const place: Place = ([x, y]) => [
      SIZE / 2 + (x / reach) * (SIZE / 2),
      SIZE / 2 - (y / reach) * (SIZE / 2),
    ];
    const corners = [[0, 0] as [number, number], ...chain.map(({ to }) => to)].map(place);
    const centre: Point = [mean(corners.map(([x]) => x)), mean(corners.map(([, y]) => y))];
    const spoken = `The plane of two factors: ${items.length} films as dots, and an arrow for each attribute told, laid head to tail. They end at ${told.vector.map((x) => fixed(x, 2)).join(', ')}.`;
    return html`
      <figure class="newcomer-plane">
        <svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label=${spoken}>
          <rect class="frame" x="0.5" y="0.5" width=${SIZE - 1} height=${SIZE - 1}></rect>
          <line class="axis" x1="0" x2=${SIZE} y1=${SIZE / 2} y2=${SIZE / 2}></line>
          <line class="axis" y1="0" y2=${SIZE} x1=${SIZE / 2} x2=${SIZE / 2}></line>
          ${dots.map((dot) => {
            const [x, y] = place(dot);
            return svg`<circle class="film" cx=${x} cy=${y} r="2.5"></circle>`;
          })}
          ${told.films.map(({ item }, n) => this.best(place(dots[item] ?? [0, 0]), n + 1))}
          ${chain.map((arrow) => shaft(arrow, place))} ${this.names(chain, place, centre)}
          ${this.end(place(chain.at(-1)?.to ?? [0, 0]))}
        </svg>
        <figcaption class="help">
          Orange: films by ${tex('v_i')}; the five predicted highest carry their number. Blue: an
          arrow ${tex('y_a')} for each attribute told, head to tail. Their end is all that is known
          of the user’s taste.
        </figcaption>
      </figure>
    `;
  }

  private best([x, y]: [number, number], n: number): SVGTemplateResult {
    return svg`<circle class="best" cx=${x} cy=${y} r="9"></circle>
      <text class="best-number" x=${x} y=${y + 4.5} text-anchor="middle">${n}</text>`;
  }

  /** The attributes' names beside their arrows, on the side that faces away from all of them. */
  private names(chain: readonly Arrow[], place: Place, centre: Point): SVGTemplateResult[] {
    const names = this.opened?.info.user_attributes ?? [];
    const texts = chain.map(({ at }) => names[at]?.value ?? '');
    const words = chain.map(({ from, to }, n): Word => {
      const [[x1, y1], [x2, y2]] = [place(from), place(to)];
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
      const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
      const outward = (mx - centre[0]) * dy - (my - centre[1]) * dx >= 0 ? 1 : -1;
      const [nx, ny] = [outward * dy, -outward * dx];
      const width = LETTER * (texts[n]?.length ?? 0);
      return {
        x: mx + 10 * nx,
        y: my + 5 + 14 * ny,
        width,
        height: LINE,
        anchor: nx >= 0 ? 'start' : 'end',
      };
    });
    return apart(words).map(
      ({ anchor, x, y }, n) =>
        svg`<text class="attribute-name" x=${x} y=${y} text-anchor=${anchor}>${texts[n]}</text>`,
    );
  }

  private end([x, y]: [number, number]): SVGTemplateResult {
    return svg`<circle class="taste" cx=${x} cy=${y} r="6"></circle>`;
  }

  protected override ask(): Promise<void> {
    return this.question(async (late) => {
      const ask = (attributes: readonly number[]): Promise<Told> =>
        this.lab.ask('attributes', 'newUser', Uint32Array.from(attributes), FILMS, LEAST);
      const [told, unknown, vectors, parameters] = await Promise.all([
        ask(this.lab.chosen(TOLD)),
        ask([]),
        this.lab.ask('attributes', 'itemVectors'),
        this.lab.ask('run', 'parameters'),
      ]);
      if (late()) return undefined;
      this.answered = told;
      this.unknown = unknown;
      this.vectors = vectors;
      this.y = parameters.find(({ name }) => name === 'y_a');
      return this.stopped;
    });
  }
}

/** An arrow from one place to another. */
function shaft({ from, to }: Arrow, place: Place): SVGTemplateResult {
  const [[x1, y1], [x2, y2]] = [place(from), place(to)];
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const head = Math.min(9, length / 2);
  const wing = (side: number): string =>
    `${x2 - head * (dx + side * 0.45 * dy)},${y2 - head * (dy - side * 0.45 * dx)}`;
  return svg`<line class="attribute" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>
    <polygon class="attribute-head" points="${x2},${y2} ${wing(1)} ${wing(-1)}"></polygon>`;
}
