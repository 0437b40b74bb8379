import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import {
  dataChanges,
  followTab,
  forgetOwn,
  type Manifest,
  ownData,
  retryData,
  siteManifest,
  standInReason,
  usedElsewhere,
} from '../../data/store.ts';
import { count } from '../../format.ts';
import { siteUrl } from '../../site.ts';

const CITATION =
  'F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ' +
  'ACM Transactions on Interactive Intelligent Systems (TiiS) 5, 4: 19:1–19:19.';
const DOI = 'https://doi.org/10.1145/2827872';

/** Where the ratings on this site come from, with the licence and the citation their owners ask for. */
@customElement('data-notice')
export class DataNotice extends LitElement {
  @state() private manifest: Manifest | undefined;
  @state() private own: string | undefined;
  @state() private licence = '';
  /** Why nobody can tell what the site has. */
  @state() private unlisted: string | undefined;

  private readonly changed = (): void => void this.look();
  private readonly renewed = (): void => this.requestUpdate();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    dataChanges.addEventListener('change', this.changed);
    dataChanges.addEventListener('news', this.renewed);
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    dataChanges.removeEventListener('change', this.changed);
    dataChanges.removeEventListener('news', this.renewed);
  }

  protected override render(): TemplateResult {
    const { manifest, own } = this;
    return html`
      ${
        own === undefined
          ? nothing
          : html`<p>
              In use now: <strong>${own}</strong>, your own data, kept in this browser only.
              <button type="button" class="quiet" @click=${() => void forgetOwn()}>
                Back to the site’s data
              </button>
            </p>`
      }
      ${this.elsewhere()} ${this.missing()}
      ${manifest?.movielens ? this.movielens(manifest.movielens) : nothing}
      ${
        manifest && !manifest.movielens && this.reason === undefined
          ? html`<p>
              Ratings: simulated. The films are real, their titles, years and genres as well; users
              and ratings are drawn by a random generator and say nothing about any film.
            </p>`
          : nothing
      }
    `;
  }

  /** Why there is no MovieLens though there should be. */
  private get reason(): string | undefined {
    return standInReason() ?? this.unlisted;
  }

  private missing(): TemplateResult | typeof nothing {
    const { reason } = this;
    if (reason === undefined || this.own !== undefined) return nothing;
    return html`<p class="fault">
      Simulated ratings stand in for MovieLens on this page: ${reason}. The films are real, the
      ratings are drawn by a random generator.
      <button type="button" @click=${retryData}>Try again</button>
    </p>`;
  }

  private elsewhere(): TemplateResult | typeof nothing {
    const name = usedElsewhere();
    if (name === undefined) return nothing;
    return html`<p>
      Another tab of this site uses <strong>${name}</strong> now.
      <button type="button" class="quiet" @click=${followTab}>Use it here too</button>
    </p>`;
  }

  private movielens({
    items,
    ratings,
    readme,
    users,
  }: NonNullable<Manifest['movielens']>): TemplateResult {
    return html`
      <p>
        Ratings: MovieLens latest-small by GroupLens Research at the University of Minnesota,
        ${count(ratings)} ratings of ${count(items)} films by ${count(users)} users, under
        GroupLens’ own licence. GroupLens endorses nothing here. Please cite: ${CITATION}
        <a href=${DOI}>${DOI}</a>
      </p>
      <details @toggle=${(event: Event) => void this.unfold(event, readme)}>
        <summary>Licence and description of MovieLens</summary>
        <p><a href=${siteUrl(`data/${readme}`).href}>The same as a text file</a></p>
        <pre class="licence" tabindex="0" role="region" aria-label="Licence of MovieLens">
${this.licence || 'Reading …'}</pre>
      </details>
    `;
  }

  private async unfold(event: Event, readme: string): Promise<void> {
    if (this.licence || !(event.target as HTMLDetailsElement).open) return;
    try {
      const answer = await fetch(siteUrl(`data/${readme}`));
      if (!answer.ok) throw new Error(String(answer.status));
      this.licence = await answer.text();
    } catch {
      this.licence = 'It could not be read. The link above leads to it.';
    }
  }

  private async look(): Promise<void> {
    this.own = (await ownData())?.name;
    try {
      this.manifest = await siteManifest();
      this.unlisted = undefined;
    } catch (error) {
      this.unlisted = error instanceof Error ? error.message : String(error);
    }
  }
}
