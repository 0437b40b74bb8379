import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import chapters from 'virtual:chapters';

import { modelEntry, REGISTRY } from '../../lab/registry.ts';
import { tex } from '../../maths.ts';
import { LabView } from './lab-view.ts';

/** A choice among all models of the engine, and what the chosen one predicts, minimizes and does. */
@customElement('model-picker')
export class ModelPicker extends LabView {
  protected override render(): TemplateResult {
    const { entry } = this.lab;
    const chapter = chapters[entry.id];
    const id = `${this.lab.block.id}-model`;
    return html`
      <div class="model-picker">
        <label for=${id}>Model</label>
        <select id=${id} @change=${this.pick}>
          ${REGISTRY.map(
            (model) => html`
              <option value=${model.id} .selected=${model.id === entry.id}>${model.title}</option>
            `,
          )}
        </select>
        <p class="help">
          ${entry.source}.
          ${
            chapter
              ? html`Explained in
                  <a href="${chapter.slug}.html">chapter ${chapter.number}, ${chapter.title}</a>.`
              : nothing
          }
          ${
            entry.task === 'ranking'
              ? 'It scores items to put them in order; its scores are no ratings.'
              : nothing
          }
          ${
            entry.needs.includes('timestamps')
              ? 'It needs to know when each rating was given.'
              : nothing
          }
        </p>
        <details>
          <summary>What it predicts, minimizes and does</summary>
          <div class="maths">${shown(entry.predicts)}</div>
          <div class="maths">${shown(entry.minimizes)}</div>
          ${entry.rules.map(({ latex }) => html`<div class="maths">${shown(latex)}</div>`)}
        </details>
      </div>
    `;
  }

  private readonly pick = (event: Event): void => {
    const model = modelEntry((event.target as HTMLSelectElement).value);
    if (model) this.lab.pick(model);
  };
}

/** A formula at its full height. */
function shown(formula: string): TemplateResult {
  return tex(String.raw`\displaystyle ` + formula);
}
