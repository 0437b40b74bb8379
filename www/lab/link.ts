// A live part's state as the fragment of an address, and back. The fragment is never sent anywhere.

import type { Entry } from '../../pkg/factorscope.js';
import { type Choice, readChoice } from './choices.ts';
import { readValue, type Settings, settingsOf, written } from './registry.ts';
import { type LabState, type Receipt, SPLIT, type Table } from './state.ts';
import { type Cell, fitsTable, readCell, within } from './table.ts';

/** The largest seed; the engine takes 32 bits. */
export const LARGEST_SEED = 2 ** 32 - 1;
const LARGEST_STEP = 100_000;
/** Stands before the names of the second model's hyperparameters. */
const RIVAL = 'rival.';
/** The most ratings a film can be asked to have. */
export const LARGEST_LEAST = 1000;
const FINGERPRINT = /^[0-9a-f]{16}$/;
/** So many unknown keys are named; the others are counted. */
const NAMED = 5;
const PLACES = ['split_seed', 'table', 'cell', 'step', 'user', 'split', 'validation', 'least'];

/** A fragment, without `#`, that `readLink` reads back. */
export function writeLink(
  lab: string,
  entry: Entry,
  state: LabState,
  receipt: Receipt,
  rival?: Entry,
): string {
  const link = new URLSearchParams({ lab, model: state.model, seed: String(state.seed) });
  if (state.splitSeed !== state.seed) link.set('split_seed', String(state.splitSeed));
  for (const h of entry.hyperparameters) {
    link.set(h.name, written(h, state.settings[h.name] ?? h.default));
  }
  for (const h of rival?.hyperparameters ?? []) {
    link.set(`${RIVAL}${h.name}`, written(h, state.rival?.[h.name] ?? h.default));
  }
  if (state.table) {
    link.set('table', writeTable(state.table));
    link.set('cell', writeCell(state.cell));
  }
  if (state.step > 0) link.set('step', String(state.step));
  if (state.user > 0) link.set('user', String(state.user));
  if (state.split !== SPLIT) link.set('split', state.split);
  if (state.validation > 0) link.set('validation', String(state.validation));
  if (state.least !== undefined) link.set('least', String(state.least));
  for (const [key, text] of Object.entries(state.choices)) link.set(key, text);
  if (receipt.data) link.set('data', receipt.data);
  if (receipt.run) link.set('run', receipt.run);
  if (receipt.all) link.set('receipt', receipt.all);
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

/**
 * Reads a fragment over the state a lab starts with, for a part whose views offer these choices. Whatever is
 * not allowed stays as it was.
 */
export function readLink(
  fragment: string,
  entry: Entry,
  start: LabState,
  rivalEntry?: Entry,
  offered: readonly Choice<unknown>[] = [],
): Linked {
  const link = new URLSearchParams(fragment);
  const faults: string[] = [];
  const known = new Set(['lab', 'model', 'seed', ...PLACES, 'data', 'run', 'receipt']);
  const use = <T>(key: string, read: (text: string) => T | undefined, fallback: T): T => {
    const text = link.get(key);
    if (text === null) return fallback;
    const value = read(text);
    if (value === undefined) faults.push(key);
    return value ?? fallback;
  };
  if (link.has('model') && link.get('model') !== entry.id) faults.push('model');
  const values = (of: Entry, from: Settings, prefix: string): Settings => {
    const settings: Record<string, number> = { ...from };
    for (const h of of.hyperparameters) {
      const key = `${prefix}${h.name}`;
      known.add(key);
      settings[h.name] = use(key, (text) => readValue(h, text), settings[h.name] ?? h.default);
    }
    return settingsOf(of, settings);
  };
  const settings = values(entry, start.settings, '');
  const rival = rivalEntry && values(rivalEntry, start.rival ?? {}, RIVAL);
  const choices: Record<string, string> = {};
  for (const choice of offered) {
    known.add(choice.key);
    const usual = choice.write(choice.start);
    const text = use(choice.key, (own) => readChoice(choice, own), usual);
    if (text !== usual) choices[choice.key] = text;
  }
  const unknown = [...new Set(link.keys())].filter((key) => !known.has(key));
  faults.push(...unknown.slice(0, NAMED).map((key) => key.slice(0, 20)));
  if (unknown.length > NAMED) faults.push(`and ${unknown.length - NAMED} more`);
  const table = start.table && use('table', readTable, start.table);
  const cell = use('cell', (text) => table && readPlace(text, table), start.cell);
  const fingerprint = (text: string): string | undefined =>
    FINGERPRINT.test(text) ? text : undefined;
  const seed = use('seed', whole(LARGEST_SEED), start.seed);
  return {
    state: {
      model: entry.id,
      settings,
      ...(rival ? { rival } : {}),
      seed,
      // Where a link names one seed, it is that of both.
      splitSeed: use('split_seed', whole(LARGEST_SEED), link.has('seed') ? seed : start.splitSeed),
      table,
      cell: table ? within(table, cell) : cell,
      step: use('step', whole(LARGEST_STEP), start.step),
      user: use('user', whole(LARGEST_SEED), start.user),
      // A link leaves out the usual one, which need not be the one that this part starts with.
      split: use('split', readSplit, SPLIT),
      // Links made before there was such a part have none.
      validation: use('validation', readShare, 0),
      least: use('least', whole(LARGEST_LEAST), start.least),
      choices,
    },
    receipt: {
      run: use('run', fingerprint, undefined),
      all: use('receipt', fingerprint, undefined),
      data: use('data', fingerprint, undefined),
    },
    faults,
  };
}

function whole(most: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,10}$/.test(text) && Number(text) <= most ? Number(text) : undefined);
}

/** A share of at most two decimals, below one. */
function readShare(text: string): number | undefined {
  return /^0(\.\d{1,2})?$/.test(text) ? Number(text) : undefined;
}

/** A split as the engine takes it: a word, or a share of at most two decimals that leaves something. */
function readSplit(text: string): string | undefined {
  return /^(everything|latest|time|0\.\d{1,2})$/.test(text) && Number(text) !== 0
    ? text
    : undefined;
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
  if (!fitsTable(rows.length, items) || rows.some((row) => row.length !== items)) return undefined;
  const cells = rows.flat().map(readCell);
  return cells.every((cell) => cell !== undefined)
    ? { users: rows.length, items, cells }
    : undefined;
}

/** `2,1`: user and item, counted from 1 as on the page. */
function writeCell({ i, u }: Cell): string {
  return `${u + 1},${i + 1}`;
}

function readPlace(text: string, table: Table): Cell | undefined {
  const [, user, item] = /^([1-8]),([1-8])$/.exec(text) ?? [];
  const cell = { u: Number(user) - 1, i: Number(item) - 1 };
  return cell.u < table.users && cell.i < table.items ? cell : undefined;
}
