import '../maps/line-chart.ts';
import '../frame/run-link.ts';

import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Chart } from '../../../pkg/factorscope.js';
import { fixed, plain } from '../../format.ts';
import {
  curve,
  density,
  likelihood,
  type Gaussian,
  posterior,
  type Seen,
} from '../../lab/bayes.ts';
import { CHOICES } from '../../lab/choices.ts';
import type { Line } from '../../lab/lines.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

/** What user 2 of the toy table gave, less the mean of all ratings, 2.2. */
const RATINGS = [
  { item: 2, t: 1.8 },
  { item: 3, t: 0.8 },
] as const;
const CHOICE = CHOICES['prior-posterior'];
const REACH = 4;
const PIECES = 160;

interface Rating {
  item: number;
  t: number;
  q: number;
  used: boolean;
}

/** One user, one factor: the prior of p, what the ratings say, and both together. */
@customElement('prior-posterior')
export class PriorPosterior extends LabView {
  protected override readonly computes = false;

  @state() private chart: Chart | undefined;

  protected override labChanged(): void {
    this.requestUpdate();
    void this.draw();
  }

  private get variances(): { noise: number; prior: number } {
    const { settings } = this.lab.state;
    return { noise: settings['variance'] ?? 1, prior: settings['variance_p'] ?? 1 };
  }

  private get ratings(): Rating[] {
    const [q, unused] = [this.lab.chosen(CHOICE.q), this.lab.chosen(CHOICE.unused)];
    return RATINGS.map((rating, n) => ({
      ...rating,
      q: q[n] ?? 0,
      used: !unused.includes(rating.item),
    }));
  }

  private get seen(): Seen[] {
    return this.ratings.filter(({ used }) => used);
  }

  protected override render(): TemplateResult {
    return html`
      <section class="prior-posterior" aria-label="Prior, likelihood and posterior of one number">
        <div class="prior-ratings">${this.ratings.map((rating, n) => this.rating(rating, n))}</div>
        ${this.faultText()}
        <line-chart
          .chart=${this.chart}
          .lines=${this.lines()}
          .digits=${3}
          xName="p"
          label="Prior, likelihood and posterior of p as curves"
        ></line-chart>
        ${this.numbers()}
        <p class="help">
          A curve is highest over the most probable p, and its width says how much remains unknown.
          The likelihood is scaled so that the area under it is 1, as under the other two.
        </p>
        <run-link .lab=${this.lab} bare></run-link>
      </section>
    `;
  }

  private rating({ item, q, t, used }: Rating, n: number): TemplateResult {
    const id = `${this.lab.block.id}-q${item}`;
    return html`
      <div class="control">
        <label>
          <input
            type="checkbox"
            .checked=${used}
            @change=${(event: Event) => this.put(n, { used: (event.target as HTMLInputElement).checked })}
          />
          item ${item}: ${tex(String.raw`t_{${item}}`)} = ${fixed(t + 2.2, 0)} − 2.2 =
          ${fixed(t, 1)}
        </label>
        <output class="value" for=${id}>${tex(String.raw`q_{${item}}`)} = ${fixed(q, 2)}</output>
        <input
          id=${id}
          type="range"
          aria-label="q of item ${item}"
          min="-2"
          max="2"
          step="0.05"
          .value=${String(q)}
          @input=${(event: Event) => this.put(n, { q: Number((event.target as HTMLInputElement).value) })}
        />
      </div>
    `;
  }

  private put(at: number, patch: Partial<Rating>): void {
    const all = this.ratings.map((rating, n) => (n === at ? { ...rating, ...patch } : rating));
    this.lab.choose(
      CHOICE.q,
      all.map(({ q }) => q),
    );
    this.lab.choose(
      CHOICE.unused,
      all.flatMap(({ item, used }) => (used ? [] : [item])),
    );
  }

  private lines(): Line[] {
    const { noise, prior } = this.variances;
    const told = likelihood(this.seen, noise);
    const of = (normal: Gaussian): [number, number][] =>
      curve((x) => density(x, normal), -REACH, REACH, PIECES);
    return [
      { name: 'prior', color: 'train', points: of({ mean: 0, variance: prior }) },
      { name: 'likelihood', color: 'item', points: told ? of(told) : [] },
      { name: 'posterior', color: 'user', points: of(posterior(this.seen, noise, prior)) },
    ];
  }

  private numbers(): TemplateResult {
    const { noise, prior } = this.variances;
    const lambda = noise / prior;
    const squares = this.seen.reduce((sum, { q }) => sum + q * q, 0);
    const products = this.seen.reduce((sum, { q, t }) => sum + q * t, 0);
    const told = likelihood(this.seen, noise);
    const after = posterior(this.seen, noise, prior);
    const row = (
      name: string,
      formula: string,
      numbers: string,
      value: number | undefined,
    ): TemplateResult => html`
      <tr>
        <th scope="row" class="text">${name}</th>
        <td class="text">${tex(formula)}</td>
        <td class="value">${numbers}</td>
        <td class="value"><strong>${value === undefined ? '–' : fixed(value, 4)}</strong></td>
      </tr>
    `;
    const [s, t, l] = [fixed(squares, 3), fixed(products, 3), fixed(lambda, 3)];
    return html`
      <div
        class="table-scroll"
        tabindex="0"
        role="group"
        aria-label="The numbers behind the curves"
      >
        <table class="numbers prior-numbers">
          <thead>
            <tr>
              <th scope="col" class="text">what</th>
              <th scope="col" class="text">formula</th>
              <th scope="col">with numbers</th>
              <th scope="col">value</th>
            </tr>
          </thead>
          <tbody>
            ${row('ratio of variances', String.raw`\lambda = \sigma^2 / \sigma_p^2`, `${plain(noise, 4)} / ${plain(prior, 4)}`, lambda)}
            ${row('maximum likelihood', String.raw`\sum q_i t_i / \sum q_i^2`, told ? `${t} / ${s}` : 'no rating tells', told?.mean)}
            ${row('most probable p', String.raw`\sum q_i t_i / (\sum q_i^2 + \lambda)`, `${t} / (${s} + ${l})`, after.mean)}
            ${row('standard deviation', String.raw`\sigma / \sqrt{\sum q_i^2 + \lambda}`, `${fixed(Math.sqrt(noise), 3)} / √(${s} + ${l})`, Math.sqrt(after.variance))}
          </tbody>
        </table>
      </div>
    `;
  }

  private draw(): Promise<void> {
    return this.question(async (late) => {
      const chart = await this.lab.chart('p', 'density', this.lines());
      if (!late()) this.chart = chart;
    });
  }
}
