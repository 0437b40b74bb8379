import '../styles/neighbors.css';
import './run-link.ts';

import type { Remote } from 'comlink';
import { html, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';

import type { Opened, Print, Setup } from '../engine/types.ts';
import type { Engine } from '../engine/worker.ts';
import { LabView } from './lab-view.ts';

/** An item as a reader knows it. */
export function titleOf({ items }: Opened, item: number): string {
  return items[item]?.title || `item ${item + 1}`;
}

/** A user as a reader knows them. */
export function userOf({ users }: Opened, user: number): string {
  return `user ${users[user] ?? user + 1}`;
}

/** What is shown, and what it was asked for. */
export interface Shown<Found> {
  opened: Opened;
  user: number;
  found: Found;
}

/** The question to the engine. */
export type Find<Found> = (
  engine: Remote<Engine>,
  setup: Setup,
  user: number,
  item: number | undefined,
) => Promise<Found>;

/** A view of one prediction: a user and an item of a small data set to choose, and what the model says. */
export abstract class PairView<Found extends Print & { item: number }> extends LabView {
  @state() private shown: Shown<Found> | undefined;
  private user = 0;
  /** Without a choice the engine takes the item of which it has most to say. */
  private item: number | undefined;

  /** What the view is called. */
  protected abstract readonly label: string;

  protected abstract readonly find: Find<Found>;

  /** What stands below the choice of the pair. */
  protected abstract answer(shown: Shown<Found>): TemplateResult;

  protected override labChanged(): void {
    void this.follow();
  }

  protected override dataChanged(): void {
    this.shown = undefined;
    this.user = 0;
    this.item = undefined;
  }

  protected choose(user: number, item: number): void {
    this.user = user;
    this.item = item;
    void this.follow();
  }

  protected follow(): Promise<void> {
    const { item, user } = this;
    return this.question(async (late) => {
      const opened = await this.lab.opened();
      const client = await this.lab.engine();
      const setup = this.lab.setup('everything');
      const found = await client.call((engine) => this.find(engine, setup, user, item));
      if (late()) return;
      // The film that the engine took stays while settings change, or nothing could be compared.
      this.item = found.item;
      this.shown = { opened, user, found };
    });
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    return html`
      <section class="neighbors" aria-label=${this.label}>
        ${
          shown
            ? html`${this.picker(shown)} ${this.answer(shown)}`
            : html`<p class="help">Working…</p>`
        }
        ${this.faultText()}
        <run-link .lab=${this.lab} .print=${shown?.found}></run-link>
      </section>
    `;
  }

  private picker({ found: { item }, opened }: Shown<Found>): TemplateResult {
    const { user } = this;
    const { id } = this.lab.block;
    const value = (event: Event): number => Number((event.target as HTMLSelectElement).value);
    return html`
      <div class="pair-picker">
        <label for="${id}-pair-user" class="of-user">User u</label>
        <select id="${id}-pair-user" @change=${(event: Event) => this.choose(value(event), item)}>
          ${opened.users.map(
            (_, u) =>
              html`<option value=${u} ?selected=${u === user}>${userOf(opened, u)}</option>`,
          )}
        </select>
        <label for="${id}-pair-item" class="of-item">Item i</label>
        <select id="${id}-pair-item" @change=${(event: Event) => this.choose(user, value(event))}>
          ${opened.items.map(
            (_, i) =>
              html`<option value=${i} ?selected=${i === item}>${titleOf(opened, i)}</option>`,
          )}
        </select>
      </div>
    `;
  }
}
