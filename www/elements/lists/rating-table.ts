import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import { fixed } from '../../format.ts';
import { LARGEST_TABLE, type Table } from '../../lab/state.ts';
import { isBaseline } from '../../lab/step.ts';
import {
  type Cell,
  cellFault,
  cellName,
  ratingAt,
  readCell,
  resized,
  within,
  withRating,
} from '../../lab/table.ts';
import { tex } from '../../maths.ts';
import { BaselineView } from '../exhibits/baseline-view.ts';

/** A cell being typed into: its text need not be a number yet. */
interface Draft extends Cell {
  text: string;
  /** What stood there before. */
  before: number | null;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Enter: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * The table of ratings: every cell can be typed into or emptied, users and items come and go. With the
 * baseline, empty cells show its prediction and the margins its biases: by least squares where the live part
 * is about them, else by means.
 */
@customElement('rating-table')
export class RatingTable extends BaselineView {
  @state() private draft: Draft | undefined;
  @state() private complaint = '';

  protected override render(): TemplateResult | typeof nothing {
    const { cell, table } = this.lab.state;
    if (!table) return nothing;
    // Beside curves of least squares, means by the same names would contradict them.
    const predicts = isBaseline(this.lab.entry) && !this.lab.block.show.includes('sweep');
    return html`
      <div class="table-scroll">
        <table class="ratings">
          <caption class="visually-hidden">
            Ratings: a row for each user, a column for each item. Type into a cell, or empty it.
          </caption>
          <thead>
            <tr>
              <td></td>
              ${indices(table.items).map(
                (i) =>
                  html`<th scope="col" class="of-item ${cell.i === i ? 'chosen' : ''}">
                    item ${i + 1}
                  </th>`,
              )}
              ${predicts ? html`<th scope="col" class="margin of-user">${tex('b_u')}</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${indices(table.users).map((u) => this.row(table, u, predicts))}
            ${predicts ? this.margin(table) : nothing}
          </tbody>
        </table>
      </div>
      ${
        this.complaint
          ? html`<p class="fault" role="alert">${this.complaint}</p>`
          : html`<p class="help table-help">${predicts ? helpPredicted(this.solves) : HELP}</p>`
      }
      ${this.faultText()} ${this.commands(table)}
    `;
  }

  protected override updated(): void {
    this.toggleAttribute('wide', (this.lab.state.table?.items ?? 0) > WIDE);
  }

  private row(table: Table, u: number, predicts: boolean): TemplateResult {
    const chosen = this.lab.state.cell.u === u ? 'chosen' : '';
    return html`<tr>
      <th scope="row" class="of-user ${chosen}">user ${u + 1}</th>
      ${indices(table.items).map((i) => this.cell(table, { u, i }))}
      ${
        predicts
          ? html`<td class="margin of-user ${chosen}">${this.number(table, this.fit?.b_u[u])}</td>`
          : nothing
      }
    </tr>`;
  }

  private cell(table: Table, at: Cell): TemplateResult {
    const { cell } = this.lab.state;
    const value = ratingAt(table, at);
    const prediction = this.number(table, this.fit?.predictions[at.u * table.items + at.i]);
    const text = isAt(this.draft, at) ? this.draft.text : value === null ? '' : String(value);
    const known = value === null ? `no rating${prediction ? `, predicted ${prediction}` : ''}` : '';
    const marks = [
      cell.u === at.u ? 'in-row' : '',
      cell.i === at.i ? 'in-column' : '',
      cell.u === at.u && cell.i === at.i ? 'here' : '',
    ].join(' ');
    return html`<td class=${marks}>
      <input
        class="cell ${text.length > 4 ? 'long' : ''}"
        type="text"
        inputmode="decimal"
        autocomplete="off"
        maxlength="12"
        aria-label="${cellName(at)}${known ? `: ${known}` : ''}"
        data-cell="${at.u},${at.i}"
        placeholder=${prediction || '–'}
        .value=${text}
        @mousedown=${(event: MouseEvent) => choose(event)}
        @focus=${(event: FocusEvent) => this.enter(at, event.currentTarget as HTMLInputElement)}
        @input=${(event: InputEvent) => this.type(at, (event.currentTarget as HTMLInputElement).value)}
        @blur=${() => this.commit()}
        @keydown=${(event: KeyboardEvent) => this.key(at, event)}
      />
    </td>`;
  }

  private margin(table: Table): TemplateResult {
    const { cell } = this.lab.state;
    return html`<tr>
      <th scope="row" class="margin of-item">${tex('b_i')}</th>
      ${indices(table.items).map(
        (i) =>
          html`<td class="margin of-item ${cell.i === i ? 'chosen' : ''}">
            ${this.number(table, this.fit?.b_i[i])}
          </td>`,
      )}
      <td class="margin">${tex(String.raw`\mu`)} ${this.number(table, this.fit?.mu) || '–'}</td>
    </tr>`;
  }

  private commands(table: Table): TemplateResult {
    const { items, users } = table;
    const button = (word: string, to: [number, number], able: boolean): TemplateResult =>
      html`<button type="button" ?disabled=${!able} @click=${() => this.resize(table, ...to)}>
        ${word}
      </button>`;
    return html`<div class="table-commands">
      <div class="buttons" role="group" aria-label="Users">
        ${button('Add user', [users + 1, items], users < LARGEST_TABLE)}
        ${button(`Remove user ${users}`, [users - 1, items], users > 1)}
      </div>
      <div class="buttons" role="group" aria-label="Items">
        ${button('Add item', [users, items + 1], items < LARGEST_TABLE)}
        ${button(`Remove item ${items}`, [users, items - 1], items > 1)}
      </div>
      <button type="button" class="quiet" @click=${() => this.reset()} ?disabled=${this.isStart()}>
        Reset table
      </button>
    </div>`;
  }

  /** A number of the newest fit; nothing while it speaks of a table of another size. */
  private number(table: Table, value: number | undefined): string {
    const { fit, fits } = this;
    const current = fits?.table.users === table.users && fits.table.items === table.items;
    if (value === undefined || !fit || !current) return '';
    const { b_i, b_u, predictions } = fit;
    const large = [...predictions, ...b_u, ...b_i].some((other) => Math.abs(other) >= 100);
    return fixed(value, large ? 0 : 2);
  }

  private enter(at: Cell, input: HTMLInputElement): void {
    const { table } = this.lab.state;
    if (!table) return;
    this.draft = { ...at, text: input.value, before: ratingAt(table, at) };
    this.lab.set({ cell: at }, true);
    input.select();
  }

  /** Everything follows while it is typed; what is no number yet changes nothing. */
  private type(at: Cell, text: string): void {
    const { table } = this.lab.state;
    if (!table) return;
    this.draft = {
      ...at,
      text,
      before: isAt(this.draft, at) ? this.draft.before : ratingAt(table, at),
    };
    this.complaint = '';
    this.put(table, at, readCell(text));
  }

  private commit(): void {
    const { draft } = this;
    const { table } = this.lab.state;
    this.draft = undefined;
    if (!draft || !table || readCell(draft.text) !== undefined) return;
    this.complaint = cellFault(draft, draft.text, draft.before);
    this.put(table, draft, draft.before);
  }

  private put(table: Table, at: Cell, value: number | null | undefined): void {
    if (value === undefined || value === ratingAt(table, at)) return;
    this.lab.set({ table: withRating(table, at, value) });
  }

  private key(at: Cell, event: KeyboardEvent): void {
    const { table } = this.lab.state;
    const input = event.currentTarget as HTMLInputElement;
    if (!table || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === 'Escape' && isAt(this.draft, at)) {
      const { before } = this.draft;
      this.draft = { ...at, before, text: before === null ? '' : String(before) };
      this.complaint = '';
      this.put(table, at, before);
      void this.updateComplete.then(() => input.select());
      return;
    }
    const move = ARROWS[event.key];
    if (!move || !leaves(input, move[1])) return;
    event.preventDefault();
    const to = { u: at.u + move[0], i: at.i + move[1] };
    const next = this.querySelector<HTMLInputElement>(`[data-cell="${to.u},${to.i}"]`);
    if (next) next.focus();
    else if (event.key === 'Enter') input.blur();
  }

  private resize(table: Table, users: number, items: number): void {
    const changed = resized(table, users, items);
    this.complaint = '';
    this.lab.set({ table: changed, cell: within(changed, this.lab.state.cell) });
  }

  private reset(): void {
    const { cell, table } = this.lab.start;
    this.complaint = '';
    this.lab.set({ table, cell });
  }

  private isStart(): boolean {
    return this.lab.state.table === this.lab.start.table;
  }
}

/** With more items the table wants the whole width. */
const WIDE = 4;

const HELP = html`Type a number into any cell, or empty it. Arrow keys move.`;
function helpPredicted(solves: boolean): TemplateResult {
  return html`${HELP} An empty cell shows its prediction, ${tex(String.raw`\mu + b_u + b_i`)}, in
  italics, and the margins the biases: by ${solves ? 'least squares' : 'means'}.`;
}

function indices(length: number): number[] {
  return Array.from({ length }, (_, n) => n);
}

function isAt(draft: Draft | undefined, { i, u }: Cell): draft is Draft {
  return draft?.u === u && draft.i === i;
}

/** A first click selects the whole cell, as Tab does; a second one places the caret. */
function choose(event: MouseEvent): void {
  const input = event.currentTarget as HTMLInputElement;
  if (document.activeElement === input) return;
  event.preventDefault();
  input.focus();
}

/** Left and right leave a cell only at the end of its text, or while all of it is selected. */
function leaves(input: HTMLInputElement, columns: number): boolean {
  const { selectionEnd, selectionStart, value } = input;
  if (columns === 0 || (selectionStart === 0 && selectionEnd === value.length)) return true;
  if (selectionStart !== selectionEnd) return false;
  return columns < 0 ? selectionStart === 0 : selectionEnd === value.length;
}
