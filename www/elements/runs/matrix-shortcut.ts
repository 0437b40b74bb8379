import '../data/data-source.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { ShortcutCost } from '../../../pkg/factorscope.js';
import { count, fixed } from '../../format.ts';
import { brief, large } from '../../lab/confidence.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';
import { type Going, Job } from './job.ts';

/** The name under which the engine keeps the model after one sweep. */
const SWEPT = 'swept';

/** One user's matrix, added up over all films and by the shortcut: multiplications, time, difference. */
@customElement('matrix-shortcut')
export class MatrixShortcut extends LabView {
  private readonly job = new Job<ShortcutCost & { user: string }>(this, {
    key: () => JSON.stringify([this.lab.setup(), this.lab.state.user]),
    work: (going) => this.measure(going),
  });

  protected override labChanged(): void {
    this.requestUpdate();
    // What was measured belongs to the former settings.
    if (this.job.differs) this.job.clear();
    if (this.lab.linked && !this.job.started) void this.job.start();
  }

  protected override dataChanged(): void {
    this.job.clear();
  }

  protected override render(): TemplateResult {
    const { fault, parts, running, start } = this.job;
    const [found] = parts;
    return html`
      <section class="shortcut" aria-label="The shortcut">
        ${
          this.lab.block.data === 'movielens'
            ? html`<data-source .lab=${this.lab}></data-source>`
            : nothing
        }
        <div class="buttons">
          <button
            type="button"
            class="main"
            ?disabled=${running || !this.lab.runnable}
            @click=${start}
          >
            ${running ? 'Measuring …' : 'Measure'}
          </button>
          <button type="button" ?disabled=${running || !this.lab.runnable} @click=${this.next}>
            Another user
          </button>
        </div>
        ${this.faultText(fault || this.fault)}
        <div class="table-scroll" role="status">
          <table class="numbers shortcut-results">
            <caption>
              ${
                found
                  ? html`User ${found.user}: ${count(found.rated)} of ${count(found.items)} films
                    rated in training, ${tex('f')} = ${count(found.factors)}`
                  : 'One user, after one sweep'
              }
            </caption>
            <thead>
              <tr>
                <th scope="col" class="text"></th>
                <th scope="col">over all films</th>
                <th scope="col">shortcut</th>
                <th scope="col">times as many</th>
              </tr>
            </thead>
            <tbody>
              ${this.rows(found)}
            </tbody>
          </table>
        </div>
        <p class="help shortcut-apart">
          Largest difference between the two matrices, as a share of the largest element:
          <span class="value">${found ? found.apart.toExponential(1) : '–'}</span>. It is rounding:
          both add the same numbers in another order. The shared matrix took
          <span class="value">${found ? brief(found.shared_seconds) : '–'}</span>, once for all
          users.
        </p>
      </section>
    `;
  }

  private rows(found: ShortcutCost | undefined): TemplateResult[] {
    const each = found ? (found.factors * (found.factors + 1)) / 2 : Number.NaN;
    const full = found ? found.items * each : Number.NaN;
    const short = found ? found.rated * each : Number.NaN;
    const shown = (value: number): string => (Number.isFinite(value) ? large(value) : '–');
    const row = (name: string, a: string, b: string, ratio: number): TemplateResult =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${a}</td>
        <td>${b}</td>
        <td>${fixed(ratio, 1)}</td>
      </tr>`;
    const [fullTime, shortTime] = [found?.full_seconds, found?.short_seconds];
    const [fullAll, shortAll] = [found?.full_operations, found?.short_operations];
    const nan = Number.NaN;
    return [
      row('multiplications, this user', shown(full), shown(short), full / short),
      row(
        'time, this user',
        brief(fullTime ?? nan),
        brief(shortTime ?? nan),
        (fullTime ?? nan) / (shortTime ?? nan),
      ),
      row(
        'multiplications, all users',
        shown(fullAll ?? nan),
        shown(shortAll ?? nan),
        (fullAll ?? nan) / (shortAll ?? nan),
      ),
    ];
  }

  private async measure(going: Going<ShortcutCost & { user: string }>): Promise<string> {
    const [opened, engine] = [await this.lab.opened(), await this.lab.engine()];
    const user = Math.min(this.lab.state.user, opened.users.length - 1);
    const setup = this.lab.setup();
    const { stopped } = await engine.train(setup, { keep: SWEPT, passes: 1 });
    going.warn(stopped);
    if (going.over) return '';
    const found = await engine.ask(SWEPT, 'implicit', 'shortcut', user);
    going.add({ ...found, user: opened.users[user] ?? '' });
    return '';
  }

  private readonly next = (): Promise<void> =>
    this.question(async () => {
      const { users } = await this.lab.opened();
      this.lab.set({ user: (this.lab.state.user + 1) % users.length }, true);
      await this.job.start();
    });
}
