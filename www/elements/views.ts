import './film-table.ts';
import './model-controls.ts';
import './model-training.ts';

import { html, type TemplateResult } from 'lit';

import type { Lab } from '../lab/lab.ts';
import type { View } from '../lesson/views.ts';

/** The element of each view a chapter can name. */
export const VIEW_ELEMENTS: Partial<Record<View, (lab: Lab) => TemplateResult>> = {
  controls: (lab) =>
    html`<model-controls .lab=${lab} .first=${lab.block.controls ?? []}></model-controls>`,
  train: (lab) => html`<model-training .lab=${lab}></model-training>`,
  recommendations: (lab) => html`<film-table .lab=${lab}></film-table>`,
};
