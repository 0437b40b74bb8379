import './model-controls.ts';
import './step-walk.ts';
import './update-order.ts';

import { html, type TemplateResult } from 'lit';

import type { Lab } from '../lab/lab.ts';
import type { View } from '../lesson/views.ts';

/** The element of each view a chapter can name. */
export const VIEW_ELEMENTS: Partial<Record<View, (lab: Lab) => TemplateResult>> = {
  controls: (lab) =>
    html`<model-controls
      .lab=${lab}
      .first=${lab.block.controls ?? []}
      .omitted=${withoutMeaning(lab)}
    ></model-controls>`,
  walk: (lab) => html`<step-walk .lab=${lab}></step-walk>`,
  order: (lab) => html`<update-order .lab=${lab}></update-order>`,
};

/** A walk goes on as long as the reader does; the comparison of orders sets the update itself. */
function withoutMeaning({ block: { show } }: Lab): string[] {
  if (show.includes('order')) return ['update'];
  return show.every((view) => ['controls', 'table', 'walk'].includes(view)) ? ['epochs'] : [];
}
