// The page's side of an engine: started when first needed, replaced when it dies or does not listen.

import type { Remote } from 'comlink';

import wasmUrl from '../../pkg/factorscope_bg.wasm?url';
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
  private closed = false;
  /** Questions under way. */
  private readonly asked = new Map<Promise<unknown>, string>();
  /** How often what a part had under way has been cancelled. */
  private readonly cancels = new Map<string, number>();

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
   * `EngineMissing` where none could be started; the next call finds another engine, or tries again. `scope`
   * is the part that asks.
   */
  async call<T>(ask: (engine: Remote<Engine>) => Promise<T>, scope = ''): Promise<T> {
    const answer = this.inTurn(ask, scope);
    this.asked.set(answer, scope);
    try {
      return await answer;
    } finally {
      this.asked.delete(answer);
    }
  }

  /** Whether a question of this part is under way. */
  isAsked(scope: string): boolean {
    return [...this.asked.values()].includes(scope);
  }

  /** Behind a pass that was cancelled and does not end, it has its turn in the next worker. */
  private async inTurn<T>(ask: (engine: Remote<Engine>) => Promise<T>, scope = ''): Promise<T> {
    const cancels = this.cancels.get(scope);
    const life = await this.alive();
    return life.ask(ask).catch(async (error: unknown) => {
      // What the cancel was for has ended; what came after it, or is of another part, goes on in the next.
      const isMeant = cancels !== this.cancels.get(scope);
      if (!(error instanceof EngineDied) || !error.cancelled || isMeant) throw error;
      return (await this.alive()).ask(ask);
    });
  }

  /**
   * Asks what a part has under way to end. An engine that has not done so after some seconds is ended, whether
   * it is in a long pass or silent for good; whoever waits for it hears so.
   */
  async cancel(patience = PATIENCE_MS, scope = ''): Promise<void> {
    const { life } = this;
    const asked = [...this.asked].flatMap(([answer, of]) => (of === scope ? [answer] : []));
    if (!life || asked.length === 0) return;
    this.cancels.set(scope, (this.cancels.get(scope) ?? 0) + 1);
    // Behind what it is to end, which waits for the engine to be there.
    const behind = this.serving ?? Promise.resolve(life);
    behind.then(() => life.ask((engine) => engine.cancel(scope))).catch(() => undefined);
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
    this.life?.finish(ended());
  }

  /** Ends the worker for good: who still asks is refused. */
  close(): void {
    this.serving = Promise.reject(ended());
    this.serving.catch(() => undefined);
    this.closed = true;
    this.stop();
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
        if (!this.closed) this.serving = undefined;
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

function ended(): Error {
  return new Error('the engine was ended');
}
