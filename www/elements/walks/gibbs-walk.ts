import '../frame/run-link.ts';

import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { ParameterValues, Step } from '../../../pkg/factorscope.js';
import type { Opened, Walked } from '../../engine/types.ts';
import { count, fixed, plain } from '../../format.ts';
import { ellipse, inverse2 } from '../../lab/bayes.ts';
import { pictured, tex } from '../../maths.ts';
import { color } from '../../palette.ts';
import { numbersTable } from './drawn-vector.ts';
import { LabView } from '../frame/lab-view.ts';
import { type Going, Job } from '../runs/job.ts';

const SIZE = 420;
const REACH = 3.5;
const SWEEPS = 50;
/** The name of the walk in the engine. */
const WALK = 'gibbs';
/** Draws of all vectors that stay on the map. */
const MOST_DRAWS = 200;

type Point = readonly [number, number];
interface Cloud {
  users: Point[];
  items: Point[];
}

/** A Gibbs sampler with two factors, one draw at a time: the distribution, and what came out of it. */
@customElement('gibbs-walk')
export class GibbsWalk extends LabView {
  @state() private opened: Opened | undefined;
  @state() private walked: Walked | undefined;
  @state() private clouds: readonly Cloud[] = [];
  private readonly sweeps = new Job<never>(this, {
    key: () => JSON.stringify(this.lab.setup('everything')),
    work: (going) => this.sweep(going),
  });
  /** What the dots on the map were drawn with. */
  private begun = '';

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.sweeps.running && this.sweeps.differs) this.sweeps.cancel();
    if (!this.sweeps.running) void this.follow();
  }

  protected override dataChanged(): void {
    this.sweeps.clear();
    this.begun = '';
    this.clouds = [];
    this.walked = undefined;
  }

  protected override render(): TemplateResult {
    const { walked } = this;
    return html`
      <section class="gibbs" aria-label="Gibbs sampling, draw by draw">
        ${this.buttons()} ${this.faultText(this.sweeps.fault || this.fault)}
        <p class="gibbs-where" role="status" aria-live=${this.sweeps.running ? 'off' : 'polite'}>
          ${walked ? this.where(walked) : 'Starting the engine …'}
        </p>
        <div class="gibbs-panels">
          <div>${this.map()}</div>
          <div class="gibbs-numbers">${walked ? this.numbers(walked) : nothing}</div>
        </div>
        ${walked ? this.predictions(walked) : nothing}
        <run-link .lab=${this.lab} .print=${walked} without="the dots of earlier sweeps"></run-link>
      </section>
    `;
  }

  private buttons(): TemplateResult {
    const { step } = this.lab.state;
    const per = this.walked?.position.per_epoch ?? 1;
    const idle = !this.walked || this.sweeps.running || !this.lab.runnable;
    return html`
      <div class="buttons" role="group" aria-label="Walk">
        <button type="button" ?disabled=${idle || step === 0} @click=${this.restart}>
          Restart
        </button>
        <button
          type="button"
          ?disabled=${idle || step === 0}
          @click=${() => this.lab.set({ step: step - 1 })}
        >
          Draw back
        </button>
        <button
          type="button"
          class="main"
          ?disabled=${idle}
          @click=${() => this.lab.set({ step: step + 1 })}
        >
          Draw
        </button>
        <button
          type="button"
          ?disabled=${idle}
          @click=${() => this.lab.set({ step: (Math.floor(step / per) + 1) * per })}
        >
          End of the sweep
        </button>
        <button type="button" ?disabled=${idle} @click=${this.sweeps.start}>
          ${SWEEPS} sweeps
        </button>
      </div>
    `;
  }

  private readonly restart = (): void => {
    this.clouds = [];
    this.lab.set({ step: 0 });
  };

  private follow(): Promise<void> {
    const setup = this.lab.setup('everything');
    const { step } = this.lab.state;
    const key = JSON.stringify(setup);
    return this.question(async (late) => {
      try {
        this.opened = await this.lab.opened();
        const engine = await this.lab.engine();
        if (late()) return;
        if (key !== this.begun) this.clouds = [];
        this.begun = key;
        const walked = await engine.walk(WALK, setup, step, color('user'), 'rmse');
        if (late()) return;
        this.walked = walked;
        if (walked.position.step !== step) this.lab.set({ step: walked.position.step }, true);
      } catch (error) {
        if (!late()) this.begun = '';
        throw error;
      }
    });
  }

  /** Fifty sweeps, with every vector left on the map after each. */
  private async sweep(going: Going<never>): Promise<string> {
    const setup = this.lab.setup('everything');
    const per = this.walked?.position.per_epoch ?? 1;
    const start = Math.floor(this.lab.state.step / per) * per;
    this.drop();
    try {
      const engine = await this.lab.engine();
      for (let n = 1; n <= SWEEPS; n++) {
        const step = start + n * per;
        const walked = await engine.walk(WALK, setup, step, color('user'), 'rmse');
        if (going.over) return '';
        this.walked = walked;
        const cloud = { users: points(walked, 'p_u'), items: points(walked, 'q_i') };
        this.clouds = [...this.clouds, cloud].slice(-MOST_DRAWS);
      }
    } catch (error) {
      if (!going.over) this.begun = '';
      throw error;
    }
    if (this.walked) this.lab.set({ step: this.walked.position.step });
    return '';
  }

  private where({ position, step }: Walked): TemplateResult {
    const { per_epoch: per, step: done } = position;
    if (!step) {
      return html`<b>Nothing drawn yet</b>: the start, a few sweeps of alternating least squares.
        Each sweep has ${count(per)} draws.`;
    }
    const sweep = Math.floor((done - 1) / per) + 1;
    const within = ((done - 1) % per) + 1;
    return html`<b>Draw ${count(done)}</b> · sweep ${count(sweep)}, draw ${within} of ${per} ·
      ${this.about(step)}`;
  }

  private about({ subject }: Step): TemplateResult | string {
    if ('user' in subject)
      return html`${tex(`p_{${subject.user + 1}}`)} of user ${subject.user + 1}`;
    if ('item' in subject)
      return html`${tex(`q_{${subject.item + 1}}`)} of item ${subject.item + 1}`;
    if ('vectors' in subject) {
      return subject.vectors === 'user'
        ? html`mean ${tex(String.raw`\mu_P`)} and precision ${tex(String.raw`\Lambda_P`)} of all
          users`
        : html`mean ${tex(String.raw`\mu_Q`)} and precision ${tex(String.raw`\Lambda_Q`)} of all
          items`;
    }
    return '';
  }

  private map(): TemplateResult {
    const { clouds, walked } = this;
    const users = walked ? points(walked, 'p_u') : [];
    const items = walked ? points(walked, 'q_i') : [];
    const ticks = [-2, 0, 2];
    const dots = (kind: 'user' | 'item', all: readonly Point[]): TemplateResult[] =>
      all.map(
        ([px, py]) =>
          svg`<circle class="gibbs-dot of-${kind}" cx=${x(px)} cy=${y(py)} r="2.5"></circle>`,
      );
    const named = (
      kind: 'user' | 'item',
      letter: string,
      all: readonly Point[],
    ): TemplateResult[] =>
      all.map(
        ([px, py], n) => svg`
          <circle class="gibbs-now of-${kind}" cx=${x(px)} cy=${y(py)} r="5"></circle>
          <text class="of-${kind}" x=${x(px)} y=${y(py)} dx="8" dy="-6">${pictured(letter, n + 1)}</text>`,
      );
    const id = `${this.lab.block.id}-gibbs-inside`;
    return html`
      <svg
        class="gibbs-map"
        viewBox="-30 -8 ${SIZE + 40} ${SIZE + 34}"
        role="img"
        aria-label="The vectors of users and items in the plane, and the distribution drawn from"
      >
        <clipPath id=${id}><rect width=${SIZE} height=${SIZE}></rect></clipPath>
        <rect class="gibbs-frame" width=${SIZE} height=${SIZE}></rect>
        <path class="gibbs-axis" d="M${x(0)} 0V${SIZE}M0 ${y(0)}H${SIZE}"></path>
        ${ticks.map(
          (tick) => svg`
            <text x=${x(tick)} y=${SIZE + 18} text-anchor="middle">${plain(tick)}</text>
            <text x="-6" y=${y(tick)} dy="0.35em" text-anchor="end">${plain(tick)}</text>`,
        )}
        <g clip-path="url(#${id})">
          ${clouds.map((cloud) => [dots('user', cloud.users), dots('item', cloud.items)])}
          ${this.region()} ${named('user', 'p', users)} ${named('item', 'q', items)}
        </g>
      </svg>
      <p class="help">
        <span class="of-user">Users</span> and <span class="of-item">items</span> by their two
        numbers. The ellipse holds 86 % of the distribution just drawn from (two standard
        deviations), the cross is its mean. Small dots are earlier sweeps.
      </p>
    `;
  }

  /** The distribution of the vector drawn last. */
  private region(): TemplateResult | typeof nothing {
    const { system } = this.walked?.step ?? {};
    const covariance = system && inverse2(system.matrix);
    const [mx, my] = system?.solution ?? [];
    if (!covariance || mx === undefined || my === undefined) return nothing;
    const line = ellipse([mx, my], covariance, 2).map(([px, py]) => `${x(px)} ${y(py)}`);
    const kind = this.walked?.step && 'user' in this.walked.step.subject ? 'user' : 'item';
    return svg`
      <path class="gibbs-region of-${kind}" d="M${line.join('L')}Z"></path>
      <path class="gibbs-cross" d="M${x(mx)} ${y(my)}m-6 -6l12 12m0 -12l-12 12"></path>`;
  }

  private numbers({ parameters, step }: Walked): TemplateResult {
    if (!step) {
      return html`<p>
        Press <em>Draw</em>. A sweep begins with the mean and the precision of all users, then draws
        each user; then the same for the items.
      </p>`;
    }
    if (step.system) return html`<drawn-vector .step=${step}></drawn-vector>`;
    const side = 'vectors' in step.subject && step.subject.vectors === 'user' ? 'P' : 'Q';
    const before = (name: string): number[] => {
      const at = parameters.findIndex((parameter) => parameter.name === `${name}_${side}`);
      return step.updates.filter(({ parameter }) => parameter === at).map((u) => u.before);
    };
    const now = (name: string): number[] => {
      const found = parameters.find((parameter) => parameter.name === `${name}_${side}`);
      return Array.from(found?.values ?? []);
    };
    return html`
      <h4>Mean and precision of all ${side === 'P' ? 'users' : 'items'}</h4>
      <p>
        Drawn from their Normal-Wishart distribution, given the present vectors
        ${tex(side === 'P' ? 'p_u' : 'q_i')}.
      </p>
      <div class="system table-scroll" role="group" aria-label="Before and after" tabindex="0">
        ${numbersTable(tex(String.raw`\mu_${side}\text{ before}`), before('mu'), 1)}
        ${numbersTable(tex(String.raw`\mu_${side}\text{ drawn}`), now('mu'), 1)}
        ${numbersTable(tex(String.raw`\Lambda_${side}\text{ before}`), before('Lambda'), 2)}
        ${numbersTable(tex(String.raw`\Lambda_${side}\text{ drawn}`), now('Lambda'), 2)}
      </div>
    `;
  }

  /** The table by the draw as it stands, or by the average where there is one. */
  private predictions({ predictions }: Walked): TemplateResult | typeof nothing {
    const { opened } = this;
    if (!opened?.cells) return nothing;
    const items = opened.items.length;
    const { cells } = opened;
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label="Predictions">
        <table class="numbers gibbs-predictions">
          <caption>
            Predictions ${tex(String.raw`\hat r_{ui}`)}, with the rating where there is one
          </caption>
          <thead>
            <tr>
              <th scope="col"><span class="visually-hidden">user</span></th>
              ${opened.items.map((_, i) => html`<th scope="col" class="of-item">item ${i + 1}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${opened.users.map(
              (_, u) => html`
                <tr>
                  <th scope="row" class="of-user">user ${u + 1}</th>
                  ${opened.items.map((_item, i) => {
                    const at = u * items + i;
                    const known = cells[at] ?? Number.NaN;
                    return html`<td>
                      ${fixed(predictions[at] ?? Number.NaN, 2)}
                      <span class="soft">${Number.isFinite(known) ? `(${plain(known)})` : ''}</span>
                    </td>`;
                  })}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    `;
  }
}

/** The rows of a matrix of two columns. */
function points({ parameters }: { parameters: readonly ParameterValues[] }, name: string): Point[] {
  const found = parameters.find((parameter) => parameter.name === name);
  if (!found || found.columns < 2) return [];
  return Array.from({ length: found.rows }, (_, row): Point => {
    const at = row * found.columns;
    return [found.values[at] ?? 0, found.values[at + 1] ?? 0];
  });
}

function x(value: number): string {
  return (((value + REACH) / (2 * REACH)) * SIZE).toFixed(1);
}

function y(value: number): string {
  return (((REACH - value) / (2 * REACH)) * SIZE).toFixed(1);
}
