// Models at work: trained on the data that is open, pass by pass, until they are done or told to stop.

import {
  type Chart,
  ColdStart,
  type Data,
  type Epoch,
  Run,
  type Shortened,
  type Walk,
} from '../../pkg/factorscope.js';
import { reason } from './traps.ts';
import type {
  ColdPart,
  ColdSetup,
  Fit,
  ItemVectors,
  PartColors,
  Print,
  Progress,
  Raced,
  Setup,
  Trained,
} from './types.ts';

/** Between two reports of how far a training is. */
const PROGRESS_MS = 100;

/** Lets messages in, such as a cancel, between two passes. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Whether what is under way is to end. */
type Cancelled = () => boolean;

/** What parameters and predictions come to. */
export function print(of: Run | Walk): Print {
  return { fingerprint: of.fingerprint(), receipt: of.receipt() };
}

/** A model at its start values. */
export function begin(data: Data, setup: Setup): Run {
  const { model, seed, settings, split, splitSeed, validation } = setup;
  return new Run(data, model, settings, split, seed, splitSeed, validation || undefined);
}

/** The same with nothing held back. */
export function onWhole(setup: Setup): Setup {
  return { ...setup, split: 'everything', validation: 0 };
}

/** Trains on the whole data set at once and returns everything; for small data. */
export function fit(data: Data, setup: Setup, passes: number): Fit {
  const run = begin(data, onWhole(setup));
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

/** Trains with the errors after each epoch; answers with the model when done, cancelled or diverged. */
export async function train(
  data: Data,
  setup: Setup,
  colors: PartColors,
  cancelled: Cancelled,
  tell: (progress: Progress) => unknown,
): Promise<{ run: Run; trained: Trained }> {
  const run = begin(data, setup);
  const chart = (): Chart | undefined => run.chart(colors.train, colors.validation, colors.test);
  let stopped: string | undefined;
  let told = performance.now();
  tell({ history: run.history(), epochs: run.epochs, chart: chart() });
  try {
    for (let epoch = 0; epoch < run.epochs && !cancelled(); epoch++) {
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
    cancelled: cancelled() && history.length <= run.epochs,
    stopped,
  };
  return { run, trained };
}

/** Trains one model with the errors after each epoch, and keeps nothing; for races. */
export function history(
  data: Data,
  setup: Setup,
  cancelled: Cancelled,
  tell?: (epoch: Epoch) => unknown,
): Promise<Raced> {
  return passing(data, setup, cancelled, (run) => ({ history: run.history() }), tell);
}

/** Trains one model and hands over the vectors of its items, and keeps nothing. */
export function vectorsOf(data: Data, setup: Setup, cancelled: Cancelled): Promise<ItemVectors> {
  return passing(data, setup, cancelled, (run) => {
    const q = run.parameters().find(({ name }) => name === 'q_i');
    if (!q) throw new Error('this model has no vectors of items');
    return { values: Float32Array.from(q.values), factors: q.columns };
  });
}

/** Trains a model of its own to the end, tells what is asked of it, and lets it go. */
async function passing<T>(
  data: Data,
  setup: Setup,
  cancelled: Cancelled,
  ask: (run: Run) => T,
  tell?: (epoch: Epoch) => unknown,
): Promise<T & Print & { stopped: string | undefined }> {
  const run = begin(data, setup);
  let stopped: string | undefined;
  try {
    for (let epoch = 0; epoch < run.epochs && !cancelled(); epoch++) {
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

/** One user's matrix with and without the shortcut, after one epoch of the implicit model. */
export function shortcut(data: Data, setup: Setup, user: number): Shortened {
  const run = begin(data, setup);
  try {
    run.pass();
    return run.shortcut(user);
  } finally {
    run.free();
  }
}

/** Trains every model once for each group and each number of known ratings; group by group. */
export async function coldStart(
  data: Data,
  setup: ColdSetup,
  cancelled: Cancelled,
  tell: (part: ColdPart) => unknown,
): Promise<number> {
  const { folds, known, models, seed, side, splitSeed } = setup;
  const plan = new ColdStart(data, side, Uint32Array.from(known), folds, seed, splitSeed);
  try {
    for (let fold = 0; fold < folds; fold++) {
      for (const n of known) {
        for (const [at, { model, settings }] of models.entries()) {
          if (cancelled()) return plan.lines();
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
