// One prediction of a small data set from neighbors, or from weights for them.

import type { Data, Run } from '../../pkg/factorscope.js';
import { begin, onWhole, print } from './train.ts';
import type { Interpolating, Neighbored, Setup } from './types.ts';

/** One prediction of a neighborhood model trained on the whole of a small data set. */
export function neighbors(
  data: Data,
  setup: Setup,
  user: number,
  asked: number | undefined,
  chosen: number | undefined,
): Neighbored {
  const run = whole(data, setup);
  const item = asked ?? spokenFor(data, run, user);
  const neighborhood = run.neighborhood(user, item);
  const ids = neighborhood.candidates.map(({ id }) => id);
  const other = chosen !== undefined && ids.includes(chosen) ? chosen : ids[0];
  const row = neighborhood.axis === 'user' ? user : item;
  const found = {
    item,
    neighborhood,
    other,
    shared: other === undefined ? undefined : run.sharedRaters(row, other),
    known: known(data, user, item),
    ...print(run),
  };
  run.free();
  return found;
}

/** The system of one prediction with interpolation weights, from the whole of a small data set. */
export function interpolate(
  data: Data,
  setup: Setup,
  user: number,
  asked: number | undefined,
): Interpolating {
  const run = whole(data, setup);
  const item = asked ?? sayingTheSame(data, run, user);
  const found = {
    item,
    interpolated: run.interpolated(user, item),
    known: known(data, user, item),
    ...print(run),
  };
  run.free();
  return found;
}

/** A model after one pass over everything. */
function whole(data: Data, setup: Setup): Run {
  const run = begin(data, onWhole(setup));
  run.pass();
  return run;
}

/** The item for which most speak: a good one to begin with. */
function spokenFor(data: Data, run: Run, user: number): number {
  const { items } = data.info();
  const speaking = Array.from({ length: items }, (_, item) => {
    const { candidates } = run.neighborhood(user, item);
    return candidates.filter(({ similarity }) => similarity > 0).length;
  });
  return speaking.indexOf(Math.max(...speaking));
}

/** The item with the most similar neighbors that are left without a weight: they say what others say. */
function sayingTheSame(data: Data, run: Run, user: number): number {
  const { items } = data.info();
  const left = Array.from({ length: items }, (_, item) => {
    const { neighbors, system } = run.interpolated(user, item);
    const theta = system.solution ?? [];
    const without = neighbors.filter((_, n) => (theta[n] ?? 0) <= 0);
    return without.reduce((sum, [, similarity]) => sum + similarity, 0);
  });
  return left.indexOf(Math.max(...left));
}

function known(data: Data, user: number, item: number): number | undefined {
  const { items, ratings } = data.row(user);
  return ratings[items.indexOf(item)];
}
