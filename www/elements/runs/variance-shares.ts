import '../frame/run-link.ts';
import '../frame/split-note.ts';

import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { fixed } from '../../format.ts';
import { modelEntry, settingsList, settingsOf } from '../../lab/registry.ts';
import { type Part, shares } from '../../lab/sweep.ts';
import type { Session } from '../../engine/session.ts';
import type { Print, Trained } from '../../engine/types.ts';
import { type Going, Job } from './job.ts';
import { LabView } from '../frame/lab-view.ts';

const WIDTH = 600;
const NAMES: Record<Part, string> = {
  biases: 'explained by the biases',
  factors: 'explained by the vectors on top',
  rest: 'not explained',
};
const PARTS = ['biases', 'factors', 'rest'] as const;

/** Mean squared errors on the test set: of the mean, of the baseline, of the lab's model. */
interface Measured {
  mean: number;
  biases: number;
  factors: number;
  /** Whether all ratings of the data are equal. */
  constant: boolean;
  print: Print;
}

/** How much of the variance of held-back ratings the biases explain, how much the vectors, how much none. */
@customElement('variance-shares')
export class VarianceShares extends LabView {
  private readonly job = new Job<Measured>(this, {
    key: () => JSON.stringify(this.lab.setup()),
    work: (going) => this.measure(going),
  });

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.lab.linked && !this.job.started) void this.job.start();
  }

  protected override dataChanged(): void {
    this.job.clear();
  }

  private async measure(going: Going<Measured>): Promise<string> {
    going.say('Training …');
    const baseline = modelEntry('baseline');
    if (!baseline) throw new Error('the engine has no baseline');
    const { info } = await this.lab.opened();
    const [low, high] = info.scale;
    const setup = this.lab.setup();
    const plain = {
      ...setup,
      model: baseline.id,
      settings: settingsList(baseline, settingsOf(baseline)),
    };
    const [first, second] = await this.lab.all(
      [plain, setup].map(
        (one) =>
          (engine: Session): Promise<Trained> =>
            engine.train(one),
      ),
      () => going.over,
    );
    if (!first || !second) return '';
    going.warn(first.stopped ?? second.stopped);
    const square = (rmse: number | undefined): number => (rmse ?? Number.NaN) ** 2;
    going.add({
      // At the start every bias is 0, so the baseline predicts the mean.
      mean: square(first.history[0]?.test.rmse),
      biases: square(first.history.at(-1)?.test.rmse),
      factors: square(second.history.at(-1)?.test.rmse),
      constant: low === high,
      print: second,
    });
    return 'Measured.';
  }

  protected override render(): TemplateResult {
    const { fault, running, stale, start, told } = this.job;
    const [measured] = this.job.parts;
    const parts =
      measured && measured.mean > 0
        ? shares(measured.mean, measured.biases, measured.factors)
        : undefined;
    return html`
      <section class="variance" aria-label="Parts of the variance">
        <div class="buttons">
          <button
            type="button"
            class="main"
            ?disabled=${running || !this.lab.runnable}
            @click=${start}
          >
            Measure the parts
          </button>
          <span role="status">${told}</span>
        </div>
        ${this.faultText(fault)}
        ${
          stale && measured
            ? html`<p class="note">The settings have changed since these numbers were measured.</p>`
            : nothing
        }
        ${
          measured && !parts
            ? html`<p class="note" role="status">
                ${
                  Number.isNaN(measured.mean) && !measured.constant
                    ? 'Nothing is held back, so there is no test set whose variance could be divided.'
                    : 'All ratings are equal to their mean: there is no variance to divide.'
                }
              </p>`
            : html`${this.bar(parts)} ${this.table(measured, parts)}`
        }
        <split-note .setup=${this.lab.setup()}></split-note>
        <run-link .lab=${this.lab} .print=${stale ? undefined : measured?.print}></run-link>
      </section>
    `;
  }

  private bar(parts: Record<Part, number> | undefined): TemplateResult {
    let x = 0;
    return html`
      <svg
        class="variance-bar"
        viewBox="0 0 ${WIDTH} 34"
        role="img"
        aria-label="The parts of the variance as lengths of one bar"
        preserveAspectRatio="none"
      >
        ${PARTS.map((part) => {
          const width = parts ? Math.max(0, parts[part]) * WIDTH : part === 'rest' ? WIDTH : 0;
          const piece = svg`<rect class="variance-${part}" x=${x.toFixed(1)} y="0" width=${width.toFixed(1)} height="34"></rect>`;
          x += width;
          return piece;
        })}
      </svg>
    `;
  }

  private table(
    measured: Measured | undefined,
    parts: Record<Part, number> | undefined,
  ): TemplateResult {
    const sizes = measured && {
      biases: measured.mean - measured.biases,
      factors: measured.biases - measured.factors,
      rest: measured.factors,
    };
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Parts of the variance">
        <table class="numbers value variance-table">
          <thead>
            <tr>
              <th scope="col" class="text">part of the variance of the test ratings</th>
              <th scope="col">size</th>
              <th scope="col">share</th>
            </tr>
          </thead>
          <tbody>
            ${PARTS.map(
              (part) => html`
                <tr>
                  <th scope="row">
                    <span class="swatch variance-${part}" aria-hidden="true"></span>${NAMES[part]}
                  </th>
                  <td>${fixed(sizes?.[part] ?? Number.NaN, 4)}</td>
                  <td>${parts ? `${fixed(100 * parts[part], 1)} %` : '–'}</td>
                </tr>
              `,
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">all: mean squared error of the mean</th>
              <td>${fixed(measured?.mean ?? Number.NaN, 4)}</td>
              <td>${measured ? '100.0 %' : '–'}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    `;
  }
}
