import { html, type TemplateResult } from 'lit';

import type { Lab } from '../../lab/lab.ts';
import type { View } from '../../lesson/views.ts';

/** How a view gets into a page. */
export interface ViewElement {
  /** Defines its element: a page loads only the views it shows. */
  load: () => Promise<unknown>;
  /** The element, handed the lab. */
  render: (lab: Lab) => TemplateResult;
}

/** The element of each view a chapter can name. */
export const VIEW_ELEMENTS: Record<View, ViewElement> = {
  model: {
    load: () => import('./model-picker.ts'),
    render: (lab) => html`<model-picker .lab=${lab}></model-picker>`,
  },
  controls: {
    load: () => import('./model-controls.ts'),
    render: (lab) =>
      html`<model-controls
        .lab=${lab}
        .first=${lab.block.controls ?? []}
        .omitted=${withoutMeaning(lab)}
      ></model-controls>`,
  },
  table: {
    load: () => import('../lists/rating-table.ts'),
    render: (lab) => html`<rating-table .lab=${lab}></rating-table>`,
  },
  means: {
    load: () => import('../exhibits/baseline-means.ts'),
    render: (lab) => html`<baseline-means .lab=${lab}></baseline-means>`,
  },
  'least-squares': {
    load: () => import('../exhibits/least-squares.ts'),
    render: (lab) => html`<least-squares .lab=${lab}></least-squares>`,
  },
  walk: {
    load: () => import('../walks/step-walk.ts'),
    render: (lab) => html`<step-walk .lab=${lab}></step-walk>`,
  },
  order: {
    load: () => import('../walks/update-order.ts'),
    render: (lab) => html`<update-order .lab=${lab}></update-order>`,
  },
  landscape: {
    load: () => import('../walks/alternating-map.ts'),
    render: (lab) => html`<alternating-map .lab=${lab}></alternating-map>`,
  },
  neighbors: {
    load: () => import('../exhibits/neighbor-explorer.ts'),
    render: (lab) => html`<neighbor-explorer .lab=${lab}></neighbor-explorer>`,
  },
  interpolation: {
    load: () => import('../exhibits/interpolation-system.ts'),
    render: (lab) => html`<interpolation-system .lab=${lab}></interpolation-system>`,
  },
  race: {
    load: () => import('../runs/model-race.ts'),
    render: (lab) => html`<model-race .lab=${lab}></model-race>`,
  },
  zeros: {
    load: () => import('../runs/zeros-compare.ts'),
    render: (lab) => html`<zeros-compare .lab=${lab}></zeros-compare>`,
  },
  'weighted-mean': {
    load: () => import('../exhibits/weighted-mean.ts'),
    render: (lab) => html`<weighted-mean .lab=${lab}></weighted-mean>`,
  },
  shortcut: {
    load: () => import('../runs/matrix-shortcut.ts'),
    render: (lab) => html`<matrix-shortcut .lab=${lab}></matrix-shortcut>`,
  },
  drift: {
    load: () => import('../maps/drift-map.ts'),
    render: (lab) => html`<drift-map .lab=${lab}></drift-map>`,
  },
  'bias-curves': {
    load: () => import('../maps/bias-curves.ts'),
    render: (lab) => html`<bias-curves .lab=${lab}></bias-curves>`,
  },
  'time-splits': {
    load: () => import('../runs/time-splits.ts'),
    render: (lab) => html`<time-splits .lab=${lab}></time-splits>`,
  },
  train: {
    load: () => import('../runs/model-training.ts'),
    render: (lab) => html`<model-training .lab=${lab}></model-training>`,
  },
  'fold-in': {
    load: () => import('../lists/fold-in.ts'),
    render: (lab) => html`<fold-in-view .lab=${lab}></fold-in-view>`,
  },
  parts: {
    load: () => import('../maps/factor-parts.ts'),
    render: (lab) => html`<factor-parts .lab=${lab}></factor-parts>`,
  },
  taste: {
    load: () => import('../maps/taste-vectors.ts'),
    render: (lab) => html`<taste-vectors .lab=${lab}></taste-vectors>`,
  },
  factors: {
    load: () => import('../maps/factor-map.ts'),
    render: (lab) => html`<factor-map .lab=${lab}></factor-map>`,
  },
  sweep: {
    load: () => import('../runs/lambda-sweep.ts'),
    render: (lab) => html`<lambda-sweep .lab=${lab}></lambda-sweep>`,
  },
  variance: {
    load: () => import('../runs/variance-shares.ts'),
    render: (lab) => html`<variance-shares .lab=${lab}></variance-shares>`,
  },
  decomposition: {
    load: () => import('../exhibits/svd-matrix.ts'),
    render: (lab) => html`<svd-matrix .lab=${lab}></svd-matrix>`,
  },
  spectrum: {
    load: () => import('../maps/singular-values.ts'),
    render: (lab) => html`<singular-values .lab=${lab}></singular-values>`,
  },
  tiers: {
    load: () => import('../lists/tier-shares.ts'),
    render: (lab) => html`<tier-shares .lab=${lab}></tier-shares>`,
  },
  seeds: {
    load: () => import('../runs/two-seeds.ts'),
    render: (lab) => html`<two-seeds .lab=${lab}></two-seeds>`,
  },
  slip: {
    load: () => import('../runs/slip-compare.ts'),
    render: (lab) => html`<slip-compare .lab=${lab}></slip-compare>`,
  },
  recommendations: {
    load: () => import('../lists/film-table.ts'),
    render: (lab) => html`<film-table .lab=${lab}></film-table>`,
  },
  'prior-posterior': {
    load: () => import('../exhibits/prior-posterior.ts'),
    render: (lab) => html`<prior-posterior .lab=${lab}></prior-posterior>`,
  },
  'same-numbers': {
    load: () => import('../exhibits/same-numbers.ts'),
    render: (lab) => html`<same-numbers .lab=${lab}></same-numbers>`,
  },
  gibbs: {
    load: () => import('../walks/gibbs-walk.ts'),
    render: (lab) => html`<gibbs-walk .lab=${lab}></gibbs-walk>`,
  },
  posterior: {
    load: () => import('../exhibits/rating-posterior.ts'),
    render: (lab) => html`<rating-posterior .lab=${lab}></rating-posterior>`,
  },
  traces: {
    load: () => import('../maps/chain-traces.ts'),
    render: (lab) => html`<chain-traces .lab=${lab}></chain-traces>`,
  },
  'new-user': {
    load: () => import('../lists/new-user.ts'),
    render: (lab) => html`<new-user .lab=${lab}></new-user>`,
  },
  'new-film': {
    load: () => import('../lists/new-film.ts'),
    render: (lab) => html`<new-film .lab=${lab}></new-film>`,
  },
  'cold-start': {
    load: () => import('../runs/cold-start.ts'),
    render: (lab) => html`<cold-start .lab=${lab}></cold-start>`,
  },
};

/** A walk goes on as long as the reader does; the comparisons set what they compare themselves. */
function withoutMeaning({ block: { show } }: Lab): string[] {
  if (show.includes('order')) return ['update'];
  if (show.includes('zeros')) return ['variant'];
  if (show.includes('sweep')) return ['lambda'];
  if (show.includes('decomposition')) return ['factors', 'refill', 'lambda', 'epochs'];
  if (show.includes('slip')) return ['implicit'];
  return show.every((view) => ['controls', 'table', 'walk'].includes(view)) ? ['epochs'] : [];
}
