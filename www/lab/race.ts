// What a race of two models shows: pure functions of what the engine measured.

import type { Entry, Epoch } from '../../pkg/factorscope.js';
import { count, fixed, plain } from '../format.ts';
import type { Settings } from './registry.ts';
import { written } from './registry.ts';
import type { RatingSet } from './training.ts';

/** What the race is drawn against. */
export const AXES = {
  epochs: { label: 'epochs', value: (epoch: Epoch) => epoch.epoch },
  operations: {
    label: 'million multiplications',
    value: (epoch: Epoch) => epoch.operations / 1e6,
  },
  time: { label: 'milliseconds', value: (epoch: Epoch) => epoch.seconds * 1000 },
} as const;

/** The name of an axis. */
export type RaceAxis = keyof typeof AXES;

/** Which error is drawn. */
export type Measured = RatingSet;

/** A model's errors as points over an axis. */
export function racePoints(
  history: readonly Epoch[],
  axis: RaceAxis,
  measured: Measured,
): [number, number][] {
  return history.map((epoch): [number, number] => [
    AXES[axis].value(epoch),
    epoch[measured]?.rmse ?? Number.NaN,
  ]);
}

/** `gamma .005, lambda .02`: the settings without those that both models share, or that name no number. */
export function settingsText(entry: Entry, settings: Settings): string {
  return entry.hyperparameters
    .filter(({ kind, name }) => kind.type !== 'choice' && name !== 'sigma')
    .map((h) => `${h.name} ${written(h, settings[h.name] ?? h.default)}`)
    .join(', ');
}

/** The number of multiplications in a unit that can be read. */
export function multiplications(operations: number): string {
  const millions = operations / 1e6;
  return millions >= 10
    ? `${count(Math.round(millions))} million`
    : `${plain(millions, 2)} million`;
}

/** Milliseconds, with more digits where there are few. */
export function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return value >= 10 ? count(Math.round(value)) : fixed(value, 1);
}
