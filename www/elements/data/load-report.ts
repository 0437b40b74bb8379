import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { Note } from '../../../pkg/factorscope.js';
import { sentence } from '../../sentence.ts';

/**
 * What was done with the reader's file beside reading it, in the words of the command line. Tells by an
 * event `offer` which offer of a remark the reader takes.
 */
@customElement('load-report')
export class LoadReport extends LitElement {
  @property({ attribute: false }) notes: readonly Note[] = [];
  /** Whether the files are at hand, to be read once more. */
  @property({ attribute: false }) offers = false;

  /** The page's styles apply: there is no shadow tree. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.notes.length === 0) return nothing;
    return html`
      <ul class="load-report note" aria-label="What was done with the file">
        ${this.notes.map((note) => html`<li>${sentence(note.sentence)} ${this.offer(note)}</li>`)}
      </ul>
    `;
  }

  private offer({ offer }: Note): TemplateResult | typeof nothing {
    if (!offer) return nothing;
    if (!this.offers) return html`<span class="help">Open the file again to change that.</span>`;
    const take = (): void => {
      this.dispatchEvent(new CustomEvent('offer', { detail: offer.without_rating }));
    };
    return html`<button type="button" @click=${take}>
      ${sentence(offer.label).slice(0, -1)}
    </button>`;
  }
}

declare global {
  interface HTMLElementEventMap {
    offer: CustomEvent<number>;
  }
}
