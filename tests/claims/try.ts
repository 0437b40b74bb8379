// Tries a `try` block with the engine alone.

import { modelEntry } from '../../www/lab/registry.ts';
import { startingValidation, TOY } from '../../www/lab/state.ts';
import { resized, withRating } from '../../www/lab/table.ts';
import type { Act, Check } from '../../www/lesson/try/check.ts';
import { type Ask, failures } from './evaluate.ts';
import { type Asked, cold, folds, type Spec, train, walk } from './runs.ts';

const SEED = 42;

/** Every expectation of a block that does not hold, in words. */
export async function tryOnEngine(check: Check): Promise<string[]> {
  const { acts, over } = check;
  const asked = new Map<Act, Ask[]>();
  for (const value of over?.values ?? [undefined]) {
    const first: Act[] =
      over && value !== undefined
        ? [{ kind: 'set', line: check.line, name: over.name, value }]
        : [];
    let spec = start(check);
    let last: Asked | undefined;
    const named = new Map<string, Asked>();
    for (const act of [...first, ...acts]) {
      if (act.kind === 'set') spec = withSetting(spec, act.name, act.value);
      else if (act.kind === 'train') last = train(spec);
      else if (act.kind === 'step') last = walk(spec, act.to);
      else if (act.kind === 'folds') last = folds(spec, act.folds);
      else if (act.kind === 'cold') last = cold(spec, act.groups, act.side);
      else if (act.kind === 'expect' || act.kind === 'prints') {
        const now = last;
        const ask: Ask = (call, evaluate) => {
          const of = call.run === undefined ? now : named.get(call.run);
          if (!of) throw new Error(`line ${act.line}: nothing has run yet: say what by \`do\``);
          return of.value(call, evaluate);
        };
        asked.set(act, [...(asked.get(act) ?? []), ask]);
      } else throw new Error(`line ${act.line}: the engine cannot ${act.kind}`);
      if ('as' in act && act.as !== undefined && last) named.set(act.as, last);
    }
  }
  const found = await Promise.all([...asked].map(([act, asks]) => failures(act, asks)));
  return found.flat();
}

/** What the live part starts with. */
function start({ lab }: Check): Spec {
  const model = entry(lab.model);
  return {
    model,
    settings: { ...lab.settings },
    data: lab.data,
    table: TOY,
    split: undefined,
    validation: startingValidation(lab),
    seed: lab.seed ?? SEED,
    splitSeed: lab.seed ?? SEED,
  };
}

function entry(id: string) {
  const found = modelEntry(id);
  if (!found) throw new Error(`there is no model ${id}`);
  return found;
}

function withSetting(spec: Spec, name: string, value: string): Spec {
  const [, u, i] = /^r\[(\d)\]\[(\d)\]$/.exec(name) ?? [];
  if (u !== undefined) {
    const cell = { u: Number(u) - 1, i: Number(i) - 1 };
    return { ...spec, table: withRating(spec.table, cell, value === '-' ? null : Number(value)) };
  }
  switch (name) {
    case 'model':
      return { ...spec, model: entry(value), settings: {} };
    case 'seed':
      return { ...spec, seed: Number(value) };
    case 'split-seed':
      return { ...spec, splitSeed: Number(value) };
    case 'validation':
      return { ...spec, validation: Number(value) };
    case 'split':
      return { ...spec, split: value };
    case 'users':
      return { ...spec, table: resized(spec.table, Number(value), spec.table.items) };
    case 'items':
      return { ...spec, table: resized(spec.table, spec.table.users, Number(value)) };
  }
  const known = spec.model.hyperparameters.find((h) => h.name === name);
  if (!known) throw new Error(`${spec.model.id} has no setting ${name}`);
  const { kind } = known;
  const written = kind.type === 'choice' ? kind.choices.indexOf(value) : Number(value);
  return { ...spec, settings: { ...spec.settings, [name]: written } };
}
