import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { ownData } from '../../data/store.ts';
import type { Print } from '../../engine/types.ts';
import { LabView } from './lab-view.ts';

/**
 * The fingerprint of what has been computed, and a link that restores it.
 */
@customElement('run-link')
export class RunLink extends LabView {
  /** What the parameters and predictions come to as they stand; nothing while there are none. */
  @property({ attribute: false }) print: Print | undefined;
  /** Where there are no parameters to speak of. */
  @property({ type: Boolean }) bare = false;
  /** What the link leaves out beside a file of the reader's, in words. */
  @property() without = '';
  protected override readonly computes = false;
  /** Whether it is computed from a file of the reader's. */
  @state() private own = false;
  @state() private copied = '';
  @state() private address = '';

  protected override render(): TemplateResult {
    const own = this.own ? 'your own file, which has to be dropped again' : '';
    const left = [own, this.without].filter(Boolean);
    return html`
      <div class="run-link">
        ${
          this.bare
            ? nothing
            : html`<span>
                Fingerprint of all parameters:
                <output class="fingerprint">${this.print?.fingerprint ?? '–'}</output>
              </span>`
        }
        <span class="buttons">
          <button type="button" @click=${this.copy}>Copy link to this state</button>
          <span role="status">${this.copied}</span>
        </span>
        ${left.length > 0 ? html`<p class="help">Not in the link: ${left.join('; ')}.</p>` : nothing}
        ${
          this.address
            ? html`<input
                class="address"
                readonly
                aria-label="Link to this state"
                .value=${this.address}
              />`
            : nothing
        }
      </div>
    `;
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    void this.look();
  }

  protected override dataChanged(): void {
    void this.look();
  }

  private async look(): Promise<void> {
    this.own = this.lab.onPageData && (await ownData()) !== undefined;
  }

  /** The verdict on the link stands at the top of the part, where whoever followed it looks. */
  protected override updated(): void {
    const { lab, print } = this;
    if (print) lab.judge(print);
  }

  protected override labChanged(): void {
    this.copied = '';
    this.address = '';
    this.requestUpdate();
  }

  private async copy(): Promise<void> {
    const address = await this.lab.link(this.print);
    // The address bar holds the link as well, for readers whose browser refuses the clipboard.
    history.replaceState(null, '', address);
    try {
      await navigator.clipboard.writeText(address);
      this.copied = 'Copied.';
      this.address = '';
    } catch {
      this.copied = 'Copy it from here:';
      this.address = address;
    }
  }
}
