import registry from 'virtual:registry';

import type { Entry, Hyperparameter } from '../../pkg/factorscope.js';

/** All models of the engine, as it told at build time. */
export const REGISTRY: readonly Entry[] = registry;

/** The model with this id. */
export function modelEntry(id: string): Entry | undefined {
  return REGISTRY.find((entry) => entry.id === id);
}

/** Values of a model's hyperparameters by name; a choice is given by its position. */
export type Settings = Readonly<Record<string, number>>;

/** Every default, with some values replaced. */
export function settingsOf(entry: Entry, some: Settings = {}): Settings {
  return Object.fromEntries(entry.hyperparameters.map((h) => [h.name, some[h.name] ?? h.default]));
}

/** How many ratings a user has in a cut-out, and in the data that the defaults were chosen for. */
const FEW = 9;
const MANY = 165;

/**
 * What a model takes on a table of a dozen users and items: the values that the lesson sets where the
 * model has them, and penalties that weigh like ratings no heavier beside few ratings than beside many.
 */
export function smallSettings(entry: Entry, lesson: Settings): Settings {
  const own: Record<string, number> = {};
  for (const { default: usual, max, min, name } of entry.hyperparameters) {
    const asked = lesson[name];
    const counts = /^(lambda|beta)/.test(name) && max >= 100 && usual > 1;
    if (asked !== undefined && asked >= min && asked <= max) own[name] = asked;
    else if (counts) own[name] = Number(((usual * FEW) / MANY).toPrecision(1));
  }
  return settingsOf(entry, own);
}

/** A value as links and the engine write it: a number, or the word of a choice. */
export function written(h: Hyperparameter, value: number): string {
  return h.kind.type === 'choice' ? (h.kind.choices[value] ?? String(value)) : String(value);
}

/** The value that a text gives, or nothing where it is not allowed. */
export function readValue(h: Hyperparameter, text: string): number | undefined {
  if (h.kind.type === 'choice') {
    const at = h.kind.choices.indexOf(text);
    return at < 0 ? undefined : at;
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const whole = h.kind.type !== 'integer' || Number.isInteger(value);
  return whole && value >= h.min && value <= h.max ? value : undefined;
}

/** `name=value` for every hyperparameter, as the engine takes them. */
export function settingsList(entry: Entry, settings: Settings): string[] {
  return entry.hyperparameters.map((h) => `${h.name}=${written(h, settings[h.name] ?? h.default)}`);
}
