// Models at work: trained on the data that is open, pass by pass, until they are done or told to stop.

import { ColdStart, type Data, Run, type Walk } from '../../pkg/factorscope.js';
import { reason } from './traps.ts';
import type { ColdPart, ColdSetup, Fit, Print, Progress, Setup, Trained, Wanted } from './types.ts';

/** Between two reports of how far a training is. */
const PROGRESS_MS = 100;

/** How long a training goes on before messages are let in: a cancel is heard within a pass. */
const SLICE_MS = 50;

/** Lets messages in, such as a cancel. */
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
function onWhole(setup: Setup): Setup {
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
  { chart: colors, passes }: Wanted,
  cancelled: Cancelled,
  tell?: (progress: Progress) => unknown,
): Promise<{ run: Run; trained: Trained }> {
  const run = begin(data, setup);
  const epochs = passes ?? run.epochs;
  let within = 0;
  const progress = (): Progress => ({
    history: run.history(),
    epochs,
    within,
    chart: colors && run.chart(colors.train, colors.validation, colors.test),
  });
  let stopped: string | undefined;
  let told = performance.now();
  tell?.(progress());
  try {
    for (let epoch = 0; epoch < epochs && !cancelled();) {
      const share = run.advance(SLICE_MS);
      within = share % 1;
      epoch += Math.floor(share);
      if (tell && performance.now() - told > PROGRESS_MS) {
        tell(progress());
        told = performance.now();
      }
      await breathe();
    }
    if (cancelled()) run.abandon();
  } catch (error) {
    stopped = reason(error);
  }
  within = 0;
  const reached = progress();
  const trained = {
    ...reached,
    ...print(run),
    remarks: run.remarks(),
    cancelled: cancelled() && reached.history.length <= epochs,
    stopped,
  };
  return { run, trained };
}

/** A plan of a cold start, made once for all of its trainings. */
export class ColdPlan {
  private readonly plan: ColdStart;
  private readonly key: string;

  constructor(
    data: Data,
    private readonly setup: ColdSetup,
  ) {
    const { folds, known, seed, side, splitSeed } = setup;
    this.plan = new ColdStart(data, side, Uint32Array.from(known), folds, seed, splitSeed);
    this.key = JSON.stringify(setup);
  }

  /** Whether it is the plan of this. */
  isOf(setup: ColdSetup): boolean {
    return this.key === JSON.stringify(setup);
  }

  /** Trains one of the models once, with so many known ratings of each in one group of all those `lines`. */
  measure(at: number, fold: number, known: number): ColdPart & { lines: number } {
    const one = this.setup.models[at];
    if (!one) throw new Error('there is no such model');
    const point = this.plan.measure(one.model, one.settings, fold, known);
    return { ...point, at, fold, lines: this.plan.lines() };
  }

  free(): void {
    this.plan.free();
  }
}
