// What a reader is shown of one explained step, as pure functions of it: no model is known here.

import type {
  Addend,
  Entry,
  Item,
  ParameterValues,
  Rating,
  Rule,
  Stars,
  Step,
  Term,
  Update,
} from '../../pkg/factorscope.js';
import { plain, steady } from '../format.ts';
import type { Settings } from './registry.ts';

/** Whether a row of a parameter is a list of neighbors, each number with an owner of its own. */
function listsNeighbors({ axis, of }: ParameterValues): boolean {
  return of !== undefined && axis !== 'day';
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
  const { base, index } = own;
  const neighbor = own.of?.[row * own.columns + column];
  if (listsNeighbors(own) && neighbor !== undefined) {
    return `${base}_{${own.axis === 'global' ? 'i' : row + 1},${neighbor + 1}}`;
  }
  if (index === '') return own.symbol;
  if (own.axis === 'bin' || own.axis === 'day') return timed(parameters, own, row);
  const shared = parameters.filter((other) => other.base === base).length > 1;
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
  const { axis, columns, of, rows } = own;
  const films = parameters.find((other) => other.axis === 'item')?.rows ?? 1;
  const neighbor =
    listsNeighbors(own) && axis !== 'user' ? of?.[row * columns + column] : undefined;
  const film = neighbor ?? (axis === 'bin' ? Math.floor(row / (rows / films)) : row);
  const shown = neighbor !== undefined || (first && (axis === 'item' || axis === 'bin'));
  const title = items[film]?.title;
  return shown && title !== `item ${film + 1}` ? title : undefined;
}

/** The symbol of an item's bias in one of its bins, or of a user's bias on one of the user's days. */
function timed(
  parameters: readonly ParameterValues[],
  { axis, base, of, rows }: ParameterValues,
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

/** The rules of a model with these settings: where it can learn in two ways, those of the chosen one. */
export function rulesOf(
  { hyperparameters, rules }: Pick<Entry, 'hyperparameters' | 'rules'>,
  settings: Settings,
): Rule[] {
  return rules.filter(({ when }) => {
    if (!when) return true;
    const [name, word] = when;
    const choice = hyperparameters.find((h) => h.name === name);
    if (choice?.kind.type !== 'choice') return false;
    return choice.kind.choices[settings[name] ?? choice.default] === word;
  });
}

/** The rule that changes a parameter, by the parameter's name. */
export function ruleFor(rules: readonly Rule[], parameter: string | undefined): Rule | undefined {
  return rules.find(({ parameters }) => parameter !== undefined && parameters.includes(parameter));
}

/** Whether a model has nothing to learn but biases. */
export function isBaseline({ rules }: Pick<Entry, 'rules'>): boolean {
  return rules.every(({ parameters }) => parameters.every((one) => one === 'b_u' || one === 'b_i'));
}

/** The formula of a term; where it stands for each component of a vector, k is the component's number. */
export function termLatex({ addend: { latex }, component }: Term): string {
  return component === undefined
    ? latex
    : latex.replaceAll(/_\{([ui])k\}/g, `_{$1,${component + 1}}`);
}

/** The learning rate in a rule; nothing where it does not go down a gradient. */
export function rateOf(
  { hyperparameters }: Pick<Entry, 'hyperparameters'>,
  settings: Settings,
  rule: Rule | undefined,
): number | undefined {
  const own = hyperparameters.find(({ name }) => name === rule?.rate);
  return own && (settings[own.name] ?? own.default);
}

/** The first learning rate of a model that goes down a gradient; nothing for one that does not. */
export function learningRate(
  entry: Pick<Entry, 'hyperparameters' | 'rules'>,
  settings: Settings,
): number | undefined {
  const descending = rulesOf(entry, settings).find(({ rate }) => rate !== undefined);
  return rateOf(entry, settings, descending);
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
 * The factors of each product in an addend that is one of two vectors, as they were before the step; nothing
 * where it is none, or not one of two vectors that the step touches.
 */
export function products(
  { product }: Pick<Addend, 'product'>,
  step: Step,
  parameters: readonly ParameterValues[],
): [number, number][] | undefined {
  if (!product) return undefined;
  const before = (wanted: string): number[] =>
    step.updates
      .filter(({ parameter }) => parameters[parameter]?.name === wanted)
      .sort((a, b) => a.column - b.column)
      .map((update) => update.before);
  const [a, b] = [before(product[0]), before(product[1])];
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
export function component(parameter: ParameterValues, column: number): string {
  const { base, columns, index, symbol } = parameter;
  if (listsNeighbors(parameter)) return `${base}_{${index}_${column + 1}}`;
  return columns > 1 && index !== '' ? `${base}_{${index},${column + 1}}` : symbol;
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
  const of = (step: Step, name: string): Update[] =>
    step.updates.filter(({ parameter }) => parameters[parameter]?.name === name);
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
