// What a reader is shown of one explained step, as pure functions of it: no model is known here.

import type {
  Entry,
  Item,
  ParameterValues,
  Rating,
  Stars,
  Step,
  Update,
} from '../../pkg/factorscope.js';
import { plain, steady } from '../format.ts';

/** A parameter's name and index letter: `p_u` is `p` by `u`. */
interface Parts {
  base: string;
  index: string | undefined;
}

function parts(symbol: string): Parts {
  const [base = symbol, index] = symbol.split('_');
  return { base, index };
}

/**
 * The symbol of one number of a parameter, as LaTeX, counted from 1: `p_{2,1}` for a component,
 * `b_{u=2}` where a letter (here b) stands for more than one parameter.
 */
export function indexed(
  parameters: readonly ParameterValues[],
  parameter: number,
  row: number,
  column: number,
): string {
  const own = parameters[parameter];
  if (!own) return '?';
  const neighbor = own.of?.[row * own.columns + column];
  if (own.symbol.endsWith('_{ij}') && neighbor !== undefined) {
    const item = own.axis === 'item' ? row + 1 : 'i';
    return `${own.symbol.slice(0, -5)}_{${item},${neighbor + 1}}`;
  }
  const { base, index } = parts(own.symbol);
  if (index === undefined) return own.symbol;
  if (own.axis === 'bin' || own.axis === 'day') return timed(parameters, own, base, row);
  const shared = parameters.filter(({ symbol }) => parts(symbol).base === base).length > 1;
  if (own.columns > 1) {
    return `${base}_{${shared ? `${index}=` : ''}${row + 1},${column + 1}}`;
  }
  return shared ? `${base}_{${index}=${row + 1}}` : `${base}_{${row + 1}}`;
}

/**
 * The film that a changed number belongs to, by its title: with the first of a vector's components, and
 * with each of an item's neighbors. Nothing for a user's numbers, and where films have no titles.
 */
export function filmOf(
  parameters: readonly ParameterValues[],
  items: readonly Item[],
  { column, parameter, row }: Pick<Update, 'column' | 'parameter' | 'row'>,
  first: boolean,
): string | undefined {
  const own = parameters[parameter];
  if (!own) return undefined;
  const { axis, columns, of, rows, symbol } = own;
  const films = parameters.find((other) => other.axis === 'item')?.rows ?? 1;
  const neighbor = symbol.endsWith('_{ij}') ? of?.[row * columns + column] : undefined;
  const film = neighbor ?? (axis === 'bin' ? Math.floor(row / (rows / films)) : row);
  const shown = neighbor !== undefined || (first && (axis === 'item' || axis === 'bin'));
  const title = items[film]?.title;
  return shown && title !== `item ${film + 1}` ? title : undefined;
}

/** The symbol of an item's bias in one of its bins, or of a user's bias on one of the user's days. */
function timed(
  parameters: readonly ParameterValues[],
  { axis, of, rows }: ParameterValues,
  base: string,
  row: number,
): string {
  if (axis === 'day') {
    const user = of?.[row] ?? 0;
    const day = row - (of?.indexOf(user) ?? 0) + 1;
    return String.raw`${base}_{u=${user + 1},\,\text{day }${day}}`;
  }
  const items = parameters.find((other) => other.axis === 'item')?.rows ?? 1;
  const bins = Math.max(1, Math.round(rows / items));
  return String.raw`${base}_{i=${Math.floor(row / bins) + 1},\,\text{bin }${(row % bins) + 1}}`;
}

/** The changes of one row of one parameter, such as the vector of user 2. */
export interface Group {
  parameter: number;
  row: number;
  updates: Update[];
}

/** A step's changes by parameter and row, in the order of the model's parameters. */
export function groups({ updates }: Step): Group[] {
  const found = new Map<string, Group>();
  for (const update of updates) {
    const { parameter, row } = update;
    const key = `${parameter}:${row}`;
    const group = found.get(key) ?? { parameter, row, updates: [] };
    group.updates.push(update);
    found.set(key, group);
  }
  return [...found.values()].sort((a, b) => a.parameter - b.parameter || a.row - b.row);
}

/**
 * The model's rule for a parameter, as LaTeX: one of the form `x <- …` or, for each component,
 * `x_{uk} <- …`, or a system `A x = …`. Where a model can learn in two ways, `descends` says which.
 */
export function ruleFor(
  { updates }: Pick<Entry, 'updates'>,
  symbol: string,
  descends = false,
): string | undefined {
  const each = symbol.replace(/_(\w)$/, '_{$1k}');
  const rules = updates.filter(
    (rule) =>
      rule.includes(`${symbol} \\leftarrow`) ||
      rule.startsWith(`${each} \\leftarrow`) ||
      rule.includes(`\\, ${symbol} =`),
  );
  const down = descends ? rules.find((rule) => rule.includes('\\gamma')) : undefined;
  return down ?? rules[0];
}

/** Whether a rule only multiplies what was there: `x_{uk} <- x_{uk} …`. */
export function multiplies(rule: string | undefined): boolean {
  const [, left, right] = /^(\S+) \\leftarrow (\S+)\\, \\frac/.exec(rule ?? '') ?? [];
  return left !== undefined && left === right;
}

/** The symbols of a step's terms; where one stands for each component, k becomes its number. */
export function termSymbols({ terms }: Pick<Step, 'terms'>): string[] {
  const seen = new Map<string, number>();
  return terms.map(({ symbol }) => {
    const k = (seen.get(symbol) ?? 0) + 1;
    seen.set(symbol, k);
    return symbol.replaceAll(/_\{([ui])k\}/g, `_{$1,${k}}`);
  });
}

/** The learning rate of a model that goes down a gradient; nothing for one that does not. */
export function learningRate(
  entry: Pick<Entry, 'hyperparameters'>,
  settings: Readonly<Record<string, number>>,
): number | undefined {
  const gamma = entry.hyperparameters.find(({ name }) => name === 'gamma');
  const method = entry.hyperparameters.find(({ name }) => name === 'method');
  if (method?.kind.type === 'choice' && method.kind.choices.includes('sgd')) {
    const chosen = method.kind.choices[settings['method'] ?? method.default];
    if (chosen !== 'sgd') return undefined;
  }
  return gamma && (settings['gamma'] ?? gamma.default);
}

/** The learning rate in a parameter's rule: models with several call the others gamma_2, gamma_3, … */
export function rateOf(
  entry: Pick<Entry, 'hyperparameters' | 'updates'>,
  settings: Readonly<Record<string, number>>,
  symbol: string,
): number | undefined {
  const [, n] = /\\gamma_(\d)/.exec(ruleFor(entry, symbol) ?? '') ?? [];
  const own = entry.hyperparameters.find(({ name }) => name === `gamma_${n}`);
  return own ? (settings[own.name] ?? own.default) : learningRate(entry, settings);
}

/** `0.1000 − 0.05 · (−0.8000) = 0.1400`: after = before − gamma · gradient in numbers. */
export function ruleText({ after, before, gradient }: Update, gamma: number): string {
  const factor = steady(gradient);
  const shown = gradient < 0 ? `(${factor})` : factor;
  return `${steady(before)} − ${plain(gamma, 6)} · ${shown} = ${steady(after)}`;
}

/** The rating that a step learns from; nothing where it is about a whole user or item. */
export function ratingOf({ subject }: Step): Rating | undefined {
  return 'rating' in subject ? subject.rating : undefined;
}

/** The sum of a step's terms: the prediction before the step, where it is about a rating. */
export function predicted({ terms }: Step): number {
  return terms.reduce((sum, { value }) => sum + value, 0);
}

/**
 * The factors of each product in a term such as `p_u^\top q_i`, as they were before the step; nothing
 * where the term is no product of two vectors that the step touches.
 */
export function products(
  symbol: string,
  step: Step,
  parameters: readonly ParameterValues[],
): [number, number][] | undefined {
  const [, left, right] = /^(\w_\w)\^\\top (\w_\w)$/.exec(symbol) ?? [];
  if (!left || !right) return undefined;
  const before = (wanted: string): number[] =>
    step.updates
      .filter(({ parameter }) => parameters[parameter]?.symbol === wanted)
      .sort((a, b) => a.column - b.column)
      .map((update) => update.before);
  const [a, b] = [before(left), before(right)];
  if (a.length === 0 || a.length !== b.length) return undefined;
  return a.map((value, k) => [value, b[k] ?? 0]);
}

/** Where a number stands, as a key of the set of touched numbers. */
export function placeKey(parameter: number, row: number, column: number): string {
  return `${parameter}:${row}:${column}`;
}

/** Every number that a step changed. */
export function touched(step: Step | undefined): Set<string> {
  const all = step?.updates ?? [];
  return new Set(all.map(({ column, parameter, row }) => placeKey(parameter, row, column)));
}

/** Whether a step learns from the cell of this user and this item. */
export function visits(step: Step | undefined, u: number, i: number): boolean {
  const { subject } = step ?? {};
  if (!subject) return false;
  if ('rating' in subject) return subject.rating.u === u && subject.rating.i === i;
  if ('user' in subject) return subject.user === u;
  return 'item' in subject && subject.item === i;
}

/**
 * The symbol of one component for any user or item, as LaTeX: `p_{u,1}`; `b_u` where there is one;
 * `w_{ij_1}` for the item's first neighbor.
 */
export function component({ columns, symbol }: ParameterValues, column: number): string {
  if (symbol.endsWith('_{ij}')) return `${symbol.slice(0, -1)}_${column + 1}}`;
  const { base, index } = parts(symbol);
  return columns > 1 && index !== undefined ? `${base}_{${index},${column + 1}}` : symbol;
}

/** Where a walk's last step stands: its epoch and its place in it, both counted from 1. */
export function epochOf(step: number, perEpoch: number): { epoch: number; within: number } {
  const before = Math.max(step - 1, 0);
  const each = Math.max(perEpoch, 1);
  return { epoch: Math.floor(before / each) + 1, within: (before % each) + 1 };
}

/** The step at which the current epoch ends, or the next one where a walk stands between two. */
export function epochEnd(step: number, perEpoch: number): number {
  const each = Math.max(perEpoch, 1);
  return (Math.floor(step / each) + 1) * each;
}

/** The step at which the users' or the items' half of a sweep ends, where users come first. */
export function halfEnd(step: number, perEpoch: number, users: number): number {
  const start = epochEnd(step, perEpoch) - Math.max(perEpoch, 1);
  return step - start < users ? start + users : epochEnd(step, perEpoch);
}

/** One number that two steps change from the same value, and what it is multiplied with. */
export interface Difference {
  one: Update;
  other: Update;
  /** The same component of the user's vector, which changes before it or together with it. */
  partner: Update;
}

/** Two first steps from the same start values: the components of the item's vector, side by side. */
export function compareUpdates(
  one: Step,
  other: Step,
  parameters: readonly ParameterValues[],
): Difference[] {
  const of = (step: Step, symbol: string): Update[] =>
    step.updates.filter(({ parameter }) => parameters[parameter]?.symbol === symbol);
  const [right, partners] = [of(other, 'q_i'), of(one, 'p_u')];
  return of(one, 'q_i').flatMap((update, k): Difference[] => {
    const [second, partner] = [right[k], partners[k]];
    return second && partner ? [{ one: update, other: second, partner }] : [];
  });
}

/** A rating as the model counts it. */
export function inStars(rating: number, stars: Stars | undefined): number {
  return stars ? (rating - stars.offset) / stars.unit : rating;
}

/** Whether the model takes ratings as they are. */
export function isPlain({ offset, unit }: Stars): boolean {
  return offset === 0 && unit === 1;
}
