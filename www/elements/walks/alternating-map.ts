import '../frame/run-link.ts';

import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { fixed, plain } from '../../format.ts';
import { CHOICES, type Way } from '../../lab/choices.ts';
import { contour, height, lowest } from '../../lab/landscape.ts';
import { pictured, tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const RATING = 2;
const REACH = 3;
const CELLS = 60;
const SIZE = 420;
const LEVELS = [0.2, 0.5, 1, 2, 3, 5, 8, 12, 20, 32];
const CHOICE = CHOICES.landscape;

type Axis = 'p' | 'q';
interface Place {
  p: number;
  q: number;
}

/** The objective for one rating and one factor as a map, crossed at right angles by the two solutions. */
@customElement('alternating-map')
export class AlternatingMap extends LabView {
  private contours: TemplateResult[] = [];
  private drawn = Number.NaN;

  protected override render(): TemplateResult {
    const { p, q } = this.place;
    return html`
      <section class="landscape" aria-label="The objective as a map">
        <svg
          class="landscape-map"
          viewBox="-34 -10 ${SIZE + 44} ${SIZE + 50}"
          role="img"
          aria-label="Lines of equal objective over p and q, with two valleys, and the path so far"
          @click=${this.choose}
        >
          ${this.map()} ${this.axes()} ${this.trace()}
        </svg>
        <div class="landscape-side">
          <p>
            One rating ${tex('r')} = ${RATING}, one factor: the prediction is
            ${tex(String.raw`p \cdot q`)}.
          </p>
          <p>
            Objective: ${tex(String.raw`(r - p q)^2 + \lambda\,(p^2 + q^2)`)} =
            <output class="value">${fixed(height(RATING, this.lambda, p, q), 4)}</output>
          </p>
          <div class="controls">
            ${this.slider('p', p, (value) => this.begin({ p: value, q }))}
            ${this.slider('q', q, (value) => this.begin({ p, q: value }))}
            ${this.slider('lambda', this.lambda, (value) => {
              this.lab.choose(CHOICE.lambda, value);
              this.begin(this.place);
            })}
          </div>
          <div class="buttons">
            <button type="button" class="main" @click=${() => this.solve('p')}>Solve for p</button>
            <button type="button" class="main" @click=${() => this.solve('q')}>Solve for q</button>
            <button type="button" class="quiet" @click=${this.restart}>Start over</button>
          </div>
          <p class="landscape-solved value" role="status">${this.solved()}</p>
        </div>
        <run-link .lab=${this.lab} bare></run-link>
      </section>
    `;
  }

  private get place(): Place {
    return this.path.at(-1) ?? this.way;
  }

  private get lambda(): number {
    return this.lab.chosen(CHOICE.lambda);
  }

  private get way(): Way {
    return this.lab.chosen(CHOICE.path);
  }

  /** What was solved for last. */
  private get last(): Axis | undefined {
    return axes(this.way).at(-1);
  }

  /** All places on the way: each step solves for one number while the other is held. */
  private get path(): Place[] {
    const { p, q } = this.way;
    const path: Place[] = [{ p, q }];
    for (const axis of axes(this.way)) {
      const place = path.at(-1) ?? { p, q };
      const value = lowest(RATING, this.lambda, axis === 'p' ? place.q : place.p);
      if (value !== undefined) path.push({ ...place, [axis]: value });
    }
    return path;
  }

  private begin({ p, q }: Place): void {
    this.lab.choose(CHOICE.path, { p, q, solved: '' });
  }

  private readonly restart = (): void => {
    this.lab.choose(CHOICE.lambda, CHOICE.lambda.start);
    this.lab.choose(CHOICE.path, CHOICE.path.start);
  };

  /** To solve for the same number twice changes nothing. */
  private solve(axis: Axis): void {
    const { solved, ...start } = this.way;
    if (!solved.endsWith(axis)) this.lab.choose(CHOICE.path, { ...start, solved: solved + axis });
  }

  private readonly choose = (event: MouseEvent): void => {
    const map = event.currentTarget;
    if (!(map instanceof SVGSVGElement)) return;
    const inverse = map.getScreenCTM()?.inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(inverse);
    const value = (pixel: number): number => {
      const raw = (pixel / SIZE) * 2 * REACH - REACH;
      return Math.round(Math.min(REACH, Math.max(-REACH, raw)) * 20) / 20;
    };
    this.begin({ p: value(x), q: value(SIZE - y) });
  };

  /** The step just taken, as formula with numbers and result. */
  private solved(): TemplateResult | typeof nothing {
    const { last, place } = this;
    if (!last) return html`Nothing solved yet.`;
    const held = last === 'p' ? place.q : place.p;
    const other = last === 'p' ? 'q' : 'p';
    if (lowest(RATING, this.lambda, held) === undefined) {
      return html`${other} = 0 and λ = 0: the objective is the same for every ${last}, so ${last}
      stays.`;
    }
    return html`${tex(String.raw`${last} = \frac{r\,${other}}{${other}^2 + \lambda}`)} = ${RATING} ·
    ${bracketed(held)} / (${fixed(held * held, 3)} + ${fixed(this.lambda, 2)}) =
    ${fixed(place[last], 3)}`;
  }

  private slider(
    name: Axis | 'lambda',
    value: number,
    put: (value: number) => void,
  ): TemplateResult {
    const id = `${this.lab.block.id}-${name}`;
    const [least, most] = name === 'lambda' ? [0, 2] : [-REACH, REACH];
    return html`
      <div class="control">
        <label for=${id}>${tex(name === 'lambda' ? String.raw`\lambda` : name)}</label>
        <output class="value" for=${id}>${fixed(value, 2)}</output>
        <input
          id=${id}
          type="range"
          aria-label=${name}
          min=${least}
          max=${most}
          step="0.05"
          .value=${String(value)}
          @input=${(event: Event) => put(Number((event.target as HTMLInputElement).value))}
        />
      </div>
    `;
  }

  private map(): TemplateResult[] {
    if (this.drawn !== this.lambda) {
      const f = (p: number, q: number): number => height(RATING, this.lambda, p, q);
      this.contours = LEVELS.map((level) => {
        const pieces = contour(f, level, REACH, CELLS);
        const d = pieces.map(([a, b]) => `M${x(a[0])} ${y(a[1])}L${x(b[0])} ${y(b[1])}`).join('');
        return svg`<path class="contour" d=${d}></path>`;
      });
      this.drawn = this.lambda;
    }
    return this.contours;
  }

  private axes(): TemplateResult {
    const ticks = [-2, 0, 2];
    return svg`
      <rect class="landscape-frame" x="0" y="0" width=${SIZE} height=${SIZE}></rect>
      ${ticks.map(
        (tick) => svg`
        <text x=${x(tick)} y=${SIZE + 18} text-anchor="middle">${plain(tick)}</text>
        <text x="-8" y=${y(tick)} dy="0.35em" text-anchor="end">${plain(tick)}</text>`,
      )}
      <text class="of-user" x=${SIZE / 2 + 70} y=${SIZE + 18} text-anchor="middle">${pictured('p')}</text>
      <text class="of-item" x="-8" y=${SIZE / 2 - 66} text-anchor="end">${pictured('q')}</text>`;
  }

  private trace(): TemplateResult {
    const { path } = this;
    const id = `${this.lab.block.id}-inside`;
    const { p, q } = this.place;
    const legs = path.slice(1).map((to, n) => {
      const from = path[n] ?? to;
      const kind = from.q === to.q ? 'leg-user' : 'leg-item';
      return svg`<line class="leg ${kind}" x1=${x(from.p)} y1=${y(from.q)} x2=${x(to.p)} y2=${y(to.q)}></line>`;
    });
    const first = this.way;
    return svg`
      <clipPath id=${id}><rect width=${SIZE} height=${SIZE}></rect></clipPath>
      <g clip-path="url(#${id})">${legs}</g>
      <circle class="leg-start" cx=${x(first.p)} cy=${y(first.q)} r="4"></circle>
      <circle class="leg-end" cx=${x(p)} cy=${y(q)} r="6"></circle>`;
  }
}

function axes({ solved }: Way): Axis[] {
  return [...solved].map((axis) => (axis === 'p' ? 'p' : 'q'));
}

function x(p: number): string {
  return (((p + REACH) / (2 * REACH)) * SIZE).toFixed(1);
}

function y(q: number): string {
  return (((REACH - q) / (2 * REACH)) * SIZE).toFixed(1);
}

function bracketed(value: number): string {
  return value < 0 ? `(${fixed(value, 3)})` : fixed(value, 3);
}
