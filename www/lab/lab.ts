import type { Entry } from '../../pkg/factorscope.js';
import { currentSource, dataChanges } from '../data/store.ts';
import { Client } from '../engine/client.ts';
import type { Opened, Setup } from '../engine/types.ts';
import type { Lab as Block } from '../lesson/lab.ts';
import { writeLink } from './link.ts';
import { settingsList } from './registry.ts';
import { engineCells, type LabState, type Receipt } from './state.ts';

/** Held back at random, unless a lab says otherwise. */
export const SPLIT = '0.2';

/**
 * One live part: its state, its data set and its engine. Views read from it and ask it to change;
 * `change` tells them of a new state, `data` of a new data set.
 */
export class Lab extends EventTarget {
  private readonly client = new Client();
  private opening: Promise<Opened> | undefined;
  /** What its link said came out, until the reader changes something. */
  receipt: Receipt = { run: undefined, data: undefined };
  /** Whether the state came from a link: then views run at once. */
  linked = false;

  private current: LabState;

  constructor(
    readonly block: Block,
    readonly entry: Entry,
    /** The state without any link: where a reset goes back to. */
    readonly start: LabState,
    /** The second model, where the block names one. */
    readonly rival?: Entry,
  ) {
    super();
    this.current = start;
    dataChanges.addEventListener('change', () => {
      if (block.data !== 'toy') this.reopen();
    });
  }

  get state(): LabState {
    return this.current;
  }

  /** Changes the state. What a link promised no longer holds then, unless the view says it does. */
  set(patch: Partial<LabState>, keepsRun = false): void {
    const table = patch.table !== undefined && patch.table !== this.current.table;
    this.current = { ...this.current, ...patch };
    if (!keepsRun) this.receipt = { run: undefined, data: undefined };
    if (table) this.reopen();
    else this.dispatchEvent(new Event('change'));
  }

  /** The state as the engine takes it. */
  setup(split = SPLIT): Setup {
    return {
      model: this.entry.id,
      settings: settingsList(this.entry, this.current.settings),
      seed: this.current.seed,
      split,
    };
  }

  /** The data set, opened in this lab's engine when first asked for. */
  opened(): Promise<Opened> {
    this.opening ??= this.open();
    return this.opening;
  }

  /** The engine, with the data set open. */
  async engine(): Promise<Client> {
    await this.opened();
    return this.client;
  }

  /** The address that restores this state, with what came out of it. */
  async link(run: string | undefined): Promise<string> {
    const { info } = await this.opened();
    const receipt = { run, data: info.fingerprint };
    const fragment = writeLink(this.block.id, this.entry, this.current, receipt, this.rival);
    return new URL(`#${fragment}`, document.location.href).href;
  }

  private async open(): Promise<Opened> {
    const { table } = this.current;
    const source = table
      ? { kind: 'table' as const, ...table, cells: engineCells(table) }
      : await currentSource();
    return this.client.open(source, this.block.data === 'cutout');
  }

  private reopen(): void {
    this.opening = undefined;
    this.dispatchEvent(new Event('data'));
    this.dispatchEvent(new Event('change'));
  }
}
