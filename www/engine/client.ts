// The page's side of an engine: started when first needed, replaced when it dies or does not listen.

import type { Remote } from 'comlink';

import wasmUrl from '../../pkg/factorscope_bg.wasm?url';
import type { Answer, Arguments, Family, Question } from './ask.ts';
import { EngineDied, EngineMissing, Life, type WorkerLike } from './life.ts';
import type { Cutout, Opened, Source } from './types.ts';
import type { Engine } from './worker.ts';

export { EngineDied, EngineMissing };

/** How long an engine may take to listen to a cancel before it is ended. */
const PATIENCE_MS = 3_000;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The engine's module, compiled once for all workers of the page. */
function module(): Promise<WebAssembly.Module> {
  if (!compiled) {
    compiled = compile();
    compiled.catch(() => (compiled = undefined));
  }
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  const response = await fetch(wasmUrl).catch(() => undefined);
  if (!response?.ok) {
    throw new Error(`its code could not be loaded (${response?.status ?? 'no connection'})`);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

function spawn(): WorkerLike {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}

/** What a client is made of; tests put their own in. */
interface Parts {
  spawn: () => WorkerLike;
  module: () => Promise<WebAssembly.Module>;
  /** Told when an engine died, with what it had trained, or could not be started. */
  lost: (error: EngineDied | EngineMissing) => void;
  /** Told when an engine has started and has the data open. */
  serves: () => void;
}

/** An engine and the data set it has open, through as many workers as it takes. */
export class Client {
  private readonly parts: Parts;
  /** The worker in use, and when it can be asked with the data open. */
  private life: Life | undefined;
  private serving: Promise<Life> | undefined;
  private source: { source: Source; cutout: Cutout } | undefined;
  /** Questions under way. */
  private readonly asked = new Set<Promise<unknown>>();
  /** How often what was under way has been cancelled. */
  private cancels = 0;

  constructor(parts: Partial<Parts> = {}) {
    this.parts = { spawn, module, lost: () => undefined, serves: () => undefined, ...parts };
  }

  /** Opens a data set and remembers it for a worker that has to be replaced. */
  async open(source: Source, cutout: Cutout): Promise<Opened> {
    // What was open is not opened once more only to be replaced.
    if (!this.life) this.source = undefined;
    const opened = await this.inTurn((engine) => engine.open(source, cutout));
    this.source = { source, cutout };
    return opened;
  }

  /**
   * Asks the engine something. Fails with `EngineDied` where it did not survive that, and with
   * `EngineMissing` where none could be started; the next call finds another engine, or tries again.
   */
  async call<T>(ask: (engine: Remote<Engine>) => Promise<T>): Promise<T> {
    const answer = this.inTurn(ask);
    this.asked.add(answer);
    try {
      return await answer;
    } finally {
      this.asked.delete(answer);
    }
  }

  /**
   * Asks the data set, or the model that was trained to be kept by this name: the run itself, or the object
   * of its family.
   */
  ask<F extends Family, Q extends Question<F>>(
    name: string,
    family: F,
    question: Q,
    ...list: Arguments<F, Q>
  ): Promise<Answer<F, Q>> {
    return this.call(
      (engine) => engine.ask(name, family, question as string, list) as Promise<Answer<F, Q>>,
    );
  }

  /** Behind a pass that was cancelled and does not end, it has its turn in the next worker. */
  private async inTurn<T>(ask: (engine: Remote<Engine>) => Promise<T>): Promise<T> {
    const { cancels } = this;
    const life = await this.alive();
    return life.ask(ask).catch(async (error: unknown) => {
      // What was under way at the cancel is what was ended; what came after it has not begun.
      const behind = error instanceof EngineDied && error.cancelled && cancels === this.cancels;
      if (!behind) throw error;
      return (await this.alive()).ask(ask);
    });
  }

  /**
   * Asks what is under way to end. An engine that has not done so after some seconds is ended, whether
   * it is in a long pass or silent for good; whoever waits for it hears so.
   */
  async cancel(patience = PATIENCE_MS): Promise<void> {
    const { life } = this;
    const asked = [...this.asked];
    if (!life || asked.length === 0) return;
    this.cancels += 1;
    life.ask((engine) => engine.cancel()).catch(() => undefined);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), patience);
    });
    const over = Promise.allSettled(asked).then(() => false);
    const silent = await Promise.race([over, late]);
    clearTimeout(timer);
    if (silent) {
      life.finish(
        new EngineDied(
          `Cancelled: the engine had not come to an end of its pass after ${patience / 1000} seconds`,
          true,
        ),
      );
    }
  }

  /** Ends the worker. The next call starts another. */
  stop(): void {
    this.life?.finish(new Error('The engine was ended.'));
  }

  private alive(): Promise<Life> {
    if (!this.serving) {
      const serving = this.begin();
      this.serving = serving;
      serving.catch(() => {
        if (this.serving === serving) this.serving = undefined;
      });
    }
    return this.serving;
  }

  private async begin(): Promise<Life> {
    let served = false;
    const life = new Life(this.parts.spawn, this.parts.module, (error) => {
      if (this.life === life) {
        this.life = undefined;
        this.serving = undefined;
      }
      const died = error instanceof EngineDied;
      if (died || error instanceof EngineMissing) this.parts.lost(error);
      // One that died over its data is not tried again before somebody asks.
      if (died && served && this.source) this.alive().catch(() => undefined);
    });
    this.life = life;
    await life.ready;
    const { source } = this;
    if (source) await life.ask((engine) => engine.open(source.source, source.cutout));
    served = true;
    this.parts.serves();
    return life;
  }
}
