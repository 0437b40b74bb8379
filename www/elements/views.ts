import { html, type TemplateResult } from 'lit';

import type { Lab } from '../lab/lab.ts';
import type { View } from '../lesson/views.ts';

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
    load: () => import('./rating-table.ts'),
    render: (lab) => html`<rating-table .lab=${lab}></rating-table>`,
  },
  means: {
    load: () => import('./baseline-means.ts'),
    render: (lab) => html`<baseline-means .lab=${lab}></baseline-means>`,
  },
  'least-squares': {
    load: () => import('./least-squares.ts'),
    render: (lab) => html`<least-squares .lab=${lab}></least-squares>`,
  },
  walk: {
    load: () => import('./step-walk.ts'),
    render: (lab) => html`<step-walk .lab=${lab}></step-walk>`,
  },
  order: {
    load: () => import('./update-order.ts'),
    render: (lab) => html`<update-order .lab=${lab}></update-order>`,
  },
  landscape: {
    load: () => import('./alternating-map.ts'),
    render: (lab) => html`<alternating-map .lab=${lab}></alternating-map>`,
  },
  neighbors: {
    load: () => import('./neighbor-explorer.ts'),
    render: (lab) => html`<neighbor-explorer .lab=${lab}></neighbor-explorer>`,
  },
  interpolation: {
    load: () => import('./interpolation-system.ts'),
    render: (lab) => html`<interpolation-system .lab=${lab}></interpolation-system>`,
  },
  race: {
    load: () => import('./model-race.ts'),
    render: (lab) => html`<model-race .lab=${lab}></model-race>`,
  },
  zeros: {
    load: () => import('./zeros-compare.ts'),
    render: (lab) => html`<zeros-compare .lab=${lab}></zeros-compare>`,
  },
  'weighted-mean': {
    load: () => import('./weighted-mean.ts'),
    render: (lab) => html`<weighted-mean .lab=${lab}></weighted-mean>`,
  },
  shortcut: {
    load: () => import('./matrix-shortcut.ts'),
    render: (lab) => html`<matrix-shortcut .lab=${lab}></matrix-shortcut>`,
  },
  drift: {
    load: () => import('./drift-map.ts'),
    render: (lab) => html`<drift-map .lab=${lab}></drift-map>`,
  },
  'bias-curves': {
    load: () => import('./bias-curves.ts'),
    render: (lab) => html`<bias-curves .lab=${lab}></bias-curves>`,
  },
  'time-splits': {
    load: () => import('./time-splits.ts'),
    render: (lab) => html`<time-splits .lab=${lab}></time-splits>`,
  },
  train: {
    load: () => import('./model-training.ts'),
    render: (lab) => html`<model-training .lab=${lab}></model-training>`,
  },
  'fold-in': {
    load: () => import('./fold-in.ts'),
    render: (lab) => html`<fold-in-view .lab=${lab}></fold-in-view>`,
  },
  parts: {
    load: () => import('./factor-parts.ts'),
    render: (lab) => html`<factor-parts .lab=${lab}></factor-parts>`,
  },
  taste: {
    load: () => import('./taste-vectors.ts'),
    render: (lab) => html`<taste-vectors .lab=${lab}></taste-vectors>`,
  },
  factors: {
    load: () => import('./factor-map.ts'),
    render: (lab) => html`<factor-map .lab=${lab}></factor-map>`,
  },
  sweep: {
    load: () => import('./lambda-sweep.ts'),
    render: (lab) => html`<lambda-sweep .lab=${lab}></lambda-sweep>`,
  },
  variance: {
    load: () => import('./variance-shares.ts'),
    render: (lab) => html`<variance-shares .lab=${lab}></variance-shares>`,
  },
  decomposition: {
    load: () => import('./svd-matrix.ts'),
    render: (lab) => html`<svd-matrix .lab=${lab}></svd-matrix>`,
  },
  spectrum: {
    load: () => import('./singular-values.ts'),
    render: (lab) => html`<singular-values .lab=${lab}></singular-values>`,
  },
  tiers: {
    load: () => import('./tier-shares.ts'),
    render: (lab) => html`<tier-shares .lab=${lab}></tier-shares>`,
  },
  seeds: {
    load: () => import('./two-seeds.ts'),
    render: (lab) => html`<two-seeds .lab=${lab}></two-seeds>`,
  },
  slip: {
    load: () => import('./slip-compare.ts'),
    render: (lab) => html`<slip-compare .lab=${lab}></slip-compare>`,
  },
  recommendations: {
    load: () => import('./film-table.ts'),
    render: (lab) => html`<film-table .lab=${lab}></film-table>`,
  },
  'prior-posterior': {
    load: () => import('./prior-posterior.ts'),
    render: (lab) => html`<prior-posterior .lab=${lab}></prior-posterior>`,
  },
  'same-numbers': {
    load: () => import('./same-numbers.ts'),
    render: (lab) => html`<same-numbers .lab=${lab}></same-numbers>`,
  },
  gibbs: {
    load: () => import('./gibbs-walk.ts'),
    render: (lab) => html`<gibbs-walk .lab=${lab}></gibbs-walk>`,
  },
  posterior: {
    load: () => import('./rating-posterior.ts'),
    render: (lab) => html`<rating-posterior .lab=${lab}></rating-posterior>`,
  },
  traces: {
    load: () => import('./chain-traces.ts'),
    render: (lab) => html`<chain-traces .lab=${lab}></chain-traces>`,
  },
  'new-user': {
    load: () => import('./new-user.ts'),
    render: (lab) => html`<new-user .lab=${lab}></new-user>`,
  },
  'new-film': {
    load: () => import('./new-film.ts'),
    render: (lab) => html`<new-film .lab=${lab}></new-film>`,
  },
  'cold-start': {
    load: () => import('./cold-start.ts'),
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
