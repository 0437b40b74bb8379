import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import type { Preview } from '../../../pkg/factorscope.js';
import {
  columnNames,
  columnsOf,
  missing,
  type Picked,
  pickedAtFirst,
  type Role,
  ROLES,
} from '../../lab/columns.ts';

const WORDS: Record<Role, string> = {
  user: 'user (who rates)',
  item: 'item (what is rated)',
  rating: 'rating',
  time: 'time',
};

/**
 * The first rows of a table, and for each thing that a rating needs, in which column it stands. Tells of
 * the choice by an event `columns`.
 */
@customElement('column-picker')
export class ColumnPicker extends LitElement {
  @property({ attribute: false }) preview!: Preview;
  /** Begins the ids of its fields. */
  @property() name = '';
  @state() private picked: Picked = {};

  /** The page's styles apply: there is no shadow tree. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('preview')) this.picked = pickedAtFirst(this.preview);
  }

  protected override render(): TemplateResult {
    const { preview } = this;
    const names = columnNames(preview);
    const wanting = missing(this.picked);
    return html`
      <section class="column-picker" aria-label="Columns of ${preview.file}">
        <p>Which column of <strong>${preview.file}</strong> is which? These are its first rows.</p>
        <div class="table-scroll" role="group" aria-label="First rows of ${preview.file}">
          <table class="numbers">
            <thead>
              <tr>
                ${names.map((name, n) => html`<th scope="col" class="text">${name}${this.said(n)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${preview.rows.map(
                (row) =>
                  html`<tr>
                    ${names.map((_, n) => html`<td class="text">${row[n] ?? ''}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
        <div class="controls">${ROLES.map((role) => this.choice(role, names))}</div>
        <p>
          <button type="button" class="main" ?disabled=${wanting !== undefined} @click=${this.say}>
            Read it so
          </button>
          <span role="status">${wanting ?? ''}</span>
        </p>
      </section>
    `;
  }

  /** What a column is said to be, above its cells. */
  private said(column: number): TemplateResult | typeof nothing {
    const role = ROLES.find((one) => this.picked[one] === column);
    return role ? html`<br /><span class="picked-role">${role}</span>` : nothing;
  }

  private choice(role: Role, names: readonly string[]): TemplateResult {
    const id = `${this.name}-column-${role}`;
    const chosen = this.picked[role];
    return html`<div class="control">
      <label for=${id}>${WORDS[role]}</label>
      <select
        id=${id}
        @change=${(event: Event) => this.pick(role, event.target as HTMLSelectElement)}
      >
        <option value="" .selected=${chosen === undefined}>
          ${role === 'time' ? 'none' : 'choose a column'}
        </option>
        ${names.map(
          (name, n) => html`<option value=${n} .selected=${chosen === n}>${name}</option>`,
        )}
      </select>
    </div>`;
  }

  private pick(role: Role, { value }: HTMLSelectElement): void {
    const { [role]: _, ...others } = this.picked;
    this.picked = value === '' ? others : { ...others, [role]: Number(value) };
  }

  private readonly say = (): void => {
    this.dispatchEvent(
      new CustomEvent('columns', { detail: columnsOf(this.picked, this.preview) }),
    );
  };
}

declare global {
  interface HTMLElementEventMap {
    columns: CustomEvent<ReturnType<typeof columnsOf>>;
  }
}
