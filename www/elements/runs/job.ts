import type { ReactiveController } from 'lit';

import { sentence } from '../../sentence.ts';
import type { LabView } from '../frame/lab-view.ts';

/** A run as its work sees it. */
export interface Going<Part> {
  /** Whether it has been cancelled or another one has begun: what it still has to say is dropped. */
  readonly over: boolean;
  /** Adds a part of the result. */
  add(part: Part): void;
  /** Says how far it is. */
  say(text: string): void;
  /** Says why something in it ended early; it goes on. */
  warn(reason: string | undefined): void;
}

interface How<Part> {
  /** Everything that decides the result, in one text. */
  key: () => string;
  /** Does it, and returns what is told of the whole in the end. */
  work: (going: Going<Part>) => Promise<string>;
  /** What is told when it is cancelled. */
  cancelled?: (parts: readonly Part[]) => string;
}

/**
 * Something that a view computes on request, part by part: trainings one after the other, folds, seeds. It
 * can be cancelled and keeps the parts that were finished; it knows whether what is shown belongs to the
 * settings as they are. It ends with its view.
 */
export class Job<Part> implements ReactiveController {
  /** What has been finished, in order. */
  parts: readonly Part[] = [];
  running = false;
  /** How far it is, or how it ended. */
  told = '';
  /** What went wrong, as a sentence. */
  fault = '';
  /** What the parts were made with; nothing before the first start. */
  private made: string | undefined;
  /** Counts runs: what an earlier one still has to say is dropped. */
  private current = 0;

  constructor(
    private readonly host: LabView,
    private readonly how: How<Part>,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.cancel();
  }

  /** Whether it has run at all since the data is there. */
  get started(): boolean {
    return this.made !== undefined;
  }

  /** Whether it was started with other settings than those that stand in the fields. */
  get differs(): boolean {
    return this.started && this.made !== this.how.key();
  }

  /** Whether what is shown, and does not grow any more, belongs to such other settings. */
  get stale(): boolean {
    return this.differs && !this.running;
  }

  /** Begins anew, unless it runs. */
  readonly start = async (): Promise<void> => {
    if (this.running) return;
    const mine = ++this.current;
    this.made = this.how.key();
    this.show({ running: true, parts: [], told: '', fault: '' });
    const going = this.going(mine);
    try {
      const told = await this.how.work(going);
      if (!going.over) this.show({ running: false, told });
    } catch (error) {
      if (!going.over) this.show({ running: false, told: '', fault: sentence(error) });
    }
  };

  /** Ends it; what was finished stays. */
  readonly cancel = (): void => {
    if (!this.running) return;
    this.current += 1;
    this.show({ running: false, told: this.how.cancelled?.(this.parts) ?? '' });
    this.host.lab.cancel();
  };

  /** Forgets all of it: the data is new. */
  clear(): void {
    this.cancel();
    this.made = undefined;
    this.show({ parts: [], told: '', fault: '' });
  }

  private going(mine: number): Going<Part> {
    const over = (): boolean => mine !== this.current;
    const show = (change: Partial<Shown<Part>>): void => {
      if (!over()) this.show(change);
    };
    return {
      get over() {
        return over();
      },
      add: (part) => show({ parts: [...this.parts, part] }),
      say: (told) => show({ told }),
      warn: (reason) => {
        if (reason) show({ fault: sentence(reason) });
      },
    };
  }

  private show(change: Partial<Shown<Part>>): void {
    Object.assign(this, change);
    this.host.requestUpdate();
  }
}

type Shown<Part> = Pick<Job<Part>, 'parts' | 'running' | 'told' | 'fault'>;
