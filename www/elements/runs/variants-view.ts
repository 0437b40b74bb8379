import { html, nothing, type TemplateResult } from 'lit';

import type { Epoch } from '../../../pkg/factorscope.js';
import type { Opened, Print, Setup } from '../../engine/types.ts';
import { LabView } from '../frame/lab-view.ts';
import { type Going, Job } from './job.ts';

/** A variant that has just been trained, ready to be asked. */
export interface Ready {
  opened: Opened;
  user: number;
  last: Epoch;
}

/** What became of a variant. */
interface Part<Variant, Found> {
  variant: Variant;
  found: Found;
  /** Who was asked about, by the id that the data set gives. */
  user: string;
  print: Print;
}

/** A view of one model in several variants, trained one after the other and shown side by side. */
export abstract class VariantsView<Variant extends string, Found> extends LabView {
  protected readonly job = new Job<Part<Variant, Found>>(this, {
    key: () => JSON.stringify([this.variants.map((one) => this.setup(one)), this.lab.state.user]),
    work: (going) => this.train(going),
    cancelled: () => 'Cancelled.',
  });

  /** What they are called, in the order of the columns. */
  protected abstract readonly names: Readonly<Record<Variant, string>>;
  /** The words for all of them, and for a pass. */
  protected abstract readonly words: { all: string; pass: string };

  /** The model as this variant. */
  protected abstract setup(variant: Variant): Setup;

  /** What is shown of a variant. */
  protected abstract find(variant: Variant, ready: Ready): Promise<Found>;

  protected override dataChanged(): void {
    this.job.clear();
  }

  private get variants(): Variant[] {
    return Object.keys(this.names) as Variant[];
  }

  /** What became of a variant, if it is trained. */
  protected found(variant: Variant): Found | undefined {
    return this.job.parts.find((part) => part.variant === variant)?.found;
  }

  /** Who was asked about. */
  protected get user(): string {
    return this.job.parts[0]?.user ?? '';
  }

  protected get print(): Print | undefined {
    return this.job.parts.at(-1)?.print;
  }

  /** Something of each, for a row of a table. */
  protected each(show: (found: Found) => string): string[] {
    return this.variants.map((variant) => {
      const found = this.found(variant);
      return found ? show(found) : '–';
    });
  }

  protected buttons(className: string | typeof nothing = nothing): TemplateResult {
    const { cancel, running, start, told } = this.job;
    return html`
      <div class="buttons">
        ${
          running
            ? html`<button type="button" @click=${cancel}>Cancel</button>`
            : html`<button
                type="button"
                class="main"
                ?disabled=${!this.lab.runnable}
                @click=${start}
              >
                Train ${this.words.all}
              </button>`
        }
        <span class=${className} role="status">${told}</span>
      </div>
    `;
  }

  private async train(going: Going<Part<Variant, Found>>): Promise<string> {
    const { names } = this;
    const { all, pass } = this.words;
    const opened = await this.lab.opened();
    const user = Math.min(this.lab.state.user, opened.users.length - 1);
    for (const variant of this.variants) {
      if (going.over) return '';
      const trained = await this.lab.train(this.setup(variant), ({ epochs, history }) =>
        going.say(`${names[variant]}: ${pass} ${history.length - 1} of ${epochs}`),
      );
      const last = trained.history.at(-1);
      if (going.over || !last) return '';
      const found = await this.find(variant, { opened, user, last });
      going.warn(trained.stopped);
      going.add({ variant, found, user: opened.users[user] ?? '', print: trained });
    }
    return `${all.charAt(0).toUpperCase()}${all.slice(1)} are trained.`;
  }
}
