import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import { dataChanges, retryData, standInReason } from '../../data/store.ts';
import { choicesOf } from '../../lab/choices.ts';
import { Lab } from '../../lab/lab.ts';
import { linkedLab, readLink } from '../../lab/link.ts';
import { modelEntry, settingsOf } from '../../lab/registry.ts';
import { initialState, startingValidation } from '../../lab/state.ts';
import { VERDICTS } from '../../lab/verdict.ts';
import { land } from '../../land.ts';
import type { Lab as Block } from '../../lesson/lab.ts';
import type { View } from '../../lesson/views.ts';
import { VIEW_ELEMENTS } from './views.ts';

const SEED = 42;

/**
 * A live part of a chapter: reads what the chapter says of it, restores what a link says, and puts the
 * views into the page. Views that compute much wait until they are about to be seen.
 */
@customElement('model-lab')
export class ModelLab extends LitElement {
  @state() private lab: Lab | undefined;
  /** Whether the code of some view did not arrive. */
  @state() private incomplete = false;
  /** That a link was made on other data, as a sentence. */
  @state() private otherData = '';

  private readonly block = JSON.parse(this.dataset['lab'] ?? '{}') as Block;
  private readonly followed = (): void => this.follow();
  private readonly renewed = (): void => this.requestUpdate();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.followed);
    dataChanges.addEventListener('news', this.renewed);
    void this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.followed);
    dataChanges.removeEventListener('news', this.renewed);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { lab } = this;
    if (!lab) return nothing;
    return html`
      <section class="lab" aria-label="Live part: ${lab.entry.title}">
        ${
          lab.trouble === undefined
            ? nothing
            : html`<p class="fault" role="alert">
                ${lab.trouble}
                <button type="button" @click=${() => lab.retry()}>Try again</button>
              </p>`
        }
        ${lab.loss === undefined ? nothing : html`<p class="fault" role="alert">${lab.loss}</p>`}
        ${
          lab.onPageData && standInReason() !== undefined
            ? html`<p class="fault" role="status">
                Simulated ratings stand in for MovieLens here: ${standInReason()}.
                <button type="button" @click=${retryData}>Try again</button>
              </p>`
            : nothing
        }
        ${this.verdict(lab)}
        ${this.notes(lab).map((note) => html`<p class="note" role="status">${note}</p>`)}
        ${this.block.show.map((view: View) => VIEW_ELEMENTS[view].render(lab))}
      </section>
    `;
  }

  /** What stands here for readers without scripts makes room once the views are there. */
  private async begin(): Promise<void> {
    if (this.lab) return;
    const fallback = [...this.childNodes];
    // What did arrive is used.
    const loads = this.block.show.map((view) => VIEW_ELEMENTS[view].load());
    const loaded = await Promise.allSettled(loads);
    this.incomplete = loaded.some(({ status }) => status === 'rejected');
    for (const node of fallback) node.remove();
    this.lab = this.create();
    this.lab.addEventListener('trouble', this.renewed);
    this.lab.addEventListener('verdict', this.renewed);
    this.lab.addEventListener('change', this.renewed);
    this.lab.addEventListener('trained', this.renewed);
    this.follow();
  }

  private create(): Lab {
    const { block } = this;
    const entry = modelEntry(block.model);
    if (!entry) throw new Error(`no model ${block.model}`);
    const settings = settingsOf(entry, block.settings);
    const rival = block.rival === undefined ? undefined : modelEntry(block.rival);
    const start = initialState(
      entry,
      settings,
      block.seed ?? SEED,
      block.data === 'toy',
      rival && settingsOf(rival),
    );
    if (block.split) start.split = block.split;
    start.validation = startingValidation(block);
    return new Lab(block, entry, start, rival);
  }

  /** Takes over what the address says of this lab. */
  private follow(): void {
    const { block, lab } = this;
    const fragment = document.location.hash.slice(1);
    if (!lab || linkedLab(fragment) !== block.id) return;
    const linked = new URLSearchParams(fragment).get('model');
    const picked = block.show.includes('model') ? modelEntry(linked ?? '') : undefined;
    if (picked) lab.pick(picked);
    const offered = choicesOf(block.show);
    this.otherData = '';
    lab.follow(readLink(fragment, lab.entry, lab.start, lab.rival, offered));
    land(this);
    void this.compareData(lab);
  }

  private notes({ faults }: Lab): string[] {
    const missing = 'Some of this live part could not be loaded. Reload the page to try again.';
    const unused = 'Part of the link could not be used and stays at its default';
    return [
      this.incomplete ? missing : '',
      faults.length > 0 ? `${unused}: ${faults.join(', ')}.` : '',
      this.otherData,
    ].filter((note) => note !== '');
  }

  private verdict({ verdict }: Lab): TemplateResult | typeof nothing {
    if (!verdict) return nothing;
    const kind = verdict === 'other' ? 'note' : 'good';
    return html`<p class="${kind} link-verdict" role="status">${VERDICTS[verdict]}</p>`;
  }

  private async compareData(lab: Lab): Promise<void> {
    const { info } = await lab.opened().catch(() => ({ info: undefined }));
    if (info) lab.fitUser(info.users);
    if (!info || !lab.receipt.data || info.fingerprint === lab.receipt.data) return;
    this.otherData =
      `The link was made on other data than ${info.name}, which is in use here: ` +
      'its numbers will differ. If it was made with a file, drop that file on the page.';
  }
}
