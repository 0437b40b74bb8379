import '../../styles/neighbors.css';
import '../frame/run-link.ts';

import { html, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';

import type { Session } from '../../engine/session.ts';
import type { Opened, Print, Setup } from '../../engine/types.ts';
import type { Choice } from '../../lab/choices.ts';
import { LabView } from '../frame/lab-view.ts';

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

/** The name under which the engine keeps the model of the pair. */
export const PAIR = 'pair';

/** What is asked of the model, which the engine keeps as `PAIR`; the item with most to say where none is named. */
export type Find<Found> = (
  engine: Session,
  user: number,
  item: number | undefined,
  other: number | undefined,
) => Promise<Found>;

/** A view of one prediction: a user and an item of a small data set to choose, and what the model says. */
export abstract class PairView<
  Found extends { item: number; other?: number | undefined },
> extends LabView {
  @state() private shown: (Shown<Found> & { print: Print }) | undefined;
  /** What the answer shown was asked for. */
  private asked = '';
  private dataVersion = 0;

  /** What is chosen. Without an item the engine takes the one of which it has most to say. */
  protected abstract readonly choice: {
    readonly user: Choice<number>;
    readonly item: Choice<number | undefined>;
    readonly other?: Choice<number | undefined>;
  };

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
    this.asked = '';
    this.dataVersion += 1;
  }

  private choose(user: number, item: number): void {
    const { choice, lab } = this;
    if (choice.other) lab.choose(choice.other, undefined);
    lab.choose(choice.user, user);
    lab.choose(choice.item, item);
  }

  /** Everything that decides the answer, in one text. */
  private wanted(): string {
    const { choice, lab } = this;
    const { item, other, user } = choice;
    const chosen = [lab.chosen(user), lab.chosen(item), other && lab.chosen(other)];
    return JSON.stringify([this.dataVersion, lab.setup('everything'), ...chosen]);
  }

  private async follow(): Promise<void> {
    if (this.asked === this.wanted()) return;
    await this.question(async (late) => {
      const { choice, lab } = this;
      const opened = await lab.opened();
      this.fitTo(opened);
      const engine = await lab.engine();
      if (late()) return;
      const user = lab.chosen(choice.user);
      const train = (setup: Setup): Promise<Print> =>
        engine.train(setup, { keep: PAIR, passes: 1 });
      if (lab.chosen(choice.item) === undefined) {
        // Found at the settings of the start, whatever has been set by now, and it stays while they change:
        // or the same settings would show one film or another, and nothing could be compared.
        await train(lab.setup('everything', lab.start));
        const { item } = await this.find(engine, user, undefined, undefined);
        if (late()) return;
        lab.choose(choice.item, item);
        return;
      }
      const asked = this.wanted();
      const other = choice.other && lab.chosen(choice.other);
      const print = await train(lab.setup('everything'));
      const found = await this.find(engine, user, lab.chosen(choice.item), other);
      if (late()) return;
      this.shown = { opened, user, found, print };
      this.asked = asked;
      if (choice.other && other !== undefined && found.other !== other) lab.unfit(choice.other);
    });
  }

  /** What the data does not have cannot be chosen. */
  private fitTo({ items, users }: Opened): void {
    const { choice, lab } = this;
    if (lab.chosen(choice.user) >= users.length) lab.unfit(choice.user);
    if ((lab.chosen(choice.item) ?? 0) >= items.length) lab.unfit(choice.item);
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
        <run-link .lab=${this.lab} .print=${shown?.print}></run-link>
      </section>
    `;
  }

  private picker({ found: { item }, opened }: Shown<Found>): TemplateResult {
    const user = this.lab.chosen(this.choice.user);
    const { id } = this.lab.block;
    const value = (event: Event): number => Number((event.target as HTMLSelectElement).value);
    return html`
      <div class="pair-picker">
        <label for="${id}-pair-user" class="of-user">User u</label>
        <select id="${id}-pair-user" @change=${(event: Event) => this.choose(value(event), item)}>
          ${opened.users.map(
            (_, u) =>
              html`<option value=${u} .selected=${u === user}>${userOf(opened, u)}</option>`,
          )}
        </select>
        <label for="${id}-pair-item" class="of-item">Item i</label>
        <select id="${id}-pair-item" @change=${(event: Event) => this.choose(user, value(event))}>
          ${opened.items.map(
            (_, i) =>
              html`<option value=${i} .selected=${i === item}>${titleOf(opened, i)}</option>`,
          )}
        </select>
      </div>
    `;
  }
}

/** The rating of a pair, where there is one. */
export async function knownRating(
  engine: Session,
  user: number,
  item: number,
): Promise<number | undefined> {
  const { items, ratings } = await engine.ask(PAIR, 'data', 'row', user);
  return ratings[items.indexOf(item)];
}
