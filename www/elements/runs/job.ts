import type { ReactiveController } from 'lit';

import { sentence } from '../../sentence.ts';
import type { LabView } from '../frame/lab-view.ts';

/** A run as its work sees it. */
export interface Going<Part> {
  /** Whether it has been cancelled or another one has begun: what it still has to say is dropped. */
  readonly over: boolean;
  /** Whether it has been cancelled and is to hand over what it has. */
  readonly ending: boolean;
  /** Adds a part of the result. */
  add(part: Part): void;
  /** Puts what has become of the last part in its place. */
  grow(part: Part): void;
  /** Takes the parts back: what they tell of is lost. */
  lose(): void;
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
  /** Whether it hands over what it has when it is cancelled, and is waited for: a model as far as it is trained. */
  handsOver?: boolean;
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
  /** Whether it has been cancelled and is waited for. */
  ending = false;
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
    this.abandon();
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
    this.show({ running: true, ending: false, parts: [], told: '', fault: '' });
    const going = this.going(mine);
    try {
      const told = await this.how.work(going);
      if (!going.over) this.show({ running: false, ending: false, told });
    } catch (error) {
      if (going.over) return;
      this.show({ running: false, ending: false, told: '', fault: sentence(error) });
    }
  };

  /** Ends it; what was finished stays. */
  readonly cancel = (): void => {
    if (!this.running || this.ending) return;
    if (!this.how.handsOver) {
      this.abandon();
      return;
    }
    this.show({ ending: true });
    this.host.lab.cancel();
  };

  /** Forgets all of it: the data is new. */
  clear(): void {
    this.abandon();
    this.made = undefined;
    this.show({ parts: [], told: '', fault: '' });
  }

  /** Begins anew with the settings as they are now, whatever runs. */
  again(): Promise<void> {
    this.clear();
    return this.start();
  }

  /** Says that the settings as they are now lead to just this. */
  settle(parts: readonly Part[]): void {
    this.made = this.how.key();
    this.show({ parts });
  }

  /** Ends what is under way and drops what still comes of it. */
  private abandon(): void {
    if (!this.running) return;
    this.current += 1;
    this.show({ running: false, ending: false, told: this.how.cancelled?.(this.parts) ?? '' });
    this.host.lab.cancel();
  }

  private going(mine: number): Going<Part> {
    const over = (): boolean => mine !== this.current;
    const show = (change: Partial<Shown<Part>>): void => {
      if (!over()) this.show(change);
    };
    const ending = (): boolean => this.ending;
    return {
      get over() {
        return over();
      },
      get ending() {
        return ending();
      },
      add: (part) => show({ parts: [...this.parts, part] }),
      grow: (part) => show({ parts: [...this.parts.slice(0, -1), part] }),
      lose: () => show({ parts: [] }),
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

type Shown<Part> = Pick<Job<Part>, 'parts' | 'running' | 'ending' | 'told' | 'fault'>;
