import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { count } from '../../format.ts';
import { userIndex } from '../../lab/films.ts';
import type { Lab } from '../../lab/lab.ts';
import { Hears } from './hears.ts';

/** Browsers grow slow with longer lists of suggestions. */
const MOST_SUGGESTIONS = 1000;

/** A choice of one user of the data set, kept in the lab's state. */
@customElement('user-choice')
export class UserChoice extends LitElement {
  @property({ attribute: false }) lab!: Lab;
  /** The ids that the data set gives. */
  @property({ attribute: false }) users: readonly string[] = [];

  constructor() {
    super();
    new Hears(this, () => this.lab, { change: () => this.requestUpdate() });
  }

  /** The page's styles apply: there is no shadow tree. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { users } = this;
    const { id } = this.lab.block;
    const { user } = this.lab.state;
    const suggestions = users.length <= MOST_SUGGESTIONS ? users : [];
    const go = (to: number) => (): void => this.choose(to);
    return html`
      <div class="buttons">
        <label for="${id}-user">User</label>
        <input
          id="${id}-user"
          class="number"
          type="text"
          autocomplete="off"
          list=${suggestions.length > 0 ? `${id}-users` : nothing}
          aria-describedby="${id}-user-help"
          .value=${users[user] ?? ''}
          @change=${(event: Event) => this.type(event.target as HTMLInputElement)}
        />
        <datalist id="${id}-users">
          ${suggestions.map((name) => html`<option value=${name}></option>`)}
        </datalist>
        <button type="button" ?disabled=${user <= 0} @click=${go(user - 1)}>Previous</button>
        <button type="button" ?disabled=${user >= users.length - 1} @click=${go(user + 1)}>
          Next
        </button>
        <button type="button" @click=${() => this.choose(Math.floor(Math.random() * users.length))}>
          Any user
        </button>
      </div>
      <p class="help" id="${id}-user-help">
        One of ${count(users.length)} users, by the id that the data set gives.
      </p>
    `;
  }

  private choose(user: number): void {
    // A choice of rows changes no parameter: what the link promised still holds.
    this.lab.set({ user }, true);
  }

  private type(input: HTMLInputElement): void {
    const user = userIndex(this.users, input.value);
    input.setCustomValidity(
      user === undefined ? `there is no user ${input.value} in this data` : '',
    );
    if (user === undefined) input.reportValidity();
    else this.choose(user);
  }
}
