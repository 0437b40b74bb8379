import '../frame/run-link.ts';

import { html, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { fixed, plain } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { type Weighed, weightedErrors, weightedMean } from '../../lab/confidence.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const CHOICE = CHOICES['weighted-mean'];
const LOW = 0.5;
const HIGH = 5;
const WIDTH = 640;
const MARGIN = 24;

/** Where a rating stands on the line. */
function x(rating: number): number {
  return MARGIN + ((rating - LOW) / (HIGH - LOW)) * (WIDTH - 2 * MARGIN);
}

/** Three ratings on a line, each with its confidence, and the number that fits them best. */
@customElement('weighted-mean')
export class WeightedMean extends LabView {
  protected override render(): TemplateResult {
    const { all } = this;
    const b = weightedMean(all);
    const products = all.map(({ confidence, rating }) => `${plain(confidence)} · ${plain(rating)}`);
    const weights = all.map(({ confidence }) => plain(confidence));
    return html`
      <section class="weighted-mean" aria-label="The weighted mean of three ratings">
        <svg
          viewBox="0 0 ${WIDTH} 112"
          role="img"
          aria-label="The ratings and their weighted mean ${fixed(b, 3)} on a line"
        >
          <line class="axis" x1=${x(LOW)} x2=${x(HIGH)} y1="60" y2="60"></line>
          ${[1, 2, 3, 4, 5].map((r) => svg`<text x=${x(r)} y="106" text-anchor="middle">${r}</text>`)}
          ${all.map(
            ({ confidence, rating }) =>
              svg`<circle class="rating" cx=${x(rating)} cy="60" r=${4 + 6 * Math.sqrt(confidence)}></circle>`,
          )}
          ${
            Number.isFinite(b)
              ? svg`<path class="mean" d="M ${x(b)} 44 l -8 -14 h 16 z"></path>
                  <text class="mean-value" x=${x(b)} y="22" text-anchor="middle">${fixed(b, 3)}</text>`
              : svg``
          }
        </svg>
        <table class="numbers weighted-cells">
          <thead>
            <tr>
              <th scope="col" class="text">rating</th>
              <th scope="col">${tex('r_{ui}')}</th>
              <th scope="col">confidence ${tex('c_{ui}')}</th>
            </tr>
          </thead>
          <tbody>
            ${all.map(
              (cell, n) => html`
                <tr>
                  <th scope="row">${['first', 'second', 'third'][n]}</th>
                  <td>${this.slider(n, 'rating', cell.rating, LOW, HIGH, 0.5)}</td>
                  <td>${this.slider(n, 'confidence', cell.confidence, 0, 10, 0.5)}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
        <p class="value weighted-formula" role="status">
          ${tex('b')} = (${products.join(' + ')}) / (${weights.join(' + ')}) =
          <output>${fixed(b, 3)}</output>${
            Number.isFinite(b) ? '' : ': nothing counts, so every number fits equally well'
          }
        </p>
        <p class="help value">
          Weighted squared errors ${tex(String.raw`\sum c_{ui} (r_{ui} - b)^2`)}:
          ${fixed(weightedErrors(all, b), 3)}
        </p>
        <div class="buttons">
          <button type="button" @click=${this.reset}>Reset</button>
        </div>
        <run-link .lab=${this.lab} bare></run-link>
      </section>
    `;
  }

  private get all(): Weighed[] {
    const confidences = this.lab.chosen(CHOICE.confidences);
    return this.lab
      .chosen(CHOICE.ratings)
      .map((rating, n) => ({ rating, confidence: confidences[n] ?? 0 }));
  }

  private readonly reset = (): void => {
    for (const choice of [CHOICE.ratings, CHOICE.confidences])
      this.lab.choose(choice, choice.start);
  };

  private slider(
    n: number,
    part: keyof Weighed,
    value: number,
    min: number,
    max: number,
    step: number,
  ): TemplateResult {
    const name = `${part} of the ${['first', 'second', 'third'][n] ?? ''}`;
    return html`<label class="weighted-slider">
      <input
        type="range"
        aria-label=${name}
        min=${min}
        max=${max}
        step=${step}
        .value=${String(value)}
        @input=${(event: Event) => {
          const to = (event.target as HTMLInputElement).valueAsNumber;
          const choice = part === 'rating' ? CHOICE.ratings : CHOICE.confidences;
          this.lab.choose(choice, this.lab.chosen(choice).with(n, to));
        }}
      />
      <span class="value">${fixed(value, 1)}</span>
    </label>`;
  }
}
