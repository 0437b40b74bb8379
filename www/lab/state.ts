import type { Entry } from '../../pkg/factorscope.js';
import type { Lab } from '../lesson/lab.ts';
import { CHOOSING } from '../lesson/views.ts';
import type { Choices } from './choices.ts';
import type { Settings } from './registry.ts';
import type { Cell } from './table.ts';

/** A small table of ratings, row by row; `null` is an empty cell. */
export interface Table {
  users: number;
  items: number;
  cells: readonly (number | null)[];
}

/** The largest table that can be edited, in rows and in columns; the engine has the same limit. */
export const LARGEST_TABLE = 8;

/** Everything a reader can set in a live part: what its link restores. */
export interface LabState {
  model: string;
  settings: Settings;
  /** Decides start values and order of visits. */
  seed: number;
  /** Decides which ratings are held back at random. */
  splitSeed: number;
  /** Hyperparameters of the second model, where the lab has one. */
  rival?: Settings;
  /** The edited toy table; nothing where the lab runs on other data. */
  table: Table | undefined;
  /** The cell of the table that formulas speak of. */
  cell: Cell;
  /** The step of a walk. */
  step: number;
  /** The dense index of the user whose recommendations are shown. */
  user: number;
  /** What is held back for testing: `everything` trains on all, `latest`, `time`, or a share such as `0.2`. */
  split: string;
  /** The share of what is left for training that is held back for choosing; 0 where nothing is. */
  validation: number;
  /** How many ratings a film needs in training to be recommended; nothing for the usual number. */
  least: number | undefined;
  /** What is chosen in the views beside all that. */
  choices: Choices;
}

/** What a link also says: what came out when it was made. */
export interface Receipt {
  /** Fingerprint of the parameters. */
  run: string | undefined;
  /** Hash of all that decides the run, and of what is predicted; links made before there was one lack it. */
  all?: string | undefined;
  /** Fingerprint of the data set. */
  data: string | undefined;
}

/** Held back at random, unless a lab says otherwise. */
export const SPLIT = '0.2';

/** Held back for choosing where a view chooses. */
export const VALIDATION = 0.1;

/** What a live part with these views holds back for choosing, as long as the reader says nothing else. */
export function startingValidation({ data, show }: Pick<Lab, 'data' | 'show'>): number {
  return data !== 'toy' && show.some((view) => CHOOSING.includes(view)) ? VALIDATION : 0;
}

/** Whether chance decides what this split holds back. */
export function isRandom(split: string): boolean {
  return /^[\d.]+$/.test(split);
}

/** The toy table of the chapters. */
export const TOY: Table = {
  users: 3,
  items: 3,
  cells: [2, null, 1, null, 4, 3, 1, null, null],
};

/** The pair whose rating the chapters predict: user 2, item 1. */
export const TOY_CELL: Cell = { u: 1, i: 0 };

/** The state a lab starts with. */
export function initialState(
  entry: Entry,
  settings: Settings,
  seed: number,
  toy: boolean,
  rival?: Settings,
): LabState {
  return {
    model: entry.id,
    settings,
    seed,
    splitSeed: seed,
    ...(rival ? { rival } : {}),
    table: toy ? TOY : undefined,
    cell: TOY_CELL,
    step: 0,
    user: 0,
    split: SPLIT,
    validation: 0,
    least: undefined,
    choices: {},
  };
}

/** The cells as the engine takes them. */
export function engineCells(table: Table): Float32Array {
  return Float32Array.from(table.cells, (cell) => cell ?? Number.NaN);
}
