import './alternating-map.ts';
import './model-controls.ts';
import './model-race.ts';
import './zeros-compare.ts';

import { html, type TemplateResult } from 'lit';

import type { Lab } from '../lab/lab.ts';
import type { View } from '../lesson/views.ts';

/** The element of each view a chapter can name. */
export const VIEW_ELEMENTS: Partial<Record<View, (lab: Lab) => TemplateResult>> = {
  controls: (lab) =>
    html`<model-controls
      .lab=${lab}
      .first=${lab.block.controls ?? []}
      .omitted=${lab.block.show.includes('zeros') ? ['variant'] : []}
    ></model-controls>`,
  landscape: (lab) => html`<alternating-map .lab=${lab.block.id}></alternating-map>`,
  race: (lab) => html`<model-race .lab=${lab}></model-race>`,
  zeros: (lab) => html`<zeros-compare .lab=${lab}></zeros-compare>`,
};
