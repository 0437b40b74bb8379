import '../frame/run-link.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { Session } from '../../engine/session.ts';
import type { Print, Setup } from '../../engine/types.ts';
import { fixed, signed } from '../../format.ts';
import { alike, cosines, type Matched, matched, nearest } from '../../lab/alike.ts';
import { shade } from '../../lab/spectrum.ts';
import { tex } from '../../maths.ts';
import { type Going, Job } from './job.ts';
import { LabView } from '../frame/lab-view.ts';

/** Only films of which much is known are compared, where there are enough of them. */
const LEAST = 50;
const ENOUGH = 20;
const NEAREST = 10;
/** So many factors fit beside each other. */
const SHOWN = 12;
const LEVELS = 5;

/** The name under which the engine keeps the model. */
const SEEDED = 'seeded';

interface Found {
  first: ItemVectors;
  /** The seeds of both. */
  seeds: readonly [number, number];
  films: number;
  least: number;
  factors: Matched;
  /** Correlation of the cosines of all pairs of films. */
  angles: number;
  /** How many are taken as the nearest, and which share of them is the same. */
  near: number;
  shared: number;
}

/** Two trainings that differ in the seed alone: what comes back of the factors, and what of the angles. */
@customElement('two-seeds')
export class TwoSeeds extends LabView {
  private readonly job = new Job<Found>(this, {
    key: () => JSON.stringify(this.lab.setup()),
    work: (going) => this.train(going),
  });

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.lab.linked && !this.job.started) void this.job.start();
  }

  protected override dataChanged(): void {
    this.job.clear();
  }

  private async train(going: Going<Found>): Promise<string> {
    going.say('Training …');
    const setup = this.lab.setup();
    const other = { ...setup, seed: (setup.seed + 1) % 2 ** 32 };
    const counts = await this.lab.ask('data', 'itemCounts');
    const [first, second] = await this.lab.all(
      [setup, other].map((one) => (engine: Session) => vectorsOf(engine, one)),
      () => going.over,
    );
    if (!first || !second) return '';
    going.warn(first.stopped ?? second.stopped);
    going.add(compared(first, second, counts, [setup.seed, other.seed]));
    return 'Both are trained.';
  }

  protected override render(): TemplateResult {
    const { fault, running, stale, start, told } = this.job;
    const [found] = this.job.parts;
    return html`
      <section class="seeds" aria-label="Two seeds beside each other">
        <div class="buttons">
          <button
            type="button"
            class="main"
            ?disabled=${running || !this.lab.runnable}
            @click=${start}
          >
            Train two seeds
          </button>
          <span role="status">${told}</span>
        </div>
        ${this.faultText(fault)}
        ${
          stale && found
            ? html`<p class="note">The settings have changed since these two were trained.</p>`
            : nothing
        }
        ${
          found
            ? this.shown(found)
            : html`<p class="help">${running ? 'Working…' : 'Nothing trained yet.'}</p>`
        }
        <run-link .lab=${this.lab} .print=${stale ? undefined : found?.first}></run-link>
      </section>
    `;
  }

  private shown(found: Found): TemplateResult {
    const { angles, factors, films, least, near, seeds, shared } = found;
    const best = factors.table.map((row, k) => Math.abs(row[k] ?? 0));
    const columns = factors.columns.slice(0, SHOWN);
    const line = (name: string, value: string): TemplateResult =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${value}</td>
      </tr>`;
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Correlations of the factors">
        <table class="numbers value seeds-grid">
          <caption>
            Correlations of the factors of seed ${seeds[0]} (rows) and seed ${seeds[1]} (columns)
          </caption>
          <thead>
            <tr>
              <td></td>
              ${columns.map((l) => html`<th scope="col">${tex(`q_{i,${l + 1}}`)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${factors.table.slice(0, SHOWN).map(
              (row, k) => html`
                <tr>
                  <th scope="row">${tex(`q_{i,${k + 1}}`)}</th>
                  ${row
                    .slice(0, SHOWN)
                    .map(
                      (value, l) =>
                        html`<td class="${k === l ? 'known' : ''} shade-${shade(value, 1, LEVELS)}">
                          ${signed(value, 2)}
                        </td>`,
                    )}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      <p class="help">
        Over ${films.toLocaleString('en-US')} films with at least ${least}
        ${least === 1 ? 'rating' : 'ratings'}. Each factor of the one stands opposite that factor of
        the other which is most like it, framed, whatever the sign. The more colour, the more alike.
        ${factors.columns.length > SHOWN ? `The first ${SHOWN} are shown.` : nothing}
      </p>
      <table class="numbers value seeds-sums">
        <caption>
          What another seed brings out again
        </caption>
        <tbody>
          ${line('factors: correlations on the frame, without sign', `${fixed(Math.min(...best), 2)} to ${fixed(Math.max(...best), 2)}`)}
          ${line('angles: correlation of the cosines of all pairs of films', fixed(angles, 2))}
          ${line(`of the ${near} nearest films of each, the same`, `${fixed(100 * shared, 0)} %`)}
        </tbody>
      </table>
    `;
  }
}

/** The vectors of a trained model's items. */
interface ItemVectors extends Print {
  /** One item after the other. */
  values: Float32Array;
  /** Why the training ended early. */
  stopped: string | undefined;
}

async function vectorsOf(engine: Session, setup: Setup): Promise<ItemVectors> {
  const trained = await engine.train(setup, { keep: SEEDED });
  return { ...trained, values: await engine.ask(SEEDED, 'factors', 'itemVectors') };
}

function compared(
  first: ItemVectors,
  second: ItemVectors,
  counts: Uint32Array,
  seeds: readonly [number, number],
): Found {
  const enough = counts.filter((ratings) => ratings >= LEAST).length >= ENOUGH;
  const least = enough ? LEAST : 1;
  const rows = ({ values }: ItemVectors): number[][] => {
    const factors = values.length / counts.length;
    return [...counts].flatMap((ratings, i) =>
      ratings >= least ? [[...values.subarray(i * factors, (i + 1) * factors)]] : [],
    );
  };
  const [one, other] = [rows(first), rows(second)];
  const near = Math.min(NEAREST, Math.max(1, one.length - 2));
  return {
    first,
    seeds,
    films: one.length,
    least,
    factors: matched(one, other),
    angles: alike(cosines(one), cosines(other)),
    near,
    shared: alike(nearest(one, near), nearest(other, near)),
  };
}
