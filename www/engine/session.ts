// One live part at an engine that others use as well.

import { proxy, type Remote } from 'comlink';

import type { Answer, Arguments, Family, Question } from './ask.ts';
import type { Client } from './client.ts';
import type { Drawn, Fit, Progress, Setup, Trained, Walked, Wanted } from './types.ts';
import type { Engine } from './worker.ts';

/** What one part keeps in an engine has names of its own there, and its cancel ends nothing of others. */
export class Session {
  constructor(
    private readonly client: Client,
    private readonly scope: string,
  ) {}

  /** Whether it waits for an answer. */
  get isAsking(): boolean {
    return this.client.isAsked(this.scope);
  }

  /** Asks the engine something for which no name matters: see `Client.call`. */
  call<T>(ask: (engine: Remote<Engine>) => Promise<T>): Promise<T> {
    return this.client.call(ask, this.scope);
  }

  /** Trains; what is told comes another way than the answer, and is dropped after it. */
  async train(
    setup: Setup,
    wanted: Wanted = {},
    tell?: (progress: Progress) => void,
  ): Promise<Trained> {
    const { keep } = wanted;
    const own = { ...wanted, ...(keep === undefined ? {} : { keep: this.name(keep) }) };
    let over = false;
    const heard =
      tell &&
      proxy((progress: Progress): void => {
        if (!over) tell(progress);
      });
    try {
      return await this.call((engine) => engine.train(setup, own, heard, this.scope));
    } finally {
      over = true;
    }
  }

  /** Trains on a small data set at once. */
  fit(setup: Setup, passes: number): Promise<Fit> {
    return this.call((engine) => engine.fit(setup, passes));
  }

  /** Goes to a step of the walk of this name; other settings begin another. */
  walk(name: string, setup: Setup, step: number, color: Uint8Array, drawn: Drawn): Promise<Walked> {
    return this.call((engine) => engine.walk(this.name(name), setup, step, color, drawn));
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
      (engine) =>
        engine.ask(this.name(name), family, question as string, list) as Promise<Answer<F, Q>>,
    );
  }

  /** Ends what this part has under way: see `Client.cancel`. */
  cancel(): Promise<void> {
    return this.client.cancel(undefined, this.scope);
  }

  private name(name: string): string {
    return `${this.scope}/${name}`;
  }
}
