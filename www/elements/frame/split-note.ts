import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { Setup } from '../../engine/types.ts';
import { splitText } from '../../lab/seeds.ts';

/** Which split the numbers beside it come from: one, and which seeds. */
@customElement('split-note')
export class SplitNote extends LitElement {
  @property({ attribute: false }) setup!: Setup;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<p class="help split-note">
      One split: ${splitText(this.setup)}. Another split gives other numbers; differences of a few
      thousandths say little.
    </p>`;
  }
}
