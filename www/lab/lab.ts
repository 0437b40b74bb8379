import type { Chart, Entry } from '../../pkg/factorscope.js';
import { dataChanges, pageData, retryData, simulated } from '../data/store.ts';
import type { Answer, Arguments, Family, Question } from '../engine/ask.ts';
import { Client, EngineMissing } from '../engine/client.ts';
import { engines, Held, type Holder } from '../engine/held.ts';
import { each, poolSize } from '../engine/pool.ts';
import { Session } from '../engine/session.ts';
import type { Cutout, Opened, Print, Progress, Setup, Source, Trained } from '../engine/types.ts';
import type { Lab as Block } from '../lesson/lab.ts';
import { type Data, SPLITTING } from '../lesson/views.ts';
import { color, modelColor } from '../palette.ts';
import { sentence } from '../sentence.ts';
import { type Choice, choicesOf, chosenOf, withChoice, withoutData } from './choices.ts';
import type { Line } from './lines.ts';
import { type Linked, writeLink } from './link.ts';
import { settingsList, settingsOf, smallSettings } from './registry.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { engineCells, isRandom, type LabState, type Receipt } from './state.ts';

/** The data sets of the lessons that are pieces of the reader's. */
const CUTOUTS: Partial<Record<Data, Cutout>> = {
  cutout: 'alike',
  'uneven-cutout': 'uneven',
  'similar-cutout': 'similar',
};

/** The name under which the engine keeps the model that all views may ask. */
const MODEL = 'model';

/** Where a data set comes from, and what is known of it without opening it. */
interface Origin {
  source: Source;
  cutout: Cutout;
  opened?: Opened | undefined;
}

/** A training that has ended, and what it was asked for. */
export interface Result {
  setup: Setup;
  trained: Trained;
}

/**
 * One live part: its state, its data set and its engine. Views read from it and ask it to change;
 * `change` tells them of a new state, `data` of a new data set, `trained` of a model that the engine
 * has ready or has no longer.
 */
export class Lab extends EventTarget {
  /** The data set with its engine, which other parts may hold as well, and this part at that engine. */
  private at: { held: Held; session: Session } | undefined;
  private readonly holder: Holder = {
    lost: (error) => {
      if (error instanceof EngineMissing) {
        this.tell(error);
        return;
      }
      // Who asked it something is told by the answer that does not come; then nobody has a model any more.
      const loss = this.ready && !this.at?.session.isAsking ? sentence(error) : undefined;
      setTimeout(() => this.finish(undefined, loss));
    },
    serves: () => this.tell(undefined),
  };
  /** Counts data sets. */
  private version = 0;
  /** The engines that help with a job, and whether that is over. */
  private readonly helpers = new Map<Client, () => boolean>();
  /** What the engine died of, where that took a model from this part which asked it nothing. */
  loss: string | undefined;
  /** How often something under way has been cancelled. */
  private cancels = 0;
  /** Why there is no engine with the data set, as a sentence; `trouble` tells of a change. */
  trouble: string | undefined;
  private opening: Promise<Opened> | undefined;
  /** What its link said came out, until the reader changes something. */
  receipt: Receipt = { run: undefined, data: undefined };
  /** What has been found of the link that was followed. */
  verdict: Verdict | undefined;
  /** Whether the state came from a link: then views run at once. */
  linked = false;
  /** What of its link could not be used and stays at its default, by name. */
  faults: readonly string[] = [];
  /** What its link chose in the views, as far as nobody has chosen anew. */
  private told: ReadonlySet<string> = new Set();

  private readonly refused = new Map<string, string>();
  private ready: Result | undefined;
  private current: LabState;

  constructor(
    readonly block: Block,
    private model: Entry,
    private beginning: LabState,
    /** The second model, where the block names one. */
    readonly rival?: Entry,
  ) {
    super();
    this.current = beginning;
    dataChanges.addEventListener('change', () => {
      if (!this.onPageData) return;
      const choices = withoutData(this.current.choices, choicesOf(this.block.show));
      this.current = { ...this.current, choices };
      this.told = new Set();
      this.reopen();
    });
  }

  /** Whether it runs on the data of the page, which may be the reader's own. */
  get onPageData(): boolean {
    return this.block.data !== 'toy' && this.block.data !== 'simulation';
  }

  /** The model. */
  get entry(): Entry {
    return this.model;
  }

  /** The state without any link: where a reset goes back to. */
  get start(): LabState {
    return this.beginning;
  }

  /**
   * Takes another model, at its defaults, or on a small table at values that suit it; data, seed, split
   * and user stay.
   */
  pick(model: Entry): void {
    if (model.id === this.model.id) return;
    this.model = model;
    const small = this.block.data === 'toy' || CUTOUTS[this.block.data] !== undefined;
    const settings = small ? smallSettings(model, this.block.settings) : settingsOf(model);
    this.beginning = { ...this.beginning, model: model.id, settings };
    this.refused.clear();
    this.finish(undefined);
    this.set({ model: model.id, settings, step: 0 });
  }

  /** Whether some view holds ratings back, so that the seed of the split has a meaning. */
  get holdsBack(): boolean {
    return this.block.data !== 'toy' && this.block.show.some((view) => SPLITTING.includes(view));
  }

  /** Whether anything may be computed from the settings: all that stands in their fields is allowed. */
  get runnable(): boolean {
    return this.refused.size === 0;
  }

  /** Why nothing may be computed from them: what stands in a field and is not allowed, in words. */
  get refusal(): string | undefined {
    return this.refused.values().next().value;
  }

  /** Keeps in mind that a field holds what is not allowed, or no longer does. */
  refuse(field: string, why: string | undefined): void {
    if (this.refusalOf(field) === why) return;
    if (why === undefined) this.refused.delete(field);
    else this.refused.set(field, why);
    this.dispatchEvent(new Event('change'));
  }

  /** What is wrong with what stands in a field. */
  refusalOf(field: string): string | undefined {
    return this.refused.get(field);
  }

  get state(): LabState {
    return this.current;
  }

  /** Changes the state. What a link promised no longer holds then, unless the view says it does. */
  set(patch: Partial<LabState>, keepsRun = false): void {
    const table = patch.table !== undefined && patch.table !== this.current.table;
    this.current = { ...this.current, ...patch };
    if (!keepsRun) {
      this.receipt = { run: undefined, data: undefined };
      this.verdict = undefined;
    }
    if (table) this.reopen();
    else this.dispatchEvent(new Event('change'));
  }

  /** Settings and seeds as they were at the start, in their fields too. */
  reset(): void {
    const { rival, seed, settings, splitSeed } = this.start;
    this.refused.clear();
    this.set({ seed, splitSeed, settings, ...(rival ? { rival } : {}), step: 0 });
  }

  /** Takes over a link. */
  follow({ faults, receipt, state }: Linked): void {
    this.linked = true;
    this.faults = faults;
    this.told = new Set([...Object.keys(state.choices), ...(state.user > 0 ? ['user'] : [])]);
    this.refused.clear();
    this.set(state);
    this.receipt = receipt;
  }

  /** What is chosen in a view: the start where nothing is. */
  chosen<T>(choice: Choice<T>): T {
    return chosenOf(this.current.choices, choice);
  }

  /** Chooses something in a view. Most choices are about what is shown, and change nothing that is computed. */
  choose<T>(choice: Choice<T>, value: T, keepsRun = true): void {
    this.told = new Set([...this.told].filter((key) => key !== choice.key));
    const choices = withChoice(this.current.choices, choice, value);
    this.set({ choices }, keepsRun);
  }

  /** Puts a choice that the data does not have back to its start, and says so where a link made it. */
  unfit(choice: Choice<unknown>): void {
    if (this.current.choices[choice.key] === undefined) return;
    this.missed(choice.key);
    this.choose(choice, choice.start);
  }

  /** The same for the user, of so many. */
  fitUser(users: number): void {
    if (this.current.user < users) return;
    this.missed('user');
    this.set({ user: this.beginning.user }, true);
  }

  /** Says that a link named something that the data does not have. */
  private missed(name: string): void {
    if (this.told.has(name) && !this.faults.includes(name)) this.faults = [...this.faults, name];
  }

  /** Compares what came out with what the link that was followed says. */
  judge(print: Print): void {
    const verdict = verdictOf(this.receipt, print);
    if (verdict === this.verdict) return;
    this.verdict = verdict;
    this.dispatchEvent(new Event('verdict'));
  }

  /** The training whose model the engine has ready to be asked. */
  get result(): Result | undefined {
    return this.ready;
  }

  /** Tells all views of a model that has been trained, or that there is none any more. */
  finish(result: Result | undefined, loss?: string): void {
    this.ready = result;
    this.loss = loss;
    this.dispatchEvent(new Event('trained'));
  }

  /** A state, the current one if not said otherwise, as the engine takes it. */
  setup(split = this.current.split, state = this.current): Setup {
    // Who trains on everything has nothing to choose by.
    const validation = split === 'everything' ? 0 : state.validation;
    return {
      model: this.entry.id,
      settings: settingsList(this.entry, state.settings),
      seed: state.seed,
      // Where nothing is drawn at random, another seed is not another run.
      splitSeed: isRandom(split) || validation > 0 ? state.splitSeed : 0,
      split,
      validation,
    };
  }

  /** The same with other values for some settings. */
  setupWith(some: Readonly<Record<string, number | string>>, split?: string): Setup {
    const setup = this.setup(split);
    const settings = setup.settings.map((text) => {
      const [name = ''] = text.split('=');
      return name in some ? `${name}=${some[name]}` : text;
    });
    return { ...setup, settings };
  }

  /** What is known of the data set; opened in this lab's engine where nobody knows it yet. */
  opened(): Promise<Opened> {
    if (!this.opening) {
      const opening = this.open();
      this.opening = opening;
      // What failed is tried again when next asked for.
      opening.catch((error: unknown) => {
        if (this.opening !== opening) return;
        this.opening = undefined;
        this.tell(error);
      });
    }
    return this.opening;
  }

  /** The engine, with the data set open: that of a large file only once it is asked something. */
  async engine(): Promise<Session> {
    await this.opened();
    const { at } = this;
    // Other data may have come meanwhile.
    if (!at) return this.engine();
    try {
      await at.held.open();
    } catch (error) {
      if (this.at !== at) return this.engine();
      this.tell(error);
      throw error;
    }
    return at.session;
  }

  /** Trains in the engine, where the model stays to be asked. `tell` hears how far it is. */
  async train(setup: Setup, tell?: (progress: Progress) => void): Promise<Trained> {
    const engine = await this.engine();
    const chart = {
      train: color('train'),
      validation: color('validation'),
      test: color('test'),
    };
    return engine.train(setup, { keep: MODEL, chart }, tell);
  }

  /** Asks the data set or the model that was trained last. */
  async ask<F extends Family, Q extends Question<F>>(
    family: F,
    question: Q,
    ...list: Arguments<F, Q>
  ): Promise<Answer<F, Q>> {
    const engine = await this.engine();
    return engine.ask(MODEL, family, question, ...list);
  }

  /**
   * Does independent parts of a job, in several engines at once where there are cores and memory for them. A
   * part opens nothing: the data set is there. What they come to is heard in their order.
   */
  async spread<T>(
    parts: readonly ((engine: Session) => Promise<T>)[],
    over: () => boolean,
    heard: (found: T, at: number) => void,
  ): Promise<void> {
    const first = await this.engine();
    const { info } = await this.opened();
    const { cutout, source } = await this.origin();
    if (over()) return;
    const size = Math.min(poolSize(info.ratings), parts.length);
    const helpers = Array.from({ length: size - 1 }, () => new Client());
    const opening = helpers.map(async (helper) => {
      this.helpers.set(helper, over);
      await helper.open(source, cutout);
      return new Session(helper, this.block.id);
    });
    // What the cancel of another job cuts short is done again.
    const whole = parts.map((part) => async (engine: Session): Promise<T> => {
      for (;;) {
        const { cancels } = this;
        const found = await part(engine);
        if (engine !== first || cancels === this.cancels || over()) return found;
      }
    });
    try {
      await each([Promise.resolve(first), ...opening], whole, over, heard);
    } finally {
      for (const helper of helpers) this.dismiss(helper);
    }
  }

  /** The same where only all of it together says something. */
  async all<T>(
    parts: readonly ((engine: Session) => Promise<T>)[],
    over: () => boolean,
  ): Promise<T[]> {
    const found: T[] = [];
    await this.spread(parts, over, (one) => found.push(one));
    return found;
  }

  /** Ends what is under way after its current epoch, or with its engine if that takes long. */
  cancel(): void {
    this.cancels += 1;
    void this.at?.session.cancel();
    for (const [helper, over] of this.helpers) if (over()) this.dismiss(helper);
  }

  /** An engine that helped with a job keeps nothing that anybody would ask for. */
  private dismiss(helper: Client): void {
    this.helpers.delete(helper);
    helper.close();
  }

  /** A chart of the lines that have points; nothing where none has. */
  /** `xLog`: the lines' x are logarithms to base 10 of what the axis shows. */
  async chart(
    xLabel: string,
    yLabel: string,
    lines: readonly Line[],
    xLog = false,
  ): Promise<Chart | undefined> {
    const drawn = lines
      .filter(({ points }) => points.length > 0)
      .map(({ color: name, points }) => ({ color: modelColor(name), points }));
    if (drawn.length === 0) return undefined;
    const session = await this.engine();
    return session.call((engine) => engine.lines(xLabel, yLabel, drawn, xLog));
  }

  /** The address that restores this state, with what came out of it. */
  async link(print: Print | undefined): Promise<string> {
    const { info } = await this.opened();
    const receipt = { run: print?.fingerprint, all: print?.receipt, data: info.fingerprint };
    const fragment = writeLink(this.block.id, this.entry, this.current, receipt, this.rival);
    return new URL(`#${fragment}`, document.location.href).href;
  }

  private async open(): Promise<Opened> {
    const { version } = this;
    const { cutout, opened, source } = await this.origin();
    if (version !== this.version) return this.opened();
    // A table that is edited stays in the engine of its part.
    if (source.kind === 'table' && this.at) return this.at.held.replace(source);
    const held =
      source.kind === 'table'
        ? new Held(source, cutout)
        : engines.hold(source, cutout, this.holder);
    held.add(this.holder);
    this.at = { held, session: new Session(held.client, this.block.id) };
    return opened ?? held.open();
  }

  /** Where the data comes from, and what is known of it without opening it. */
  private async origin(): Promise<Origin> {
    const { table } = this.current;
    if (table) {
      return { source: { kind: 'table', ...table, cells: engineCells(table) }, cutout: false };
    }
    if (this.block.data === 'simulation') return { source: simulated, cutout: false };
    const { cutout, opened, source } = await pageData();
    const cut = CUTOUTS[this.block.data];
    // What was cut out of a large file before is not cut out again.
    if (cut === 'alike' && cutout) return { source: cutout, cutout: false };
    return cut ? { source, cutout: cut } : { source, cutout: false, opened };
  }

  /** Tries again what was in trouble: as if the data were new. */
  retry(): void {
    this.tell(undefined);
    if (this.onPageData) retryData();
    else this.reopen();
  }

  private tell(error: unknown): void {
    const trouble = error === undefined ? undefined : sentence(error);
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.dispatchEvent(new Event('trouble'));
  }

  private reopen(): void {
    this.version += 1;
    this.opening = undefined;
    this.ready = undefined;
    this.loss = undefined;
    if (!this.current.table) {
      this.at?.held.release(this.holder);
      this.at = undefined;
    }
    this.dispatchEvent(new Event('data'));
    this.dispatchEvent(new Event('change'));
  }
}
