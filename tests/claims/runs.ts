// Trainings, walks and folds of the engine for `try` blocks. Equal ones are made once for all chapters.

import './engine.ts';

import {
  ColdStart,
  type CrossValidated,
  crossValidate,
  Data,
  type Entry,
  type ParameterValues,
  Run,
  Walk,
} from '../../pkg/factorscope.js';
import { coldCurve, KNOWN } from '../../www/lab/cold.ts';
import { usualLeast } from '../../www/lab/films.ts';
import { settingsList, settingsOf } from '../../www/lab/registry.ts';
import { meanSize, TIERS, tierShares } from '../../www/lab/tiers.ts';
import { engineCells, SPLIT, type Table } from '../../www/lab/state.ts';
import { chosenEpoch } from '../../www/lab/training.ts';
import type { Data as DataName } from '../../www/lesson/views.ts';
import type { Call, Expression } from '../../www/lesson/try/expression.ts';
import { PARAMETERS } from '../../www/lesson/try/quantities.ts';
import { cosines, nearest } from '../../www/lab/alike.ts';
import { movieLens } from './chapters.ts';
import type { Evaluate, Value } from './evaluate.ts';

const LISTED = 10;
const SIMULATION = 42;

/** Everything that decides what comes out. */
export interface Spec {
  model: Entry;
  settings: Record<string, number>;
  data: DataName;
  /** The toy as edited. */
  table: Table;
  /** As the live part sets it where the block says nothing: all of a small data set is learned from. */
  split: string | undefined;
  /** The share of what is left for training that is held back for choosing. */
  validation: number;
  seed: number;
  splitSeed: number;
}

/** Something that quantities can be asked of. */
export interface Asked {
  value(call: Call, evaluate: Evaluate): Promise<Value>;
}

const made = new Map<string, unknown>();

/** What `make` gives, or gave for the same key. */
function once<T>(key: readonly unknown[], make: () => T): T {
  const text = JSON.stringify(key);
  if (!made.has(text)) made.set(text, make());
  return made.get(text) as T;
}

function open({ data, table }: Spec): Data {
  switch (data) {
    case 'toy':
      return once(['toy', table], () => Data.table(table.users, table.items, engineCells(table)));
    case 'simulation':
      return once([data], () => Data.simulation(SIMULATION));
    case 'movielens':
      return once([data], () => {
        const packed = movieLens();
        if (!packed) throw new Error('MovieLens is not at hand');
        return Data.load([packed.name], [packed.bytes]);
      });
    case 'cutout':
    case 'uneven-cutout':
      return once([data], () =>
        open({ data: 'movielens', table } as Spec).cutout(data === 'uneven-cutout'),
      );
    case 'similar-cutout':
      return once([data], () => open({ data: 'movielens', table } as Spec).similar());
  }
}

/** The arguments after the data: what a run is made with, and part of its key. */
function parts(spec: Spec): { key: unknown[]; data: Data; settings: string[]; split: string } {
  const settings = settingsList(spec.model, settingsOf(spec.model, spec.settings));
  const small = spec.data !== 'movielens' && spec.data !== 'simulation';
  const split = spec.split ?? (small ? 'everything' : SPLIT);
  const set = spec.data === 'toy' ? spec.table : spec.data;
  return {
    key: [set, spec.model.id, settings, split, spec.validation, spec.seed, spec.splitSeed],
    data: open(spec),
    settings,
    split,
  };
}

/** A full training. */
export function train(spec: Spec): Asked {
  const { data, key, settings, split } = parts(spec);
  return once(['train', ...key], () => {
    const { model, seed, splitSeed, validation } = spec;
    const held = validation || undefined;
    const run = new Run(data, model.id, settings, split, seed, splitSeed, held);
    let diverged: number | undefined;
    for (let epoch = 1; epoch <= run.epochs && diverged === undefined; epoch++) {
      try {
        run.pass();
      } catch (error) {
        if (!(error instanceof Error) || !error.message.includes('diverged')) throw error;
        diverged = epoch;
      }
    }
    return new Trained(run, data, diverged);
  });
}

/** A walk over all ratings, at a step. */
export function walk(spec: Spec, step: number): Asked {
  const { data, key, settings } = parts(spec);
  return once(['walk', step, ...key], () => {
    const steps = new Walk(data, spec.model.id, settings, spec.seed);
    const start = steps.parameters();
    steps.jump(step);
    return new Walked(steps, data, start);
  });
}

/** Cross-validation. */
export function folds(spec: Spec, count: number): Asked {
  const { data, key, settings } = parts(spec);
  return once(['folds', count, ...key], () => {
    return new Folded(
      crossValidate(data, spec.model.id, settings, count, spec.seed, spec.splitSeed),
    );
  });
}

/** Users or items that become cold, group by group, each measured with what is asked for. */
export function cold(spec: Spec, groups: number, side: 'users' | 'items'): Asked {
  const { data, key, settings } = parts(spec);
  return once(['cold', groups, side, ...key], () => {
    const { model, seed, splitSeed } = spec;
    const plan = new ColdStart(data, side, Uint32Array.from(KNOWN), groups, seed, splitSeed);
    const measure = (known: number): number => {
      const found = Array.from({ length: groups }, (_, fold) => ({
        ...plan.measure(model.id, settings, fold, known),
        at: 0,
        fold,
      }));
      return coldCurve(found, 0)[0]?.rmse ?? NaN;
    };
    return new Chilled(measure);
  });
}

/** An index that counts from 1 on the page. */
async function place({ at }: Call, n: number, evaluate: Evaluate): Promise<number | undefined> {
  const index = at[n];
  return index && Number(await evaluate(index));
}

/** What a model at hand can tell, trained or walking. */
abstract class WithModel implements Asked {
  constructor(
    private readonly model: Run | Walk,
    protected readonly data: Data,
  ) {}

  async value(call: Call, evaluate: Evaluate): Promise<Value> {
    const { name } = call;
    if (PARAMETERS.includes(name)) return this.entry(call, evaluate);
    switch (name) {
      case 'objective':
        return this.model.objective();
      case 'fingerprint':
        return this.model.fingerprint();
      case 'r': {
        const [u = 0, i = 0] = [await place(call, 0, evaluate), await place(call, 1, evaluate)];
        return this.model.predictions()[(u - 1) * this.data.info().items + i - 1] ?? NaN;
      }
      case 'farthest_known':
        return Math.max(...this.errors().map(Math.abs));
      case 'norm':
        return Math.hypot(...(await this.values(call, evaluate)));
      case 'largest':
        return (await this.values(call, evaluate)).reduce(
          (most, value) => Math.max(most, Math.abs(value)),
          0,
        );
      case 'length': {
        const [least = 0, most = Infinity] = [
          await place(call, 0, evaluate),
          await place(call, 1, evaluate),
        ];
        const rows = await this.rows(call.of[0], evaluate);
        const counts = call.at.length > 0 ? this.data.itemCounts() : undefined;
        const kept = rows.filter((_, n) => {
          const ratings = counts?.[n] ?? least;
          return least <= ratings && ratings <= most;
        });
        return kept.reduce((sum, row) => sum + Math.hypot(...row), 0) / kept.length;
      }
      case 'cosines':
        return cosines(await this.rated(call, evaluate));
      case 'nearest':
        return nearest(await this.rated(call, evaluate), (await place(call, 1, evaluate)) ?? 1);
      case 'mates': {
        const { users } = this.data.info();
        const sizes = Array.from({ length: users }, (_, u) => this.data.row(u).items.length);
        return sizes.reduce((sum, n) => sum + n * n, 0) / sizes.reduce((sum, n) => sum + n, 0);
      }
      case 'rare_items': {
        const least = (await place(call, 0, evaluate)) ?? 1;
        const counts = [...this.data.itemCounts()];
        return counts.filter((ratings) => ratings < least).length / counts.length;
      }
      case 'users':
      case 'items':
      case 'ratings':
        return this.data.info()[name];
      default:
        return this.own(call, evaluate);
    }
  }

  protected abstract own(call: Call, evaluate: Evaluate): Promise<Value>;

  protected parameter(name: string, among = this.model.parameters()): ParameterValues {
    const found = among.find((parameter) => parameter.name === name);
    if (!found) throw new Error(`this model has no parameter ${name}`);
    return found;
  }

  private async entry(call: Call, evaluate: Evaluate): Promise<number> {
    const { columns, values } = this.parameter(call.name);
    const row = ((await place(call, 0, evaluate)) ?? 1) - 1;
    const column = ((await place(call, 1, evaluate)) ?? 1) - 1;
    return values[row * columns + column] ?? NaN;
  }

  /** The values of the parameter in round brackets, or of the one row that it names. */
  private async values({ of }: Call, evaluate: Evaluate): Promise<number[]> {
    return (await this.rows(of[0], evaluate)).flat();
  }

  protected async rows(
    of: Expression | undefined,
    evaluate: Evaluate,
    among?: ParameterValues[],
  ): Promise<number[][]> {
    if (of?.kind !== 'call') throw new Error('only a parameter has rows');
    const { columns, values } = this.parameter(of.name, among);
    const row = await place(of, 0, evaluate);
    const count = values.length / columns;
    const rows = row === undefined ? Array.from({ length: count }, (_, n) => n) : [row - 1];
    return rows.map((n) => [...values.slice(n * columns, (n + 1) * columns)]);
  }

  /** The vectors of the items with at least so many ratings. */
  private async rated(call: Call, evaluate: Evaluate): Promise<number[][]> {
    const least = (await place(call, 0, evaluate)) ?? 0;
    const counts = this.data.itemCounts();
    const q: Call = { kind: 'call', run: undefined, name: 'q_i', of: [], at: [] };
    return (await this.rows(q, evaluate)).filter((_, i) => (counts[i] ?? 0) >= least);
  }

  /** Of all known ratings of a small data set. */
  private errors(): number[] {
    const predictions = this.model.predictions();
    return [...this.data.cells()].flatMap((rating, cell) =>
      Number.isNaN(rating) ? [] : [rating - (predictions[cell] ?? NaN)],
    );
  }
}

/** After how many steps a number is larger than before, by more than rounding. */
function rises(values: Float64Array): number {
  return values.filter((value, n) => value > (values[n - 1] ?? Infinity) * (1 + 1e-6)).length;
}

class Trained extends WithModel {
  constructor(
    private readonly run: Run,
    data: Data,
    /** The epoch in which it did. */
    private readonly diverged: number | undefined,
  ) {
    super(run, data);
  }

  protected async own(call: Call, evaluate: Evaluate): Promise<Value> {
    const history = this.run.history();
    const chosen = chosenEpoch(history);
    const epoch = history[(await place(call, 0, evaluate)) ?? history.length - 1];
    switch (call.name) {
      case 'train_rmse':
        return epoch?.train.rmse ?? NaN;
      case 'test_rmse':
        return epoch?.test.rmse ?? NaN;
      case 'test_rank':
        return epoch?.test.rank ?? NaN;
      case 'validation_rmse':
        return epoch?.validation?.rmse ?? NaN;
      case 'lowest_rmse':
        return chosen?.validation?.rmse ?? NaN;
      case 'lowest_epoch':
        return chosen?.epoch ?? NaN;
      case 'chosen_rmse':
        return chosen?.test.rmse ?? NaN;
      case 'epochs':
        return history.length - 1;
      case 'diverged':
        return Number(this.diverged !== undefined);
      case 'diverged_epoch':
        return this.diverged ?? NaN;
      case 'singular':
        return epoch?.singular ?? NaN;
      case 'operations':
        return epoch?.operations ?? NaN;
      case 'distinct_films':
        return new Set(
          this.lists()
            .flat()
            .map(({ item }) => item),
        ).size;
      case 'most_listed': {
        const times = new Map<number, number>();
        for (const { item } of this.lists().flat()) times.set(item, (times.get(item) ?? 0) + 1);
        return Math.max(...times.values());
      }
      case 'above_scale': {
        const listed = this.lists().flat();
        const [, high] = this.data.info().scale;
        return listed.filter(({ rating }) => rating > high).length / listed.length;
      }
      case 'listed_addend': {
        const [words] = call.of;
        const name = words?.kind === 'text' ? words.value : '';
        const sizes = this.lists().flatMap((films, u) =>
          films.map(({ item }) => {
            const terms = this.run.explain(u, item).terms;
            return Math.abs(terms.find(({ addend }) => addend.name === name)?.value ?? NaN);
          }),
        );
        return sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? NaN;
      }
      case 'tier_size': {
        const [words] = call.of;
        const tier = TIERS.find((name) => words?.kind === 'text' && words.value === name);
        if (!tier) throw new Error(`the tiers are ${TIERS.join(', ')}`);
        const user = await place(call, 0, evaluate);
        const rows = this.lists().flatMap((films, u) =>
          user === undefined || user === u + 1
            ? films.map(({ item }) => tierShares(this.run.explain(u, item).terms))
            : [],
        );
        return meanSize(rows, tier);
      }
      case 'top_count':
        return this.run.recommend(0, 1, (await place(call, 0, evaluate)) ?? 1)[0]?.count ?? NaN;
      default:
        throw new Error(`a training cannot tell ${call.name}`);
    }
  }

  private films: { item: number; rating: number }[][] | undefined;

  /** The list of every user, as the page shows it. */
  private lists(): { item: number; rating: number }[][] {
    const { ratings, users } = this.data.info();
    const least = usualLeast(ratings);
    this.films ??= Array.from({ length: users }, (_, u) => this.run.recommend(u, LISTED, least));
    return this.films;
  }
}

class Walked extends WithModel {
  constructor(
    private readonly walk: Walk,
    data: Data,
    private readonly start: ParameterValues[],
  ) {
    super(walk, data);
  }

  protected async own(call: Call, evaluate: Evaluate): Promise<Value> {
    const { step } = this.walk.position();
    switch (call.name) {
      case 'step':
        return step;
      case 'rmse':
        return this.walk.errors()[(await place(call, 0, evaluate)) ?? step] ?? NaN;
      case 'rises':
        return rises(this.walk.objectives());
      case 'rmse_rises':
        return rises(this.walk.errors());
      case 'moved': {
        const [of] = call.of;
        const now = (await this.rows(of, evaluate)).flat();
        const before = (await this.rows(of, evaluate, this.start)).flat();
        return Math.max(...now.map((value, n) => Math.abs(value - (before[n] ?? NaN))));
      }
      case 'error':
      case 'error_after':
        return this.error(call.name === 'error_after');
      default:
        throw new Error(`a walk cannot tell ${call.name}`);
    }
  }

  /** What the rating of the last step misses, with the addends before the step or with what it left. */
  private error(after: boolean): number {
    const step = this.walk.last();
    if (!step || !('rating' in step.subject)) throw new Error('the last step was not for a rating');
    const { i, r, u } = step.subject.rating;
    const before = step.terms.reduce((sum, { value }) => sum + value, 0);
    return r - (after ? (this.walk.predictions()[u * this.data.info().items + i] ?? NaN) : before);
  }
}

class Folded implements Asked {
  constructor(private readonly found: CrossValidated) {}

  async value(call: Call, evaluate: Evaluate): Promise<Value> {
    const { rank, rmse } = this.found.errors;
    const fold = await place(call, 0, evaluate);
    switch (call.name) {
      case 'cv_rmse':
        return (fold === undefined ? rmse?.mean : rmse?.folds[fold - 1]) ?? NaN;
      case 'cv_spread':
        return rmse?.sd ?? NaN;
      case 'cv_rank':
        return rank?.mean ?? NaN;
      case 'fingerprint':
        return this.found.fingerprint;
      default:
        throw new Error(`folds cannot tell ${call.name}`);
    }
  }
}

class Chilled implements Asked {
  private readonly measured = new Map<number, number>();

  constructor(private readonly measure: (known: number) => number) {}

  async value(call: Call, evaluate: Evaluate): Promise<Value> {
    if (call.name !== 'cold_rmse') throw new Error(`a cold start cannot tell ${call.name}`);
    const known = (await place(call, 0, evaluate)) ?? 0;
    const found = this.measured.get(known) ?? this.measure(known);
    this.measured.set(known, found);
    return found;
  }
}
