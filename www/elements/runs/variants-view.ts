import { html, nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';

import type { Epoch } from '../../../pkg/factorscope.js';
import type { Client } from '../../engine/client.ts';
import type { Opened, Print, Setup } from '../../engine/types.ts';
import { sentence } from '../../sentence.ts';
import { LabView } from '../frame/lab-view.ts';

/** A variant that has just been trained, ready to be asked. */
export interface Ready {
  client: Client;
  opened: Opened;
  user: number;
  last: Epoch;
}

/** A view of one model in several variants, trained one after the other and shown side by side. */
export abstract class VariantsView<Variant extends string, Found> extends LabView {
  /** What became of each, as far as they are trained. */
  @state() protected found: Partial<Record<Variant, Found>> = {};
  @state() protected running = false;
  @state() private cancelled = false;
  @state() private told = '';
  /** Who was asked about, by the id that the data set gives. */
  @state() protected user = '';
  protected print: Print | undefined;
  /** Counts trainings: what an earlier one still has to say is dropped. */
  private asked = 0;

  /** What they are called, in the order of the columns. */
  protected abstract readonly names: Readonly<Record<Variant, string>>;
  /** The words for all of them, and for a pass. */
  protected abstract readonly words: { all: string; pass: string };

  /** The model as this variant. */
  protected abstract setup(variant: Variant): Setup;

  /** What is shown of a variant. */
  protected abstract find(variant: Variant, ready: Ready): Promise<Found>;

  protected override dataChanged(): void {
    if (this.running) this.cancel();
    this.clear();
  }

  protected clear(): void {
    this.asked += 1;
    this.found = {};
    this.print = undefined;
    this.told = '';
  }

  protected get isEmpty(): boolean {
    return Object.keys(this.found).length === 0;
  }

  private get variants(): Variant[] {
    return Object.keys(this.names) as Variant[];
  }

  /** Something of each, for a row of a table. */
  protected each(show: (found: Found) => string): string[] {
    return this.variants.map((variant) => {
      const found = this.found[variant];
      return found ? show(found) : '–';
    });
  }

  protected buttons(className: string | typeof nothing = nothing): TemplateResult {
    return html`
      <div class="buttons">
        ${
          this.running
            ? html`<button type="button" @click=${this.cancel} ?disabled=${this.cancelled}>
                Cancel
              </button>`
            : html`<button
                type="button"
                class="main"
                ?disabled=${!this.lab.runnable}
                @click=${() => void this.train()}
              >
                Train ${this.words.all}
              </button>`
        }
        <span class=${className} role="status">${this.told}</span>
      </div>
    `;
  }

  protected async train(): Promise<void> {
    this.clear();
    const { asked, names } = this;
    const { all, pass } = this.words;
    this.running = true;
    this.cancelled = false;
    this.fault = '';
    try {
      const opened = await this.lab.opened();
      const client = await this.lab.engine();
      const user = Math.min(this.lab.state.user, opened.users.length - 1);
      this.user = opened.users[user] ?? '';
      for (const variant of this.variants) {
        if (asked !== this.asked || this.cancelled) break;
        const trained = await this.lab.train(this.setup(variant), ({ epochs, history }) => {
          this.told = `${names[variant]}: ${pass} ${history.length - 1} of ${epochs}`;
        });
        const last = trained.history.at(-1);
        if (asked !== this.asked || this.cancelled || !last) break;
        const found = await this.find(variant, { client, opened, user, last });
        if (asked !== this.asked) break;
        this.found = { ...this.found, [variant]: found };
        this.fault ||= trained.stopped ?? '';
        this.print = trained;
      }
      const done = `${all.charAt(0).toUpperCase()}${all.slice(1)} are trained.`;
      this.told = this.cancelled ? 'Cancelled.' : done;
    } catch (error) {
      this.fault = sentence(error);
      this.told = '';
    }
    this.running = false;
    if (asked !== this.asked) this.told = '';
  }

  protected readonly cancel = (): void => {
    this.cancelled = true;
    this.lab.cancel();
  };
}
