// A walk: a training gone through step by step.

import { type Data, Walk } from '../../pkg/factorscope.js';
import { print } from './train.ts';
import type { Drawn, Setup, Walked } from './types.ts';

/** What decides a walk, in one text. It goes through all ratings. */
export function walkKey({ model, seed, settings }: Setup): string {
  return JSON.stringify([model, settings, seed]);
}

/** A walk at its start values. */
export function walkOf(data: Data, { model, seed, settings }: Setup): Walk {
  return new Walk(data, model, settings, seed);
}

/** Goes to a step, forward or back, as far as it gets. */
export function walked(walk: Walk, step: number, color: Uint8Array, drawn: Drawn): Walked {
  walk.jump(step);
  return {
    position: walk.position(),
    step: walk.last(),
    parameters: walk.parameters(),
    predictions: walk.predictions(),
    errors: walk.errors(),
    objectives: walk.objectives(),
    objective: walk.objective(),
    ...print(walk),
    chart: walk.chart(color, drawn === 'objective'),
    end: walk.position().step < step,
  };
}
