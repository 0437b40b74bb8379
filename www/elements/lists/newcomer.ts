import { state } from 'lit/decorators.js';

import type { Opened, Print, Setup } from '../../engine/types.ts';
import type { Choice } from '../../lab/choices.ts';
import { near } from '../../near.ts';
import { sentence } from '../../sentence.ts';
import { LabView } from '../frame/lab-view.ts';

/** What the views of somebody, or something, new have in common: a model trained on everything. */
export abstract class Newcomer extends LabView {
  @state() protected opened: Opened | undefined;
  /** Fingerprint of the trained model. */
  @state() protected print: Print | undefined;
  /** Why the training ended early: shown with every answer of the model. */
  protected stopped: string | undefined;
  /** What is told of the newcomer, when it was asked. */
  private asked = '';
  private wanted: Setup | undefined;
  private running = false;

  /** What is told of the newcomer: attributes by their places. */
  protected abstract readonly told: Choice<readonly number[]>;

  /** Whether the data can tell so. */
  protected abstract fits(told: readonly number[], opened: Opened): boolean;

  /** The model is there: ask it. */
  protected abstract ask(): Promise<void>;

  protected override firstUpdated(): void {
    void near(this).then(() => this.train());
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.wanted && JSON.stringify(this.wanted) !== JSON.stringify(this.setup())) {
      void this.train();
    } else if (this.opened && this.asked !== this.lab.chosen(this.told).join()) {
      void this.answer(this.opened);
    }
  }

  protected override dataChanged(): void {
    this.opened = undefined;
    this.print = undefined;
    if (this.wanted) void near(this).then(() => this.train());
  }

  private async answer(opened: Opened): Promise<void> {
    if (!this.fits(this.lab.chosen(this.told), opened)) this.lab.unfit(this.told);
    this.asked = this.lab.chosen(this.told).join();
    await this.ask();
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
      await this.answer(opened);
    } catch (error) {
      this.fault = sentence(error);
    } finally {
      this.running = false;
    }
  }
}
