import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { LabView } from './lab-view.ts';

/**
 * The fingerprint of what has been computed, whether it is the one the link promised, and a link that
 * restores it.
 */
@customElement('run-link')
export class RunLink extends LabView {
  /** Fingerprint of the parameters as they stand; nothing while there are none. */
  @property() fingerprint: string | undefined;
  @state() private copied = '';
  @state() private address = '';

  protected override render(): TemplateResult {
    const { run } = this.lab.receipt;
    const { fingerprint } = this;
    return html`
      <div class="run-link">
        <span>
          Fingerprint of all parameters:
          <output class="fingerprint">${fingerprint ?? '–'}</output>
        </span>
        <span class="buttons">
          <button type="button" @click=${this.copy}>Copy link to this state</button>
          <span role="status">${this.copied}</span>
        </span>
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
        ${
          run && fingerprint
            ? run === fingerprint
              ? html`<p class="good">The same bits as in the link you followed.</p>`
              : html`<p class="note">
                  Not the numbers of the link you followed, whose fingerprint is
                  <span class="fingerprint">${run}</span>: the data or the site has changed since.
                </p>`
            : nothing
        }
      </div>
    `;
  }

  protected override labChanged(): void {
    this.copied = '';
    this.address = '';
    this.requestUpdate();
  }

  private async copy(): Promise<void> {
    const address = await this.lab.link(this.fingerprint);
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
