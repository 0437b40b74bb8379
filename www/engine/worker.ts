// One worker, one data set, at most one walk and one training: the engine behind one live part.

import { expose } from 'comlink';

import init, {
  type BiasCurve,
  type Chain,
  type Chart,
  ColdStart,
  Data,
  type Epoch,
  type Explanation,
  type Film,
  histogramChart,
  lineChart,
  type NewcomerAnswer,
  type NewItem,
  type NewUser,
  type ParameterValues,
  type Part,
  type Posterior,
  type Preview,
  Run,
  type ShareOf,
  type Shortened,
  type Step,
  Upload,
  Walk,
} from '../../pkg/factorscope.js';
import { isTrap } from './life.ts';
import type {
  Addends,
  Bars,
  ColdPart,
  ColdSetup,
  Curved,
  Cutout,
  Drawn,
  DrawnLine,
  Fit,
  Interpolating,
  ItemVectors,
  Loaded,
  LoadProgress,
  Meant,
  NamedFile,
  Neighbored,
  Opened,
  Print,
  Progress,
  Raced,
  Setup,
  Source,
  Trained,
  Walked,
} from './types.ts';

const PROGRESS_MS = 100;

/** The engine's memory, once it has begun. */
let memory: WebAssembly.Memory | undefined;

/** Lets messages in, such as a cancel, between two passes. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export class Engine {
  private data: Data | undefined;
  private run: Run | undefined;
  private walk: Walk | undefined;
  /** Files that are being read, or could not be. */
  private upload: Upload | undefined;
  private cancelled = false;

  async start(module: WebAssembly.Module): Promise<void> {
    ({ memory } = await init({ module_or_path: module }));
  }

  /** Replaces the data set. If it cannot be read, nothing changes and the reason is thrown. */
  async open(source: Source, cutout: Cutout): Promise<Opened> {
    let data = await read(source);
    if (cutout) {
      const whole = data;
      data = cutout === 'similar' ? whole.similar() : whole.cutout(cutout === 'uneven');
      whole.free();
    }
    this.data?.free();
    this.data = data;
    this.run = undefined;
    this.walk = undefined;
    return described(data);
  }

  /** Reads files and hands over what a page shares of them. Those that cannot be read are kept. */
  async load(
    files: readonly NamedFile[],
    meant: Meant,
    tell: (progress: LoadProgress) => unknown,
  ): Promise<Loaded> {
    this.upload = await uploaded(files, tell);
    const data = this.upload.load(
      meant,
      throttled((done) => tell({ step: 'ratings', done })),
    );
    this.upload.free();
    this.upload = undefined;
    tell({ step: 'packing' });
    const cutout = data.cutout(false);
    const loaded = {
      opened: described(data),
      bytes: packed(data),
      cutout: packed(cutout),
      report: data.report(),
    };
    cutout.free();
    data.free();
    return loaded;
  }

  /** The first rows of files that could not be read, if there is a table among them. */
  preview(): Preview | undefined {
    try {
      return this.upload?.preview();
    } catch (error) {
      reason(error);
      return undefined;
    }
  }

  /** What a user rated: dense item indices and ratings. */
  row(user: number): { items: number[]; ratings: number[] } {
    return this.opened.row(user);
  }

  /** Trains on the whole data set at once and returns everything; for small data. */
  fit(setup: Setup, passes: number): Fit {
    const run = begin(this.opened, { ...setup, split: 'everything' });
    let stopped: string | undefined;
    try {
      for (let pass = 0; pass < passes; pass++) run.pass();
    } catch (error) {
      stopped = reason(error);
    }
    const fit: Fit = {
      history: run.history(),
      predictions: run.predictions(),
      parameters: run.parameters(),
      objective: run.objective(),
      ...print(run),
      stopped,
    };
    run.free();
    return fit;
  }

  /** Begins a walk at its start values and goes to a step. */
  walkFrom(setup: Setup, step: number, color: Uint8Array, drawn: Drawn): Walked {
    this.walk = new Walk(this.opened, setup.model, setup.settings, setup.seed);
    return this.walkTo(step, color, drawn);
  }

  /** Goes to a step of the walk, forward or back, as far as it gets. */
  walkTo(step: number, color: Uint8Array, drawn: Drawn): Walked {
    const walk = this.walk;
    if (!walk) throw new Error('no walk has begun');
    walk.jump(step);
    return {
      position: walk.position(),
      step: walk.last(),
      parameters: walk.parameters(),
      predictions: walk.predictions(),
      errors: walk.errors(),
      objectives: walk.objectives(),
      objective: walk.objective(),
      ...print(walk),
      chart: walk.chart(color, drawn === 'objective'),
      end: walk.position().step < step,
    };
  }

  /** The first step that settings lead to; the walk under way stays where it is. */
  firstStep(setup: Setup): { step: Step | undefined; parameters: ParameterValues[] } {
    const walk = new Walk(this.opened, setup.model, setup.settings, setup.seed);
    walk.jump(1);
    const first = { step: walk.last(), parameters: walk.parameters() };
    walk.free();
    return first;
  }

  /** Trains with the errors after each epoch; answers when done, cancelled or diverged. */
  async train(
    setup: Setup,
    colors: { train: Uint8Array; test: Uint8Array },
    tell: (progress: Progress) => unknown,
  ): Promise<Trained> {
    this.cancelled = false;
    this.run?.free();
    this.run = undefined;
    const data = this.opened;
    const run = begin(data, setup);
    const chart = (): Chart | undefined => run.chart(colors.train, colors.test);
    let stopped: string | undefined;
    let told = performance.now();
    tell({ history: run.history(), epochs: run.epochs, chart: chart() });
    try {
      for (let epoch = 0; epoch < run.epochs && !this.cancelled; epoch++) {
        run.pass();
        if (performance.now() - told > PROGRESS_MS) {
          tell({ history: run.history(), epochs: run.epochs, chart: chart() });
          told = performance.now();
        }
        await breathe();
      }
    } catch (error) {
      stopped = reason(error);
    }
    const history = run.history();
    const trained = {
      history,
      epochs: run.epochs,
      chart: chart(),
      ...print(run),
      spec: run.spec(),
      remarks: run.remarks(),
      cancelled: this.cancelled && history.length <= run.epochs,
      stopped,
    };
    // Where another data set was opened meanwhile, nobody may ask this model about it.
    if (data === this.data) this.run = run;
    else run.free();
    return trained;
  }

  /** Ends the training under way after its current epoch. */
  cancel(): void {
    this.cancelled = true;
  }

  /** Films for a user by the trained model, and what the user rated highest. */
  recommend(user: number, count: number, least: number): { films: Film[]; favorites: Film[] } {
    return {
      films: this.trained.recommend(user, count, least),
      favorites: this.trained.favorites(user, count),
    };
  }

  /** Why a prediction of the trained model is what it is. */
  explain(user: number, item: number): Explanation {
    return this.trained.explain(user, item);
  }

  /** Trains one model with the errors after each epoch, and keeps nothing; for races. */
  async history(setup: Setup, tell?: (epoch: Epoch) => unknown): Promise<Raced> {
    return this.passing(setup, (run) => ({ history: run.history() }), tell);
  }

  /** Trains one model and hands over the vectors of its items, and keeps nothing. */
  async vectorsOf(setup: Setup): Promise<ItemVectors> {
    return this.passing(setup, (run) => {
      const q = run.parameters().find(({ name }) => name === 'q_i');
      if (!q) throw new Error('this model has no vectors of items');
      return { values: Float32Array.from(q.values), factors: q.columns };
    });
  }

  /** Trains a model of its own to the end, tells what is asked of it, and lets it go. */
  private async passing<T>(
    setup: Setup,
    ask: (run: Run) => T,
    tell?: (epoch: Epoch) => unknown,
  ): Promise<T & Print & { stopped: string | undefined }> {
    this.cancelled = false;
    const run = begin(this.opened, setup);
    let stopped: string | undefined;
    try {
      for (let epoch = 0; epoch < run.epochs && !this.cancelled; epoch++) {
        const measured = run.pass();
        tell?.(measured);
        await breathe();
      }
    } catch (error) {
      stopped = reason(error);
    }
    const told = { ...ask(run), ...print(run), stopped };
    run.free();
    return told;
  }

  /** Lines over a common axis. */
  lines(
    xLabel: string,
    yLabel: string,
    lines: readonly DrawnLine[],
    xLog: boolean,
  ): Chart | undefined {
    return lineChart(
      xLabel,
      yLabel,
      Uint32Array.from(lines, ({ points }) => points.length),
      Float64Array.from(lines.flatMap(({ points }) => points.flat())),
      Uint8Array.from(lines.flatMap(({ color }) => [...color])),
      xLog,
    );
  }

  /** What the trained model predicts for somebody with these ratings who is not in the data. */
  newcomer(
    items: Uint32Array,
    ratings: Float32Array,
    count: number,
    least: number,
    byChange: boolean,
  ): NewcomerAnswer {
    return this.trained.newcomer(items, ratings, count, least, byChange);
  }

  /** The factors of the trained nonnegative factorization, by their films and genres. */
  parts(count: number, least: number): Part[] {
    return this.trained.parts(count, least);
  }

  /** The two vectors and the biases of one prediction of the trained model. */
  addends(user: number, item: number): Addends {
    const parameters = this.trained.parameters();
    const row = (name: string, at: number): Float32Array => {
      const found = parameters.find((parameter) => parameter.name === name);
      const { columns, values } = found ?? { columns: 0, values: new Float32Array() };
      return values.slice(at * columns, (at + 1) * columns);
    };
    return {
      p: row('p_u', user),
      q: row('q_i', item),
      mu: row('mu', 0)[0] ?? 0,
      bUser: row('b_u', user)[0] ?? 0,
      bItem: row('b_i', item)[0] ?? 0,
    };
  }

  /** What the draws of the trained sampler say of one rating. */
  posterior(user: number, item: number): Posterior {
    return this.trained.posterior(user, item);
  }

  /** How the chain of the trained sampler went. */
  chain(): Chain {
    return this.trained.chain();
  }

  /** Bars between edges, a curve over them, and marked values; colours in this order. */
  bars(
    xLabel: string,
    yLabel: string,
    { edges, heights, curve, marks, colors }: Bars,
  ): Chart | undefined {
    return histogramChart(
      xLabel,
      yLabel,
      Float64Array.from(edges),
      Float64Array.from(heights),
      Float64Array.from(curve.flat()),
      Float64Array.from(marks),
      Uint8Array.from(colors.flatMap((color) => [...color])),
    );
  }

  /** Confidence and similarity of each rated item in a prediction of the trained implicit model. */
  shares(user: number, item: number): ShareOf[] {
    return this.trained.shares(user, item);
  }

  /** One user's matrix with and without the shortcut, after one epoch of the implicit model. */
  shortcut(setup: Setup, user: number): Shortened {
    const run = begin(this.opened, setup);
    try {
      run.pass();
      return run.shortcut(user);
    } finally {
      run.free();
    }
  }

  /** Somebody of whom only these attributes are known, by the trained model. */
  newUser(attributes: number[], count: number, least: number): NewUser {
    return this.trained.newUser(Uint32Array.from(attributes), count, least);
  }

  /** A film of which only these genres are known. */
  newItem(attributes: number[]): NewItem {
    return this.trained.newItem(Uint32Array.from(attributes));
  }

  /** The vector of every item with that of its attributes, row by row. */
  itemVectors(): Float32Array {
    return this.trained.itemVectors();
  }

  /** Trains every model once for each group and each number of known ratings; group by group. */
  async coldStart(setup: ColdSetup, tell: (part: ColdPart) => unknown): Promise<number> {
    this.cancelled = false;
    const { folds, known, models, seed, side, splitSeed } = setup;
    const plan = new ColdStart(this.opened, side, Uint32Array.from(known), folds, seed, splitSeed);
    try {
      for (let fold = 0; fold < folds; fold++) {
        for (const n of known) {
          for (const [at, { model, settings }] of models.entries()) {
            if (this.cancelled) return plan.lines();
            tell({ ...plan.measure(model, settings, fold, n), at, fold });
            await breathe();
          }
        }
      }
      return plan.lines();
    } finally {
      plan.free();
    }
  }

  /** All parameters of the trained model. */
  parameters(): ParameterValues[] {
    return this.trained.parameters();
  }

  /** How many ratings each item has, by dense index. */
  counts(): Uint32Array {
    return this.opened.itemCounts();
  }

  /** Whose curves the trained model can be asked for. */
  curved(most: number): Curved {
    return { films: this.trained.mostRated(most), users: this.trained.regulars(most) };
  }

  /** A film's bias over the years; `colors` of the line and of the dots. */
  itemCurve(item: number, colors: Uint8Array): BiasCurve {
    return this.trained.itemCurve(item, colors);
  }

  /** A user's bias over the years. */
  userCurve(user: number, colors: Uint8Array): BiasCurve {
    return this.trained.userCurve(user, colors);
  }

  /** One prediction of a neighborhood model trained on the whole of a small data set. */
  neighbors(
    setup: Setup,
    user: number,
    asked: number | undefined,
    chosen: number | undefined,
  ): Neighbored {
    const run = this.whole(setup);
    const item = asked ?? this.spokenFor(run, user);
    const neighborhood = run.neighborhood(user, item);
    const ids = neighborhood.candidates.map(({ id }) => id);
    const other = chosen !== undefined && ids.includes(chosen) ? chosen : ids[0];
    const row = setup.model === 'user-knn' ? user : item;
    const found = {
      item,
      neighborhood,
      other,
      shared: other === undefined ? undefined : run.sharedRaters(row, other),
      known: this.known(user, item),
      ...print(run),
    };
    run.free();
    return found;
  }

  /** The system of one prediction with interpolation weights, from the whole of a small data set. */
  interpolate(setup: Setup, user: number, asked: number | undefined): Interpolating {
    const run = this.whole(setup);
    const item = asked ?? this.sayingTheSame(run, user);
    const found = {
      item,
      interpolated: run.interpolated(user, item),
      known: this.known(user, item),
      ...print(run),
    };
    run.free();
    return found;
  }

  /** A model after one pass over everything. */
  private whole(setup: Setup): Run {
    const run = begin(this.opened, { ...setup, split: 'everything' });
    run.pass();
    return run;
  }

  /** The item for which most speak: a good one to begin with. */
  private spokenFor(run: Run, user: number): number {
    const { items } = this.opened.info();
    const speaking = Array.from({ length: items }, (_, item) => {
      const { candidates } = run.neighborhood(user, item);
      return candidates.filter(({ similarity }) => similarity > 0).length;
    });
    return speaking.indexOf(Math.max(...speaking));
  }

  /** The item with the most similar neighbors that are left without a weight: they say what others say. */
  private sayingTheSame(run: Run, user: number): number {
    const { items } = this.opened.info();
    const left = Array.from({ length: items }, (_, item) => {
      const { neighbors, system } = run.interpolated(user, item);
      const theta = system.solution ?? [];
      const without = neighbors.filter((_, n) => (theta[n] ?? 0) <= 0);
      return without.reduce((sum, [, similarity]) => sum + similarity, 0);
    });
    return left.indexOf(Math.max(...left));
  }

  private known(user: number, item: number): number | undefined {
    const { items, ratings } = this.opened.row(user);
    return ratings[items.indexOf(item)];
  }

  private get opened(): Data {
    if (!this.data) throw new Error('no data set is open');
    return this.data;
  }

  private get trained(): Run {
    if (!this.run) throw new Error('no model has been trained');
    return this.run;
  }
}

function print(of: Run | Walk): Print {
  return { fingerprint: of.fingerprint(), receipt: of.receipt() };
}

/** A model at its start values. */
function begin(data: Data, { model, seed, settings, split, splitSeed }: Setup): Run {
  return new Run(data, model, settings, split, seed, splitSeed);
}

async function read(source: Source): Promise<Data> {
  switch (source.kind) {
    case 'table':
      return Data.table(source.users, source.items, source.cells);
    case 'simulation':
      return Data.simulation(source.seed);
    case 'files':
      return readFiles(source.files);
  }
}

async function readFiles(files: readonly NamedFile[]): Promise<Data> {
  const upload = await uploaded(files, () => undefined);
  try {
    return upload.load(undefined, () => undefined);
  } finally {
    upload.free();
  }
}

/** Streams files into the engine: none of them is whole anywhere else. */
async function uploaded(
  files: readonly NamedFile[],
  tell: (progress: LoadProgress) => unknown,
): Promise<Upload> {
  const of = files.reduce((sum, { file }) => sum + file.size, 0);
  const upload = new Upload();
  const heard = throttled((done) => tell({ step: 'bytes', done, of }));
  let done = 0;
  for (const { file, path } of files) {
    upload.file(path, file.size);
    const reader = file.stream().getReader();
    for (;;) {
      const { value } = await reader.read();
      if (!value) break;
      upload.chunk(value);
      done += value.length;
      heard(done);
    }
  }
  tell({ step: 'bytes', done: of, of });
  return upload;
}

/** Passes on what comes often only now and then. */
function throttled(tell: (done: number) => unknown): (done: number) => void {
  let told = performance.now();
  return (done) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    tell(done);
  };
}

/** What a page is told of a data set. */
function described(data: Data): Opened {
  const info = data.info();
  const isSmall = info.users * info.items <= 1024;
  return {
    info,
    items: data.catalogue(),
    users: data.userIds(),
    cells: isSmall ? data.cells() : undefined,
    moments: isSmall ? data.moments() : undefined,
  };
}

function packed(data: Data): Blob {
  // The engine's own copy is handed over whole, so that nothing else can write to it.
  return new Blob([data.encode() as Uint8Array<ArrayBuffer>]);
}

/** Why a training ended early, in the engine's words. A trap is no such reason, and goes on. */
function reason(error: unknown): string {
  if (isTrap(error)) throw error;
  return error instanceof Error ? error.message : String(error);
}

/** Half of what an engine can ever have: a trap beyond it comes from want of memory. */
const MUCH_MEMORY = 2 ** 31;

/** A trap with what is known of its cause, for the page to tell. */
function told(error: unknown): unknown {
  if (!isTrap(error)) return error;
  const trap = new Error();
  trap.name = 'RuntimeError';
  const bytes = memory?.buffer.byteLength ?? 0;
  if (bytes >= MUCH_MEMORY) {
    trap.message =
      `The engine ran out of memory: it held ${(bytes / 2 ** 30).toFixed(1)} of the 4 GB that it can ` +
      'have. Fewer factors or neighbors, or a sample of the ratings, take less. It was ended';
  }
  return trap;
}

/** The engine with every trap of every method told. */
function watched(engine: Engine): Engine {
  return new Proxy(engine, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...list: unknown[]): Promise<unknown> => {
        try {
          return await (Reflect.apply(value, target, list) as unknown);
        } catch (error) {
          throw told(error);
        }
      };
    },
  });
}

expose(watched(new Engine()));
