import './column-picker.ts';
import './load-report.ts';

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { Columns, DataInfo } from '../../../pkg/factorscope.js';
import { Cancelled, chosenFiles, droppedFiles, hasFiles, intake } from '../../data/intake.ts';
import { dataChanges, followTab, forgetOwn, pageData, usedElsewhere } from '../../data/store.ts';
import type { Own } from '../../data/storage.ts';
import type { NamedFile } from '../../engine/types.ts';
import { count, fixed, plain } from '../../format.ts';
import { loadingText } from '../../lab/loading.ts';
import { near } from '../../near.ts';
import { sentence } from '../../sentence.ts';
import { Hears } from '../frame/hears.ts';
import { LabView } from '../frame/lab-view.ts';

/** Which data set a lab runs on, and the way to one of the reader's own. */
@customElement('data-source')
export class DataSource extends LabView {
  @state() private info: DataInfo | undefined;
  @state() private own: Own | undefined;
  @state() private over = false;
  @state() private done = '';
  private asked = 0;
  /** Whether the files read last came by this live part. */
  private mine = false;

  private readonly renewed = (): void => this.requestUpdate();

  private readonly dragged = (event: DragEvent): void => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    this.over = true;
  };

  private readonly left = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.over = false;
  };

  /** Files may be dropped anywhere on the page; the first lab of the page takes them. */
  private readonly dropped = (event: DragEvent): void => {
    this.over = false;
    if (!event.dataTransfer || !hasFiles(event.dataTransfer) || event.defaultPrevented) return;
    event.preventDefault();
    void this.take(droppedFiles(event.dataTransfer));
  };

  constructor() {
    super();
    new Hears(this, () => this.lab, { trouble: this.renewed });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    intake.addEventListener('change', this.renewed);
    dataChanges.addEventListener('news', this.renewed);
    window.addEventListener('dragover', this.dragged);
    window.addEventListener('dragleave', this.left);
    window.addEventListener('drop', this.dropped);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    intake.removeEventListener('change', this.renewed);
    dataChanges.removeEventListener('news', this.renewed);
    window.removeEventListener('dragover', this.dragged);
    window.removeEventListener('dragleave', this.left);
    window.removeEventListener('drop', this.dropped);
  }

  protected override firstUpdated(): void {
    void near(this).then(() => this.look());
  }

  protected override dataChanged(): void {
    this.asked += 1;
    this.info = undefined;
    void near(this).then(() => this.look());
  }

  protected override render(): TemplateResult {
    return html`
      <section class="data-source" aria-label="Data">
        <p class="data-facts">${this.facts()}</p>
        ${this.report()} ${this.elsewhere()} ${this.progress()}
        ${this.done ? html`<p class="good" role="status">${this.done}</p>` : nothing}
        ${this.faultText()} ${this.columns()}
        <details>
          <summary>Use your own ratings</summary>
          ${this.choice()}
        </details>
      </section>
    `;
  }

  private get reading(): boolean {
    return intake.loading !== undefined;
  }

  /** What is being read stands apart from what is in use. */
  private progress(): TemplateResult | typeof nothing {
    const { loading } = intake;
    if (!loading) return nothing;
    const { progress } = loading;
    const known = 'of' in progress && progress.of > 0;
    return html`
      <div class="data-loading">
        <p>
          <strong>${loading.name}</strong>:
          <span class="value">${loadingText(progress)}</span>
          <button type="button" @click=${() => intake.cancel()}>Cancel</button>
        </p>
        ${
          known
            ? html`<progress
                max=${progress.of}
                .value=${progress.done}
                aria-label="Read of ${loading.name}"
              ></progress>`
            : html`<progress aria-label="Reading ${loading.name}"></progress>`
        }
        <p class="visually-hidden" role="status">Reading ${loading.name}.</p>
      </div>
    `;
  }

  private report(): TemplateResult | typeof nothing {
    const { own } = this;
    if (!own?.report || !this.info) return nothing;
    return html`<load-report
      .notes=${own.report}
      .offers=${intake.atHand(own.report) && !this.reading}
      @offer=${({ detail }: CustomEvent<number>) =>
        void this.reads(() => intake.again({ withoutRating: detail }))}
    ></load-report>`;
  }

  /** Where the engine cannot tell the columns, the reader can. */
  private columns(): TemplateResult | typeof nothing {
    const { unclear } = intake;
    if (!unclear || !this.mine) return nothing;
    return html`<column-picker
      name=${this.lab.block.id}
      .preview=${unclear.preview}
      @columns=${({ detail }: CustomEvent<Columns>) =>
        void this.reads(() => intake.take(unclear.files, { columns: detail }))}
    ></column-picker>`;
  }

  private elsewhere(): TemplateResult | typeof nothing {
    const name = usedElsewhere();
    if (name === undefined) return nothing;
    return html`<p class="note" role="status">
      Another tab of this site uses <strong>${name}</strong> now; this one stays with what is named
      above.
      <button type="button" ?disabled=${this.reading} @click=${followTab}>Use it here too</button>
    </p>`;
  }

  private facts(): TemplateResult {
    const { info } = this;
    if (!info) return html`${this.lab.trouble ? nothing : 'Opening the data …'} ${this.back()}`;
    const [low, high] = info.scale;
    return html`
      <strong>${info.name}</strong>${this.own ? ' (your own file)' : nothing}:
      <span class="value">${count(info.ratings)}</span> ratings from
      <span class="value">${plain(low)}</span> to <span class="value">${plain(high)}</span> by
      <span class="value">${count(info.users)}</span> users of
      <span class="value">${count(info.items)}</span> films, mean
      <span class="value">${fixed(info.mean, 3)}</span>.
      ${info.origin === 'simulation' ? 'The films are real, the ratings are simulated.' : nothing}
      ${this.back()}
    `;
  }

  private back(): TemplateResult | typeof nothing {
    if (!this.own) return nothing;
    return html`<button type="button" class="quiet" ?disabled=${this.reading} @click=${this.goBack}>
      Back to the site’s data
    </button>`;
  }

  private choice(): TemplateResult {
    const id = this.lab.block.id;
    return html`
      <div class="drop-zone ${this.over ? 'drop-over' : ''}">
        <p>
          Drop a ratings file, a zip or a folder anywhere on this page, or choose one. It is read in
          this tab and kept in this browser only: it never leaves your machine.
        </p>
        <div class="buttons">
          <label for="${id}-files">File or zip</label>
          <input
            id="${id}-files"
            type="file"
            multiple
            ?disabled=${this.reading}
            @change=${this.choose}
          />
          <label for="${id}-folder">Folder</label>
          <input
            id="${id}-folder"
            type="file"
            webkitdirectory
            ?disabled=${this.reading}
            @change=${this.choose}
          />
        </div>
        <p class="help">
          MovieLens in any edition, the Netflix Prize, or a table with user, item, rating and, if
          you have it, timestamp, separated by commas, tabs or semicolons. All live parts of the
          site then run on it, the 3x3 table excepted.
        </p>
      </div>
    `;
  }

  private readonly choose = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = chosenFiles(input.files ?? []);
    // The same file can be chosen again after it was mended.
    input.value = '';
    if (files.length > 0) void this.take(Promise.resolve(files));
  };

  private take(files: Promise<NamedFile[]>): Promise<void> {
    return this.reads(async () => intake.take(await files));
  }

  private async reads(work: () => Promise<{ kept: boolean }>): Promise<void> {
    if (this.reading) return;
    this.fault = '';
    this.done = '';
    this.mine = true;
    try {
      const { kept } = await work();
      this.done = kept
        ? 'Your data is in use now.'
        : 'Your data is in use now. This browser could not keep it: it serves until you leave the page.';
    } catch (error) {
      const said = `${sentence(error)} The data in use stays as it was.`;
      if (error instanceof Cancelled) this.done = said;
      else this.fault = said;
    }
    await this.updateComplete;
    this.scrollIntoView({ block: 'nearest' });
  }

  private readonly goBack = (): void => {
    this.done = '';
    this.fault = '';
    void forgetOwn();
  };

  private async look(): Promise<void> {
    const asked = ++this.asked;
    try {
      // Both of the same data set: nothing stands under another's name.
      const { own } = await pageData();
      const { info } = await this.lab.opened();
      if (asked !== this.asked) return;
      this.own = own;
      this.info = info;
    } catch {
      // The live part tells of it, and offers to try again.
      if (asked === this.asked) this.info = undefined;
    }
  }
}
