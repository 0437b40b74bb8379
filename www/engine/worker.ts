// One worker, one data set, at most one walk and one training: the engine behind one live part.

import { expose } from 'comlink';

import init, {
  type BiasCurve,
  type Chain,
  type Chart,
  Data,
  type Epoch,
  type Explanation,
  type Film,
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
import { bars, lines } from './charts.ts';
import { interpolate, neighbors } from './neighborhood.ts';
import { described, opened, ratingsOf, shared, uploaded } from './open.ts';
import { coldStart, fit, history, shortcut, train, vectorsOf } from './train.ts';
import { reason, watched } from './traps.ts';
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
  PartColors,
  Progress,
  Raced,
  Setup,
  Source,
  Trained,
  Walked,
} from './types.ts';
import { firstStep, walked, walkOf } from './walk.ts';

/** The engine's memory, once it has begun. */
let memory: WebAssembly.Memory | undefined;

export class Engine {
  private data: Data | undefined;
  private run: Run | undefined;
  private walk: Walk | undefined;
  /** Files that are being read, or could not be. */
  private upload: Upload | undefined;
  /** How often what was under way has been cancelled. */
  private cancels = 0;

  async start(module: WebAssembly.Module): Promise<void> {
    ({ memory } = await init({ module_or_path: module }));
  }

  /** Replaces the data set. If it cannot be read, nothing changes and the reason is thrown. */
  async open(source: Source, cutout: Cutout): Promise<Opened> {
    const data = await opened(source, cutout);
    this.data?.free();
    this.data = data;
    this.letGo();
    this.walk?.free();
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
    const data = ratingsOf(this.upload, meant, tell);
    this.upload.free();
    this.upload = undefined;
    tell({ step: 'packing' });
    return shared(data);
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
    return fit(this.opened, setup, passes);
  }

  /** Begins a walk at its start values and goes to a step. */
  walkFrom(setup: Setup, step: number, color: Uint8Array, drawn: Drawn): Walked {
    this.walk = walkOf(this.opened, setup);
    return this.walkTo(step, color, drawn);
  }

  /** Goes to a step of the walk, forward or back, as far as it gets. */
  walkTo(step: number, color: Uint8Array, drawn: Drawn): Walked {
    if (!this.walk) throw new Error('no walk has begun');
    return walked(this.walk, step, color, drawn);
  }

  /** The first step that settings lead to; the walk under way stays where it is. */
  firstStep(setup: Setup): { step: Step | undefined; parameters: ParameterValues[] } {
    return firstStep(this.opened, setup);
  }

  /** Trains with the errors after each epoch; answers when done, cancelled or diverged. */
  async train(
    setup: Setup,
    colors: PartColors,
    tell: (progress: Progress) => unknown,
  ): Promise<Trained> {
    this.letGo();
    const data = this.opened;
    const { run, trained } = await train(data, setup, colors, this.underWay(), tell);
    this.letGo();
    // Where another data set was opened meanwhile, nobody may ask this model about it.
    if (data === this.data) this.run = run;
    else run.free();
    return trained;
  }

  /** Ends all that is under way after its current epoch. */
  cancel(): void {
    this.cancels += 1;
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
    return history(this.opened, setup, this.underWay(), tell);
  }

  /** Trains one model and hands over the vectors of its items, and keeps nothing. */
  async vectorsOf(setup: Setup): Promise<ItemVectors> {
    return vectorsOf(this.opened, setup, this.underWay());
  }

  /** Lines over a common axis. */
  lines(
    xLabel: string,
    yLabel: string,
    all: readonly DrawnLine[],
    xLog: boolean,
  ): Chart | undefined {
    return lines(xLabel, yLabel, all, xLog);
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
  bars(xLabel: string, yLabel: string, all: Bars): Chart | undefined {
    return bars(xLabel, yLabel, all);
  }

  /** Confidence and similarity of each rated item in a prediction of the trained implicit model. */
  shares(user: number, item: number): ShareOf[] {
    return this.trained.shares(user, item);
  }

  /** One user's matrix with and without the shortcut, after one epoch of the implicit model. */
  shortcut(setup: Setup, user: number): Shortened {
    return shortcut(this.opened, setup, user);
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
    return coldStart(this.opened, setup, this.underWay(), tell);
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
    return neighbors(this.opened, setup, user, asked, chosen);
  }

  /** The system of one prediction with interpolation weights, from the whole of a small data set. */
  interpolate(setup: Setup, user: number, asked: number | undefined): Interpolating {
    return interpolate(this.opened, setup, user, asked);
  }

  /** Tells something that begins now whether it has been cancelled since; what begins later changes nothing in that. */
  private underWay(): () => boolean {
    const before = this.cancels;
    return () => this.cancels !== before;
  }

  /** The trained model is asked no more. */
  private letGo(): void {
    this.run?.free();
    this.run = undefined;
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

expose(watched(new Engine(), () => memory));
