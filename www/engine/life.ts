// One life of a worker: from its start to its end, which everything that waits for it hears of.

import { type Endpoint, type Remote, releaseProxy, wrap } from 'comlink';

import type { Engine } from './worker.ts';

/** What the page needs of a worker. */
export interface WorkerLike extends Endpoint {
  terminate(): void;
}

/** Thrown where no engine could be started: nothing was lost, and the next call tries again. */
export class EngineMissing extends Error {
  constructor(cause: string) {
    super(
      `The engine of this live part could not be started: ${cause}. The site may have been renewed ` +
        'since this page was opened, or the connection is gone. Try again, or reload the page.',
    );
  }
}

/** Thrown instead of an answer when the engine died; another is started in its place. */
export class EngineDied extends Error {
  constructor(
    why = 'The engine stopped unexpectedly',
    /** Whether it was ended because it did not listen to a cancel. */
    readonly cancelled = false,
  ) {
    super(`${why} and was started anew; what it had trained is lost.`);
  }
}

/** The names of errors after which an instance is callable but unsound. */
const TRAPS: readonly unknown[] = ['RuntimeError', 'RangeError', 'InternalError'];

/** Whether an error is a trap of the engine's code, an exhausted stack or memory among them. */
export function isTrap(error: unknown): boolean {
  return error instanceof Error && TRAPS.includes(error.name);
}

/** A worker that is started once and ends once. */
export class Life {
  /** Resolves once the engine can be asked; fails with `EngineMissing` where it cannot be started. */
  readonly ready: Promise<void>;
  /** Fails when the life ends, and never resolves. */
  private readonly end: Promise<never>;
  private fail: (error: Error) => void = () => undefined;
  private worker: WorkerLike | undefined;
  private remote: Remote<Engine> | undefined;
  private state: 'starting' | 'serving' | 'over' = 'starting';

  constructor(
    spawn: () => WorkerLike,
    module: () => Promise<WebAssembly.Module>,
    /** Called once, at the end. */
    private readonly ended: (error: Error) => void,
  ) {
    this.end = new Promise<never>((_resolve, reject) => (this.fail = reject));
    this.end.catch(() => undefined);
    this.ready = Promise.race([this.start(spawn, module), this.end]);
    this.ready.catch(() => undefined);
  }

  /** Asks the engine something. Fails with what ended the life where it ends first. */
  async ask<T>(question: (engine: Remote<Engine>) => Promise<T>): Promise<T> {
    const { remote } = this;
    if (!remote || this.state === 'over') return this.end;
    try {
      return await Promise.race([question(remote), this.end]);
    } catch (error) {
      if (!isTrap(error)) throw error;
      this.finish(new EngineDied((error as Error).message || undefined));
      return this.end;
    }
  }

  /** Ends the worker; whoever waits for it hears why. */
  finish(error: Error): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.worker?.terminate();
    this.remote?.[releaseProxy]();
    this.fail(error);
    this.ended(error);
  }

  private async start(
    spawn: () => WorkerLike,
    module: () => Promise<WebAssembly.Module>,
  ): Promise<void> {
    // Whoever made this life knows it before it can end.
    await Promise.resolve();
    try {
      const worker = spawn();
      this.worker = worker;
      // A script that is not there, and an error that nothing caught, come as the same event.
      for (const kind of ['error', 'messageerror']) {
        worker.addEventListener(kind, () =>
          this.finish(
            this.state === 'serving'
              ? new EngineDied()
              : new EngineMissing('its script could not be loaded'),
          ),
        );
      }
      const remote = wrap<Engine>(worker);
      this.remote = remote;
      await remote.start(await module());
      if (this.state === 'starting') this.state = 'serving';
    } catch (error) {
      const cause = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
      this.finish(new EngineMissing(cause));
      return this.end;
    }
  }
}
