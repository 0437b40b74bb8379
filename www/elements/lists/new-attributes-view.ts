import { nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';

import type { Opened, Print } from '../../engine/types.ts';
import type { Choice } from '../../lab/choices.ts';
import { near } from '../../near.ts';
import { sentence } from '../../sentence.ts';
import { LabView } from '../frame/lab-view.ts';
import { trainingJob } from '../runs/training.ts';

/** What the views of somebody, or something, new have in common: a model trained on everything. */
export abstract class NewAttributesView extends LabView {
  @state() protected opened: Opened | undefined;
  /** What is told of who, or what, is new, when it was asked. */
  private asked = '';
  /** Trains as soon as it is near the screen, and again where something has changed. */
  private readonly job = trainingJob(this, () => this.lab.setup('everything'));

  /** What is told of who, or what, is new: attributes by their places. */
  protected abstract readonly choice: Choice<readonly number[]>;

  /** Whether the data can tell so. */
  protected abstract fits(told: readonly number[], opened: Opened): boolean;

  /** The model is there: ask it. */
  protected abstract ask(): Promise<void>;

  protected override firstUpdated(): void {
    void near(this).then(() => this.train());
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.job.differs) void this.train();
    else if (this.opened && this.lab.result && this.asked !== this.lab.chosen(this.choice).join()) {
      void this.answer(this.opened);
    }
  }

  protected override dataChanged(): void {
    const wanted = this.job.started;
    this.job.clear();
    this.opened = undefined;
    if (wanted) void near(this).then(() => this.train());
  }

  protected override modelChanged(): void {
    if (this.lab.result) void this.meet();
  }

  protected override faultText(
    fault = this.job.fault || this.fault,
  ): TemplateResult | typeof nothing {
    return super.faultText(fault);
  }

  /** Fingerprint of the trained model. */
  protected get print(): Print | undefined {
    return this.lab.result?.trained;
  }

  /** Why the training ended early: shown with every answer of the model. */
  protected get stopped(): string | undefined {
    return this.lab.result?.trained.stopped;
  }

  /** The model is there, and the data known: both are asked. */
  private async meet(): Promise<void> {
    try {
      this.opened = await this.lab.opened();
      await this.answer(this.opened);
    } catch (error) {
      this.fault = sentence(error);
    }
  }

  private async answer(opened: Opened): Promise<void> {
    if (!this.fits(this.lab.chosen(this.choice), opened)) this.lab.unfit(this.choice);
    this.asked = this.lab.chosen(this.choice).join();
    await this.ask();
  }

  private async train(): Promise<void> {
    this.fault = '';
    await this.job.again();
  }
}
