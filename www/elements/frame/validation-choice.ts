import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { plain } from '../../format.ts';
import { LabView } from './lab-view.ts';

const SHARES = [0, 0.1, 0.2];

/** How much of what is left for training is held back for choosing. */
@customElement('validation-choice')
export class ValidationChoice extends LabView {
  protected override render(): TemplateResult {
    const id = `${this.lab.block.id}-validation`;
    const { split, validation } = this.lab.state;
    const all = SHARES.includes(validation) ? SHARES : [...SHARES, validation];
    return html`
      <div class="training-split">
        <label for=${id}>Held back for choosing</label>
        <select
          id=${id}
          ?disabled=${split === 'everything'}
          @change=${(event: Event) =>
            this.lab.set({ validation: Number((event.target as HTMLSelectElement).value) })}
        >
          ${all.map(
            (share) => html`
              <option value=${share} .selected=${share === validation}>
                ${share === 0 ? 'nothing' : `${plain(100 * share, 0)} % of the others, at random`}
              </option>
            `,
          )}
        </select>
      </div>
    `;
  }
}
