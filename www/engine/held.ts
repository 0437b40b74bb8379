// The engines of a page that hold its data: one for each set or cut-out that is open, whoever asks it.

import { Client, EngineDied, EngineMissing } from './client.ts';
import type { Cutout, Opened, Source } from './types.ts';

/** A live part, as far as it hears of the engine. */
export interface Holder {
  /** The engine died, with what it had trained, or could not be started. */
  lost(error: EngineDied | EngineMissing): void;
  /** It has started and has the data open. */
  serves(): void;
}

/** A data set and the engine that has it open, as long as somebody holds it. */
export class Held {
  readonly client: Client;
  private readonly holders = new Set<Holder>();
  private opening: Promise<Opened> | undefined;

  constructor(
    private source: Source,
    private readonly cutout: Cutout,
    make = (parts: Holder): Client => new Client(parts),
    /** Called when nobody holds it any more. */
    private readonly ended = (): void => undefined,
  ) {
    const each = (tell: (holder: Holder) => void): void => {
      for (const holder of [...this.holders]) tell(holder);
    };
    this.client = make({
      lost: (error) => each((holder) => holder.lost(error)),
      serves: () => each((holder) => holder.serves()),
    });
  }

  /** Opens the data, once for all; what failed is tried again. */
  open(): Promise<Opened> {
    if (!this.opening) {
      const opening = this.client.open(this.source, this.cutout);
      this.opening = opening;
      opening.catch(() => {
        if (this.opening === opening) this.opening = undefined;
      });
    }
    return this.opening;
  }

  /** Opens something else in the same engine: only where one part alone holds it. */
  replace(source: Source): Promise<Opened> {
    this.source = source;
    this.opening = undefined;
    return this.open();
  }

  add(holder: Holder): void {
    this.holders.add(holder);
  }

  /** Lets go of it; the engine ends with the last that does. */
  release(holder: Holder): void {
    if (!this.holders.delete(holder) || this.holders.size > 0) return;
    this.ended();
    this.client.close();
  }
}

/** Engines by what they hold; the same source is the same object. */
export class Engines {
  private readonly held = new Map<Source, Map<Cutout, Held>>();

  constructor(private readonly make?: (parts: Holder) => Client) {}

  /** The one engine that holds this. */
  hold(source: Source, cutout: Cutout, holder: Holder): Held {
    const cuts = this.held.get(source) ?? new Map<Cutout, Held>();
    this.held.set(source, cuts);
    const held =
      cuts.get(cutout) ??
      new Held(source, cutout, this.make, () => {
        cuts.delete(cutout);
        if (cuts.size === 0) this.held.delete(source);
      });
    cuts.set(cutout, held);
    held.add(holder);
    return held;
  }
}

/** Those of the page. */
export const engines = new Engines();
