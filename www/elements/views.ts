import './baseline-means.ts';
import './least-squares.ts';
import './model-controls.ts';
import './rating-table.ts';

import { html, type TemplateResult } from 'lit';

import type { Lab } from '../lab/lab.ts';
import type { View } from '../lesson/views.ts';

/** The element of each view a chapter can name. */
export const VIEW_ELEMENTS: Partial<Record<View, (lab: Lab) => TemplateResult>> = {
  controls: (lab) =>
    html`<model-controls .lab=${lab} .first=${lab.block.controls ?? []}></model-controls>`,
  table: (lab) => html`<rating-table .lab=${lab}></rating-table>`,
  means: (lab) => html`<baseline-means .lab=${lab}></baseline-means>`,
  'least-squares': (lab) => html`<least-squares .lab=${lab}></least-squares>`,
};
