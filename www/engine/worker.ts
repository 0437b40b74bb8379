// One worker, one data set, and the models and walks that are kept to be asked: the engine behind the live parts.

import { expose } from 'comlink';

import init, {
  type Chart,
  Data,
  type Preview,
  type Run,
  Upload,
  type Walk,
} from '../../pkg/factorscope.js';
import { answer, type Family } from './ask.ts';
import { bars, lines } from './charts.ts';
import { described, onward, opened, ratingsOf, shared, uploaded } from './open.ts';
import { ColdPlan, fit, train } from './train.ts';
import { reason, watched } from './traps.ts';
import type {
  Bars,
  ColdPart,
  ColdSetup,
  Cutout,
  Drawn,
  DrawnLine,
  Fit,
  Loaded,
  LoadProgress,
  ReadingOptions,
  NamedFile,
  Opened,
  Progress,
  Setup,
  Source,
  Trained,
  Walked,
  Wanted,
} from './types.ts';
import { walked, walkKey, walkOf } from './walk.ts';

/** The engine's memory, once it has begun. */
let memory: WebAssembly.Memory | undefined;

/** Who has asked for a model or a walk by a name, and what came of it. */
interface Kept<T extends { free(): void }> {
  /** What decides it, in one text. */
  key: string;
  is: T | undefined;
}

export class Engine {
  private data: Data | undefined;
  private readonly models = new Map<string, Kept<Run>>();
  private readonly walks = new Map<string, Kept<Walk>>();
  private cold: ColdPlan | undefined;
  /** Files that are being read, or could not be. */
  private upload: Upload | undefined;
  /** How often what a part had under way has been cancelled. */
  private readonly cancels = new Map<string, number>();

  async start(module: WebAssembly.Module): Promise<void> {
    ({ memory } = await init({ module_or_path: module }));
  }

  /** Replaces the data set. If it cannot be read, nothing changes and the reason is thrown. */
  async open(source: Source, cutout: Cutout): Promise<Opened> {
    const data = opened(source, cutout);
    this.data?.free();
    this.data = data;
    for (const kept of [this.models, this.walks]) {
      for (const { is } of kept.values()) is?.free();
      kept.clear();
    }
    this.cold?.free();
    this.cold = undefined;
    return described(data);
  }

  /** Reads files and hands over what a page shares of them. Those that cannot be read are kept. */
  async load(
    files: readonly NamedFile[],
    meant: ReadingOptions,
    tell: (progress: LoadProgress) => unknown,
  ): Promise<Loaded> {
    const heard = onward(tell);
    this.upload = uploaded(files, heard);
    const data = ratingsOf(this.upload, meant, heard);
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

  /** Trains for a part with the errors after each epoch; answers when done, cancelled or diverged. */
  async train(
    setup: Setup,
    wanted: Wanted = {},
    tell?: (progress: Progress) => unknown,
    scope = '',
  ): Promise<Trained> {
    const { keep } = wanted;
    const kept: Kept<Run> = { key: JSON.stringify(setup), is: undefined };
    if (keep !== undefined) {
      this.models.get(keep)?.is?.free();
      this.models.set(keep, kept);
    }
    const { run, trained } = await train(this.opened, setup, wanted, this.underWay(scope), tell);
    // Where other data was opened meanwhile, or another training begun, nobody may ask this model.
    if (keep !== undefined && this.models.get(keep) === kept) kept.is = run;
    else run.free();
    return trained;
  }

  /** Trains on the whole data set at once and returns everything; for small data. */
  fit(setup: Setup, passes: number): Fit {
    return fit(this.opened, setup, passes);
  }

  /** Goes to a step of a walk, forward or back, as far as it gets. Other settings begin another walk. */
  walk(name: string, setup: Setup, step: number, color: Uint8Array, drawn: Drawn): Walked {
    const key = walkKey(setup);
    let kept = this.walks.get(name);
    if (kept?.key !== key) {
      kept?.is?.free();
      this.walks.delete(name);
      kept = { key, is: walkOf(this.opened, setup) };
      this.walks.set(name, kept);
    }
    return walked(kept.is as Walk, step, color, drawn);
  }

  /** Trains one model of a cold start for one group and one number of known ratings. */
  coldPart(
    setup: ColdSetup,
    at: number,
    fold: number,
    known: number,
  ): ColdPart & { lines: number } {
    if (!this.cold?.isOf(setup)) {
      this.cold?.free();
      this.cold = undefined;
      this.cold = new ColdPlan(this.opened, setup);
    }
    return this.cold.measure(at, fold, known);
  }

  /** Asks the data set, or the model that is kept by this name or the object of its family. */
  ask(name: string, family: Family, question: string, list: readonly unknown[]): unknown {
    return answer({ data: this.data, run: this.models.get(name)?.is }, family, question, list);
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

  /** Bars between edges, a curve over them, and marked values; colours in this order. */
  bars(xLabel: string, yLabel: string, all: Bars): Chart | undefined {
    return bars(xLabel, yLabel, all);
  }

  /** Ends all that a part has under way after its current epoch. */
  cancel(scope = ''): void {
    this.cancels.set(scope, (this.cancels.get(scope) ?? 0) + 1);
  }

  /** Tells something that begins now whether it has been cancelled since; what begins later changes nothing in that. */
  private underWay(scope: string): () => boolean {
    const before = this.cancels.get(scope);
    return () => this.cancels.get(scope) !== before;
  }

  private get opened(): Data {
    if (!this.data) throw new Error('no data set is open');
    return this.data;
  }
}

expose(watched(new Engine(), () => memory));
