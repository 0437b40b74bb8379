import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { Entry, Hyperparameter } from '../../../pkg/factorscope.js';
import { LARGEST_SEED } from '../../lab/link.ts';
import { readValue, type Settings } from '../../lab/registry.ts';
import { tex, withSymbols } from '../../maths.ts';
import { sentence } from '../../sentence.ts';
import { LabView } from './lab-view.ts';

const SLIDER_STEPS = 200;

/** The model's hyperparameters and the seed, made from the registry alone. */
@customElement('model-controls')
export class ModelControls extends LabView {
  /** Names to show first; the others fold away. All, where there are none. */
  @property({ attribute: false }) first: readonly string[] = [];
  /** Names a view shows itself, or that have no meaning in this lab. */
  @property({ attribute: false }) omitted: readonly string[] = [];
  /** Sets the lab's second model instead; seed and reset stand with the first. */
  @property({ type: Boolean }) rival = false;
  protected override readonly computes = false;
  /** The fields that hold what is not allowed. */
  private readonly wrong = new Set<HTMLInputElement>();

  protected override render(): TemplateResult {
    const all = this.entry.hyperparameters.filter(({ name }) => !this.omitted.includes(name));
    const main = this.first.length > 0 ? all.filter((h) => this.first.includes(h.name)) : all;
    const more = all.filter((h) => !main.includes(h));
    const seedFirst = !this.rival && (this.first.length === 0 || this.first.includes('seed'));
    const seedLast = !this.rival && !seedFirst;
    return html`
      <form class="controls" @submit=${(event: Event) => event.preventDefault()}>
        ${main.map((h) => this.control(h))} ${seedFirst ? this.seeds() : ''}
        ${
          more.length > 0 || seedLast
            ? html`<details class="more-controls">
                <summary>More settings</summary>
                <div class="controls">
                  ${more.map((h) => this.control(h))} ${seedLast ? this.seeds() : ''}
                </div>
              </details>`
            : ''
        }
        ${
          this.second
            ? ''
            : html`<button
                type="button"
                class="quiet"
                @click=${() => this.lab.reset()}
                ?disabled=${this.atDefaults() && this.lab.refusal === undefined}
              >
                Reset settings
              </button>`
        }
        ${
          this.lab.refusal && !this.second
            ? html`<p class="fault" role="alert">
                ${sentence(this.lab.refusal)} Until then the value before counts, and nothing is
                computed anew in this part.
              </p>`
            : nothing
        }
      </form>
    `;
  }

  /** Whether it stands beside the controls of the first model, which speak for both. */
  private get second(): boolean {
    return this.rival && this.lab.block.show.includes('controls');
  }

  private get entry(): Entry {
    return (this.rival && this.lab.rival) || this.lab.entry;
  }

  private get settings(): Settings {
    const { rival, settings } = this.lab.state;
    return (this.rival && rival) || settings;
  }

  private idOf(name: string): string {
    return `${this.lab.block.id}-${this.rival ? 'rival-' : ''}${name}`;
  }

  private control(h: Hyperparameter): TemplateResult {
    const id = this.idOf(h.name);
    const value = this.settings[h.name] ?? h.default;
    const label = html`<label for=${id}>${h.name.replaceAll('_', ' ')} ${symbol(h)}</label>`;
    const help = html`<span class="help" id="${id}-help">${withSymbols(h.help)}</span>`;
    if (h.kind.type === 'choice') {
      return html`<div class="control">
        ${label}
        <select
          id=${id}
          aria-describedby="${id}-help"
          @change=${(event: Event) => this.put(h, (event.target as HTMLSelectElement).selectedIndex)}
        >
          ${h.kind.choices.map(
            (choice, n) => html`<option .selected=${n === value}>${choice}</option>`,
          )}
        </select>
        ${help}
      </div>`;
    }
    return html`<div class="control">
      ${label}
      <input
        id=${id}
        class="number"
        type="text"
        inputmode="decimal"
        autocomplete="off"
        aria-describedby="${id}-help"
        data-value=${String(value)}
        .value=${String(value)}
        @change=${(event: Event) => this.type(h, event.target as HTMLInputElement)}
      />
      <input
        type="range"
        aria-label="${h.name}, slider"
        min="0"
        max=${SLIDER_STEPS}
        .value=${String(toSlider(h, value))}
        @input=${(event: Event) => this.put(h, fromSlider(h, Number((event.target as HTMLInputElement).value)))}
      />
      ${help}
    </div>`;
  }

  /** The seed of start values and order and, where ratings are held back, that of the split. */
  private seeds(): TemplateResult {
    const { holdsBack } = this.lab;
    return html`
      ${this.seed(
        'seed',
        'seed',
        holdsBack
          ? 'Decides start values and order: the same seed gives the same numbers.'
          : 'Decides every random choice: the same seed gives the same numbers.',
      )}
      ${
        holdsBack
          ? this.seed('splitSeed', 'split seed', 'Decides which ratings are held back at random.')
          : nothing
      }
    `;
  }

  private seed(of: 'seed' | 'splitSeed', name: string, help: string): TemplateResult {
    const id = this.idOf(name.replace(' ', '-'));
    const value = this.lab.state[of];
    return html`<div class="control">
      <label for=${id}>${name}</label>
      <input
        id=${id}
        class="number"
        type="text"
        inputmode="numeric"
        autocomplete="off"
        aria-describedby="${id}-help"
        data-value=${String(value)}
        .value=${String(value)}
        @change=${(event: Event) => this.typeSeed(of, name, event.target as HTMLInputElement)}
      />
      <button
        type="button"
        class="quiet"
        aria-label="next ${name}"
        ?disabled=${value >= LARGEST_SEED}
        @click=${() => this.putSeed(of, value + 1)}
      >
        next
      </button>
      <span class="help" id="${id}-help">${help}</span>
    </div>`;
  }

  private putSeed(of: 'seed' | 'splitSeed', value: number): void {
    // A walk goes through all ratings: only its start values and order send it back to the start.
    this.lab.set(of === 'seed' ? { seed: value, step: 0 } : { splitSeed: value });
    this.lab.refuse(this.idOf(of === 'seed' ? 'seed' : 'split-seed'), undefined);
  }

  private put(h: Hyperparameter, value: number): void {
    const settings = { ...this.settings, [h.name]: value };
    this.lab.set(this.rival ? { rival: settings } : { settings });
    // A slider puts its field right as well; last, so that nothing is computed from the value before.
    this.lab.refuse(this.idOf(h.name), undefined);
  }

  private type(h: Hyperparameter, input: HTMLInputElement): void {
    const value = readValue(h, input.value.trim());
    const whole = h.kind.type === 'integer' ? 'a whole number' : 'a number';
    const why = value === undefined ? `${h.name} is ${whole} from ${h.min} to ${h.max}` : undefined;
    if (value !== undefined) this.put(h, value);
    this.judge(input, why);
  }

  /** Says what is wrong with a field; nothing is computed until it is right. */
  private judge(input: HTMLInputElement, why: string | undefined): void {
    input.setCustomValidity(why ?? '');
    if (why !== undefined) this.wrong.add(input);
    this.lab.refuse(input.id, why);
    if (why !== undefined) input.reportValidity();
  }

  /** Where a slider, a reset, a link or another model has put a value right, its field shows it. */
  protected override updated(): void {
    for (const input of this.wrong) {
      if (this.lab.refusalOf(input.id) !== undefined) continue;
      this.wrong.delete(input);
      input.setCustomValidity('');
      input.value = input.getAttribute('data-value') ?? '';
    }
  }

  private typeSeed(of: 'seed' | 'splitSeed', name: string, input: HTMLInputElement): void {
    const text = input.value.trim();
    const fine = /^\d{1,10}$/.test(text) && Number(text) <= LARGEST_SEED;
    if (fine) this.putSeed(of, Number(text));
    this.judge(input, fine ? undefined : `the ${name} is a whole number from 0 to ${LARGEST_SEED}`);
  }

  private atDefaults(): boolean {
    const { seed, splitSeed, settings, rival } = this.lab.start;
    const same = (now: Settings | undefined, start: Settings | undefined): boolean =>
      Object.entries(start ?? {}).every(([name, value]) => now?.[name] === value);
    const { state } = this.lab;
    return (
      state.seed === seed &&
      state.splitSeed === splitSeed &&
      same(state.settings, settings) &&
      same(state.rival, rival)
    );
  }
}

function symbol(h: Hyperparameter): TemplateResult | string {
  return h.symbol ? tex(h.symbol) : '';
}

/** Sliders run over the part of the range that is of use; what lies beyond can be typed. */
function range(h: Hyperparameter): [number, number] {
  const most = h.default > 0 && h.kind.type !== 'log' ? Math.min(h.max, 5 * h.default) : h.max;
  return [h.min, Math.max(most, h.min)];
}

function toSlider(h: Hyperparameter, value: number): number {
  const [low, high] = range(h);
  const share =
    h.kind.type === 'log'
      ? Math.log(value / low) / Math.log(high / low)
      : (value - low) / (high - low);
  return Math.round(Math.min(1, Math.max(0, share)) * SLIDER_STEPS);
}

function fromSlider(h: Hyperparameter, position: number): number {
  const [low, high] = range(h);
  const share = position / SLIDER_STEPS;
  if (h.kind.type === 'integer') return Math.round(low + share * (high - low));
  const value = h.kind.type === 'log' ? low * (high / low) ** share : low + share * (high - low);
  return Number(value.toPrecision(2));
}
