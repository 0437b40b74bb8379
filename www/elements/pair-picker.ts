import { html, type TemplateResult } from 'lit';

import type { Opened } from '../engine/types.ts';

/** An item as a reader knows it. */
export function titleOf({ items }: Opened, item: number): string {
  return items[item]?.title || `item ${item + 1}`;
}

/** A user as a reader knows them. */
export function userOf({ users }: Opened, user: number): string {
  return `user ${users[user] ?? user + 1}`;
}

/** A choice of one user and one item of a small data set. */
export function pairPicker(
  id: string,
  opened: Opened,
  user: number,
  item: number,
  choose: (user: number, item: number) => void,
): TemplateResult {
  const value = (event: Event): number => Number((event.target as HTMLSelectElement).value);
  return html`
    <div class="pair-picker">
      <label for="${id}-pair-user" class="of-user">User u</label>
      <select id="${id}-pair-user" @change=${(event: Event) => choose(value(event), item)}>
        ${opened.users.map(
          (_, u) => html`<option value=${u} ?selected=${u === user}>${userOf(opened, u)}</option>`,
        )}
      </select>
      <label for="${id}-pair-item" class="of-item">Item i</label>
      <select id="${id}-pair-item" @change=${(event: Event) => choose(user, value(event))}>
        ${opened.items.map(
          (_, i) => html`<option value=${i} ?selected=${i === item}>${titleOf(opened, i)}</option>`,
        )}
      </select>
    </div>
  `;
}
