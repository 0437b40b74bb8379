import '../frame/run-link.ts';

import { html, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { deviation } from '../../lab/time.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const WIDTH = 640;
const HEIGHT = 260;
/** Days to either side of the mean date. */
const REACH = 1500;
/** Stars up and down. */
const HIGH = 1.5;
const POINTS = 120;

/** One slider. */
interface Slider {
  name: 'alpha' | 'beta' | 'days';
  symbol: string;
  least: number;
  most: number;
  step: number;
  digits: number;
}

const SLIDERS: readonly Slider[] = [
  { name: 'days', symbol: 't - t_u', least: -REACH, most: REACH, step: 1, digits: 0 },
  { name: 'alpha', symbol: String.raw`\alpha_u`, least: -0.08, most: 0.08, step: 0.005, digits: 3 },
  { name: 'beta', symbol: String.raw`\beta`, least: 0.1, most: 1, step: 0.05, digits: 2 },
];

/** alpha_u dev_u(t) around the mean date of a user's ratings, with everything in it movable. */
@customElement('drift-map')
export class DriftMap extends LabView {
  protected override render(): TemplateResult {
    const [alpha, beta, days] = [this.at('alpha'), this.at('beta'), this.at('days')];
    const dev = deviation(days, beta);
    const drift = alpha * dev;
    return html`
      <section class="drift" aria-label="Drift of a user’s bias">
        <svg
          class="drift-plot"
          viewBox="-52 -14 ${WIDTH + 70} ${HEIGHT + 48}"
          role="img"
          aria-label="The drift of a user’s bias over the days before and after the mean date"
        >
          ${this.grid()}
          <path class="drift-line" d=${this.path()}></path>
          <circle class="drift-at" cx=${x(days)} cy=${y(drift)} r="6"></circle>
        </svg>
        <div class="drift-side">
          <div class="controls">${SLIDERS.map((slider) => this.slider(slider))}</div>
          <p class="value drift-sum" role="status">
            ${tex(String.raw`\mathrm{dev}_u(t)`)} = ${signed(Math.sign(days), 0)} ·
            ${plain(Math.abs(days), 0)}<sup>${fixed(beta, 2)}</sup> = ${fixed(dev, 2)}<br />
            ${tex(String.raw`\alpha_u\,\mathrm{dev}_u(t)`)} = ${fixed(alpha, 3)} · ${fixed(dev, 2)}
            = <strong>${signed(drift, 3)}</strong> stars
          </p>
          <button type="button" class="quiet" @click=${this.reset}>Start over</button>
        </div>
        <run-link .lab=${this.lab} bare></run-link>
      </section>
    `;
  }

  private readonly reset = (): void => {
    for (const { name } of SLIDERS) this.lab.choose(CHOICES.drift[name], CHOICES.drift[name].start);
  };

  private at(name: Slider['name']): number {
    return this.lab.chosen(CHOICES.drift[name]);
  }

  private slider({ digits, least, most, name, step, symbol }: Slider): TemplateResult {
    const id = `${this.lab.block.id}-${name}`;
    return html`
      <div class="control">
        <label for=${id}>${tex(symbol)}</label>
        <output class="value" for=${id}>${fixed(this.at(name), digits)}</output>
        <input
          id=${id}
          type="range"
          aria-label=${name === 'days' ? 'days after the mean date' : name}
          min=${least}
          max=${most}
          step=${step}
          .value=${String(this.at(name))}
          @input=${(event: Event) =>
            this.lab.choose(CHOICES.drift[name], (event.target as HTMLInputElement).valueAsNumber)}
        />
      </div>
    `;
  }

  private grid(): TemplateResult {
    const days = [-1000, -500, 0, 500, 1000];
    const stars = [-1, 0, 1];
    return svg`
      ${days.map(
        (day) => svg`
        <line class="drift-grid" x1=${x(day)} x2=${x(day)} y1="0" y2=${HEIGHT}></line>
        <text x=${x(day)} y=${HEIGHT + 22} text-anchor="middle">${day === 0 ? 'mean date' : signed(day, 0)}</text>`,
      )}
      ${stars.map(
        (star) => svg`
        <line class="drift-grid" x1="0" x2=${WIDTH} y1=${y(star)} y2=${y(star)}></line>
        <text x="-8" y=${y(star)} dy="0.35em" text-anchor="end">${star === 0 ? '0' : signed(star, 0)}</text>`,
      )}
      <text x="4" y="14">stars</text>
      <text x=${WIDTH} y=${HEIGHT - 8} text-anchor="end">days</text>`;
  }

  private path(): string {
    const at = Array.from({ length: POINTS + 1 }, (_, n) => (2 * n) / POINTS - 1);
    // More points near the mean date, where the curve is steep.
    const days = at.map((share) => Math.sign(share) * share * share * REACH);
    return days
      .map(
        (day, n) =>
          `${n === 0 ? 'M' : 'L'}${x(day)} ${y(this.at('alpha') * deviation(day, this.at('beta')))}`,
      )
      .join('');
  }
}

function x(day: number): string {
  return (((day + REACH) / (2 * REACH)) * WIDTH).toFixed(1);
}

/** What lies beyond the frame is drawn at its edge. */
function y(stars: number): string {
  const held = Math.min(HIGH, Math.max(-HIGH, stars));
  return (((HIGH - held) / (2 * HIGH)) * HEIGHT).toFixed(1);
}
