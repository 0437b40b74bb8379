// The page's side of a worker: starts it when first needed, and replaces one that dies.

import { type Remote, releaseProxy, wrap } from 'comlink';

import wasmUrl from '../../pkg/factorscope_bg.wasm?url';
import type { Opened, Source } from './types.ts';
import type { Engine } from './worker.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

/** The engine's module, compiled once for all workers of the page. */
function module(): Promise<WebAssembly.Module> {
  compiled ??= (async () => {
    const response = await fetch(wasmUrl);
    if (!response.ok) throw new Error(`The engine could not be loaded (${response.status}).`);
    return WebAssembly.compile(await response.arrayBuffer());
  })();
  compiled.catch(() => (compiled = undefined));
  return compiled;
}

/** Thrown instead of an answer when the worker died; a new one is in its place by then. */
export class EngineDied extends Error {
  constructor() {
    super('The engine stopped unexpectedly and was started anew; what it had trained is lost.');
  }
}

/** A worker with an engine and the data set it has open. */
export class Client {
  private worker: Worker | undefined;
  private remote: Promise<Remote<Engine>> | undefined;
  private replacing: Promise<void> | undefined;
  /** Calls under way, a cancel beside a training for example: each hears of the worker's death. */
  private readonly waiting = new Set<(error: Error) => void>();
  private source: { source: Source; cutout: boolean } | undefined;

  /** Opens a data set and remembers it for a worker that has to be replaced. */
  async open(source: Source, cutout: boolean): Promise<Opened> {
    const opened = await this.call((engine) => engine.open(source, cutout));
    this.source = { source, cutout };
    return opened;
  }

  /** Asks the engine something. Fails with `EngineDied` where the worker did not survive it. */
  async call<T>(ask: (engine: Remote<Engine>) => Promise<T>): Promise<T> {
    const engine = await this.engine();
    const { worker } = this;
    let die: (error: Error) => void = () => undefined;
    const death = new Promise<never>((_resolve, reject) => (die = reject));
    this.waiting.add(die);
    try {
      return await Promise.race([ask(engine), death]);
    } catch (error) {
      // A panic leaves the instance callable but unsound: a trap is its only trace here.
      const trapped = error instanceof Error && error.name === 'RuntimeError';
      if (!trapped && !(error instanceof EngineDied)) throw error;
      if (worker === this.worker) this.replacing = this.replace();
      await this.replacing;
      throw new EngineDied();
    } finally {
      this.waiting.delete(die);
    }
  }

  /** Ends the worker. The next call starts another. */
  stop(): void {
    void this.remote?.then((remote) => remote[releaseProxy]());
    this.worker?.terminate();
    this.worker = undefined;
    this.remote = undefined;
  }

  private engine(): Promise<Remote<Engine>> {
    this.remote ??= this.start();
    this.remote.catch(() => (this.remote = undefined));
    return this.remote;
  }

  private async start(): Promise<Remote<Engine>> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('error', () => {
      for (const die of this.waiting) die(new EngineDied());
    });
    this.worker = worker;
    const remote = wrap<Engine>(worker);
    await remote.start(await module());
    return remote;
  }

  private async replace(): Promise<void> {
    this.stop();
    const { source } = this;
    if (source) {
      const engine = await this.engine();
      await engine.open(source.source, source.cutout);
    }
  }
}
