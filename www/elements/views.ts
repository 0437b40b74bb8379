import './alternating-map.ts';
import './baseline-means.ts';
import './film-table.ts';
import './least-squares.ts';
import './model-controls.ts';
import './model-race.ts';
import './model-training.ts';
import './rating-table.ts';
import './step-walk.ts';
import './update-order.ts';
import './zeros-compare.ts';

import { html, type TemplateResult } from 'lit';

import type { Lab } from '../lab/lab.ts';
import type { View } from '../lesson/views.ts';

/** The element of each view a chapter can name. */
export const VIEW_ELEMENTS: Record<View, (lab: Lab) => TemplateResult> = {
  controls: (lab) =>
    html`<model-controls
      .lab=${lab}
      .first=${lab.block.controls ?? []}
      .omitted=${withoutMeaning(lab)}
    ></model-controls>`,
  table: (lab) => html`<rating-table .lab=${lab}></rating-table>`,
  means: (lab) => html`<baseline-means .lab=${lab}></baseline-means>`,
  'least-squares': (lab) => html`<least-squares .lab=${lab}></least-squares>`,
  walk: (lab) => html`<step-walk .lab=${lab}></step-walk>`,
  order: (lab) => html`<update-order .lab=${lab}></update-order>`,
  landscape: (lab) => html`<alternating-map .lab=${lab.block.id}></alternating-map>`,
  race: (lab) => html`<model-race .lab=${lab}></model-race>`,
  zeros: (lab) => html`<zeros-compare .lab=${lab}></zeros-compare>`,
  train: (lab) => html`<model-training .lab=${lab}></model-training>`,
  recommendations: (lab) => html`<film-table .lab=${lab}></film-table>`,
};

/** A walk goes on as long as the reader does; the comparisons set what they compare themselves. */
function withoutMeaning({ block: { show } }: Lab): string[] {
  if (show.includes('order')) return ['update'];
  if (show.includes('zeros')) return ['variant'];
  return show.every((view) => ['controls', 'table', 'walk'].includes(view)) ? ['epochs'] : [];
}
