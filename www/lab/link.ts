// A live part's state as the fragment of an address, and back. The fragment is never sent anywhere.

import type { Entry } from '../../pkg/factorscope.js';
import { readValue, settingsOf, written } from './registry.ts';
import { type LabState, LARGEST_TABLE, type Receipt, SPLIT, type Table } from './state.ts';

/** The largest seed; the engine takes 32 bits. */
export const LARGEST_SEED = 2 ** 32 - 1;
const LARGEST_STEP = 100_000;
/** The most ratings a film can be asked to have. */
export const LARGEST_LEAST = 1000;
const FINGERPRINT = /^[0-9a-f]{16}$/;
const PLACES = ['table', 'step', 'user', 'split', 'least'];

/** A fragment, without `#`, that `readLink` reads back. */
export function writeLink(lab: string, entry: Entry, state: LabState, receipt: Receipt): string {
  const link = new URLSearchParams({ lab, model: state.model, seed: String(state.seed) });
  for (const h of entry.hyperparameters) {
    link.set(h.name, written(h, state.settings[h.name] ?? h.default));
  }
  if (state.table) link.set('table', writeTable(state.table));
  if (state.step > 0) link.set('step', String(state.step));
  if (state.user > 0) link.set('user', String(state.user));
  if (state.split !== SPLIT) link.set('split', state.split);
  if (state.least !== undefined) link.set('least', String(state.least));
  if (receipt.data) link.set('data', receipt.data);
  if (receipt.run) link.set('run', receipt.run);
  return link.toString();
}

/** Which lab of a page a fragment speaks of. */
export function linkedLab(fragment: string): string | undefined {
  return new URLSearchParams(fragment).get('lab') ?? undefined;
}

/** A link as far as it can be used. */
export interface Linked {
  state: LabState;
  receipt: Receipt;
  /** What could not be used and stays at its default, in words. */
  faults: string[];
}

/** Reads a fragment over the state a lab starts with. Whatever is not allowed stays as it was. */
export function readLink(fragment: string, entry: Entry, start: LabState): Linked {
  const link = new URLSearchParams(fragment);
  const faults: string[] = [];
  const known = new Set(['lab', 'model', 'seed', ...PLACES, 'data', 'run']);
  const use = <T>(key: string, read: (text: string) => T | undefined, fallback: T): T => {
    const text = link.get(key);
    if (text === null) return fallback;
    const value = read(text);
    if (value === undefined) faults.push(key);
    return value ?? fallback;
  };
  if (link.has('model') && link.get('model') !== entry.id) faults.push('model');
  const settings: Record<string, number> = { ...start.settings };
  for (const h of entry.hyperparameters) {
    known.add(h.name);
    settings[h.name] = use(h.name, (text) => readValue(h, text), settings[h.name] ?? h.default);
  }
  for (const key of link.keys()) {
    if (!known.has(key)) faults.push(key.slice(0, 20));
  }
  const fingerprint = (text: string): string | undefined =>
    FINGERPRINT.test(text) ? text : undefined;
  return {
    state: {
      model: entry.id,
      settings: settingsOf(entry, settings),
      seed: use('seed', whole(LARGEST_SEED), start.seed),
      table: start.table && use('table', readTable, start.table),
      step: use('step', whole(LARGEST_STEP), start.step),
      user: use('user', whole(LARGEST_SEED), start.user),
      split: use('split', readSplit, start.split),
      least: use('least', whole(LARGEST_LEAST), start.least),
    },
    receipt: {
      run: use('run', fingerprint, undefined),
      data: use('data', fingerprint, undefined),
    },
    faults,
  };
}

function whole(most: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,10}$/.test(text) && Number(text) <= most ? Number(text) : undefined);
}

/** A split as the engine takes it: a word, or a share of at most two decimals that leaves something. */
function readSplit(text: string): string | undefined {
  return /^(everything|latest|0\.\d{1,2})$/.test(text) && Number(text) !== 0 ? text : undefined;
}

/** `2,,1;,4,3;1,,` */
export function writeTable({ cells, items, users }: Table): string {
  const rows = Array.from({ length: users }, (_, u) => cells.slice(u * items, (u + 1) * items));
  return rows.map((row) => row.map((cell) => cell ?? '').join(',')).join(';');
}

/** The table of a link, or nothing where it is none. */
export function readTable(text: string): Table | undefined {
  if (text.length > 2000) return undefined;
  const rows = text.split(';').map((row) => row.split(','));
  const items = rows[0]?.length ?? 0;
  const sized = rows.length <= LARGEST_TABLE && items <= LARGEST_TABLE;
  if (!sized || rows.some((row) => row.length !== items)) return undefined;
  const cells = rows.flat().map((cell) => (cell === '' ? null : Number(cell)));
  const fine = cells.every(
    (cell) => cell === null || (Number.isFinite(cell) && Math.abs(cell) <= 1000),
  );
  return fine ? { users: rows.length, items, cells } : undefined;
}
