// What a reader chooses in a view beside the model's settings: one table by view, which says how each choice
// stands in a link. The state keeps those that differ from their start, as the link's own text.

import type { View } from '../lesson/views.ts';
import type { Given } from './fold-in.ts';
import type { Cell } from './table.ts';
import { BETA } from './time.ts';

/** One thing that can be chosen. */
export interface Choice<T> {
  /** Its name in links: the view's, a point, its own. */
  readonly key: string;
  readonly start: T;
  /** Whether it names users or films of the data set, and means nothing with another one. */
  readonly ofData?: boolean;
  write(value: T): string;
  /** The value that a text gives, or nothing where it is not allowed. */
  read(text: string): T | undefined;
}

/** Choices as links write them, by key; those at their start are absent. */
export type Choices = Readonly<Record<string, string>>;

/** The longest text of a choice in a link. */
const LONGEST = 4000;
/** More films than this no data set has. */
const LARGEST_INDEX = 10_000_000;
const WHOLE = /^\d{1,8}$/;
const NUMBER = /^-?\d{1,7}(\.\d{1,25})?(e-\d{1,2})?$/;

function oneOf<const T extends string>(key: string, all: readonly [T, ...T[]]): Choice<T> {
  return {
    key,
    start: all[0],
    write: (value) => value,
    read: (text) => all.find((one) => one === text),
  };
}

function yesNo(key: string, start: boolean): Choice<boolean> {
  const read = (text: string): boolean | undefined =>
    text === 'yes' ? true : text === 'no' ? false : undefined;
  return { key, start, write: (on) => (on ? 'yes' : 'no'), read };
}

function readNumber(text: string, least: number, most: number): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

function real(key: string, least: number, most: number, start: number): Choice<number> {
  return { key, start, write: String, read: (text) => readNumber(text, least, most) };
}

function whole(key: string, least: number, most: number, start: number): Choice<number> {
  const read = (text: string): number | undefined =>
    WHOLE.test(text) ? readNumber(text, least, most) : undefined;
  return { key, start, write: String, read };
}

/** One of several in a row, counted from 0 and written as on the page, from 1. */
function place(key: string, start: number): Choice<number> {
  const written = whole(key, 1, 1000, start + 1);
  const read = (text: string): number | undefined => {
    const value = written.read(text);
    return value === undefined ? undefined : value - 1;
  };
  return { key, start, write: (value) => String(value + 1), read };
}

/** A user, a film or an attribute by its place in the data set. */
function index(key: string): Choice<number> {
  return { ...whole(key, 0, LARGEST_INDEX, 0), ofData: true };
}

/** Nothing where nobody has chosen: then the view takes what suits it. */
function optional<T>(choice: Choice<T>): Choice<T | undefined> {
  const write = (value: T | undefined): string => (value === undefined ? '' : choice.write(value));
  return { ...choice, start: undefined, write, read: (text) => choice.read(text) };
}

function words(key: string): Choice<string> {
  const read = (text: string): string | undefined => (text.length <= 100 ? text : undefined);
  return { key, start: '', write: (value) => value.slice(0, 100), read };
}

/** Several different ones of a list, by their places. */
function several(key: string): Choice<readonly number[]> {
  const read = (text: string): readonly number[] | undefined => {
    const all = text.split(',').map((part) => (WHOLE.test(part) ? Number(part) : Number.NaN));
    const fine = all.every(Number.isFinite) && new Set(all).size === all.length;
    return fine ? all : undefined;
  };
  return { key, start: [], write: (all) => all.join(','), read };
}

/** As many numbers as at the start. */
function reals(
  key: string,
  least: number,
  most: number,
  start: readonly number[],
): Choice<readonly number[]> {
  const read = (text: string): readonly number[] | undefined => {
    const all = text.split(',').map((part) => readNumber(part, least, most));
    const known = all.filter((value) => value !== undefined);
    return known.length === start.length && all.length === start.length ? known : undefined;
  };
  return { key, start, write: (all) => all.join(','), read };
}

/** A cell of the table, `2,1`: user and item, counted from 1 as on the page. */
function cell(key: string): Choice<Cell | undefined> {
  const read = (text: string): Cell | undefined => {
    const [, u, i] = /^([1-8]),([1-8])$/.exec(text) ?? [];
    return u === undefined ? undefined : { u: Number(u) - 1, i: Number(i) - 1 };
  };
  return optional({ key, start: { u: 0, i: 0 }, write: ({ i, u }) => `${u + 1},${i + 1}`, read });
}

/** Ratings of somebody new, `12:5,40:3.5`: films by their places in the data set. */
function ratings(key: string): Choice<readonly Given[]> {
  const one = (text: string): Given | undefined => {
    const [item = '', stars = '', ...more] = text.split(':');
    const rating = readNumber(stars, -1000, 1000);
    const fine = WHOLE.test(item) && rating !== undefined && more.length === 0;
    return fine ? { item: Number(item), rating } : undefined;
  };
  const read = (text: string): readonly Given[] | undefined => {
    const all = text.split(',').map(one);
    const known = all.filter((given) => given !== undefined);
    const different = new Set(known.map(({ item }) => item)).size === all.length;
    return different ? known : undefined;
  };
  const write = (all: readonly Given[]): string =>
    all.map(({ item, rating }) => `${item}:${rating}`).join(',');
  return { key, start: [], ofData: true, write, read };
}

/** Where a path over the landscape begins, and what was solved for on the way. */
export interface Way {
  p: number;
  q: number;
  /** `pqp`: first p, then q, then p again. */
  solved: string;
}

function way(key: string, reach: number, start: Way): Choice<Way> {
  const read = (text: string): Way | undefined => {
    const [p, q, solved = '', ...more] = text.split(',');
    const [x, y] = [p, q].map((part) => readNumber(part ?? '', -reach, reach));
    const fine = /^[pq]{0,200}$/.test(solved) && more.length === 0;
    return x !== undefined && y !== undefined && fine ? { p: x, q: y, solved } : undefined;
  };
  return { key, start, write: ({ p, q, solved }) => `${p},${q},${solved}`, read };
}

/** Everything that can be chosen, by the view that shows it. */
export const CHOICES = {
  landscape: {
    // A number that was solved for may lie beyond the map.
    path: way('landscape.path', 100, { p: -2.2, q: 0.5, solved: '' }),
    lambda: real('landscape.lambda', 0, 2, 0.1),
  },
  walk: {
    drawn: optional(oneOf('walk.drawn', ['rmse', 'objective'])),
    predictions: yesNo('walk.predictions', true),
    whole: yesNo('walk.whole', false),
    speed: whole('walk.speed', 1, 25, 2),
  },
  neighbors: {
    user: index('neighbors.user'),
    item: optional(index('neighbors.item')),
    other: optional(index('neighbors.other')),
  },
  interpolation: {
    user: index('interpolation.user'),
    item: optional(index('interpolation.item')),
  },
  race: {
    axis: oneOf('race.axis', ['epochs', 'operations', 'time']),
    error: oneOf('race.error', ['test', 'validation', 'train']),
  },
  zeros: { held: cell('zeros.held') },
  'weighted-mean': {
    ratings: reals('weighted-mean.ratings', 0.5, 5, [5, 4, 1]),
    confidences: reals('weighted-mean.confidences', 0, 10, [1, 1, 1]),
  },
  drift: {
    days: real('drift.days', -1500, 1500, 100),
    alpha: real('drift.alpha', -0.08, 0.08, 0.04),
    beta: real('drift.beta', 0.1, 1, BETA),
  },
  'bias-curves': { film: optional(index('bias-curves.film')) },
  tiers: { list: oneOf('tiers.list', ['films', 'favorites']) },
  'fold-in': {
    given: ratings('fold-in.given'),
    search: words('fold-in.search'),
    order: oneOf('fold-in.order', ['change', 'prediction']),
  },
  parts: { film: optional(index('parts.film')) },
  taste: {
    vectors: reals(
      'taste.vectors',
      -3,
      3,
      [1, 0.8, -1, 0.1, 1, 1, 1.5, -1.3, 0, 1.2, -1, -1, 1, 0, -1],
    ),
    turn: whole('taste.turn', 0, 180, 0),
  },
  factors: {
    first: place('factors.first', 0),
    second: place('factors.second', 1),
    turn: whole('factors.turn', 0, 180, 0),
    least: optional(whole('factors.least', 1, 100_000, 1)),
  },
  recommendations: { why: optional(index('recommendations.why')) },
  'prior-posterior': {
    q: reals('prior-posterior.q', -2, 2, [1, 0.5]),
    unused: several('prior-posterior.unused'),
  },
  posterior: { film: index('posterior.film'), search: words('posterior.search') },
  traces: { trace: optional(oneOf('traces.trace', ['rmse', 'means', 'rating', 'alpha'])) },
  'new-user': { told: { ...several('new-user.told'), ofData: true } },
  'new-film': { genres: { ...several('new-film.genres'), ofData: true } },
  'cold-start': { side: optional(oneOf('cold-start.side', ['users', 'items'])) },
} as const satisfies Partial<Record<View, Readonly<Record<string, Choice<unknown>>>>>;

const BY_VIEW: Partial<Record<View, Readonly<Record<string, Choice<unknown>>>>> = CHOICES;

/** What can be chosen in these views. */
export function choicesOf(views: readonly View[]): Choice<unknown>[] {
  return views.flatMap((view) => Object.values(BY_VIEW[view] ?? {}));
}

/** What is chosen: the start where nothing is. */
export function chosenOf<T>(choices: Choices, choice: Choice<T>): T {
  const text = choices[choice.key];
  return (text === undefined ? undefined : choice.read(text)) ?? choice.start;
}

/** The choices with another value for one. */
export function withChoice<T>(choices: Choices, choice: Choice<T>, value: T): Choices {
  const { [choice.key]: _, ...others } = choices;
  const text = choice.write(value);
  return text === choice.write(choice.start) ? others : { ...others, [choice.key]: text };
}

/** The choices without those that mean nothing with other data. */
export function withoutData(choices: Choices, all: readonly Choice<unknown>[]): Choices {
  const gone = new Set(all.filter(({ ofData }) => ofData).map(({ key }) => key));
  return Object.fromEntries(Object.entries(choices).filter(([key]) => !gone.has(key)));
}

/** The choice that a text of a link gives, as it would be written; nothing where it is not allowed. */
export function readChoice(choice: Choice<unknown>, text: string): string | undefined {
  const value = text.length <= LONGEST ? choice.read(text) : undefined;
  return value === undefined ? undefined : choice.write(value);
}
