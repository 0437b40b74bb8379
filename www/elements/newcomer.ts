import { state } from 'lit/decorators.js';

import type { Opened, Print, Setup } from '../engine/types.ts';
import { near } from '../near.ts';
import { sentence } from '../sentence.ts';
import { LabView } from './lab-view.ts';

/** What the views of somebody, or something, new have in common: a model trained on everything. */
export abstract class Newcomer extends LabView {
  @state() protected opened: Opened | undefined;
  /** Fingerprint of the trained model. */
  @state() protected print: Print | undefined;
  /** Why the training ended early: shown with every answer of the model. */
  protected stopped: string | undefined;
  private wanted: Setup | undefined;
  private running = false;

  /** The model is there: ask it. */
  protected abstract ask(): Promise<void>;

  protected override firstUpdated(): void {
    void near(this).then(() => this.train());
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.wanted && JSON.stringify(this.wanted) !== JSON.stringify(this.setup())) {
      void this.train();
    }
  }

  protected override dataChanged(): void {
    this.opened = undefined;
    this.print = undefined;
    if (this.wanted) void near(this).then(() => this.train());
  }

  private setup(): Setup {
    return this.lab.setup('everything');
  }

  /** Trains, and once more where something has changed meanwhile. */
  private async train(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.fault = '';
    try {
      let opened: Opened;
      do {
        this.wanted = this.setup();
        opened = await this.lab.opened();
        const trained = await this.lab.train(this.wanted);
        this.stopped = trained.stopped;
        this.print = trained;
      } while (
        opened !== (await this.lab.opened()) ||
        JSON.stringify(this.wanted) !== JSON.stringify(this.setup())
      );
      this.opened = opened;
      await this.ask();
    } catch (error) {
      this.fault = sentence(error);
    } finally {
      this.running = false;
    }
  }
}
