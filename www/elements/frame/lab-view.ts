import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';

import type { Lab } from '../../lab/lab.ts';
import { sentence } from '../../sentence.ts';
import { Hears } from './hears.ts';

/**
 * What the views of a lab have in common: they are handed the lab, live in the page's own styles, hear
 * when its state, data or model change, and show what goes wrong.
 */
export abstract class LabView extends LitElement {
  @property({ attribute: false }) lab!: Lab;
  /** What went wrong, as a sentence. */
  @state() protected fault = '';
  /** Whether it computes from the settings: while one of them is not allowed it rests then. */
  protected readonly computes: boolean = true;
  /** Counts questions, so that an answer to an earlier one is known to be late. */
  private questions = 0;
  /** Counts data sets, likewise. */
  private dataSets = 0;

  constructor() {
    super();
    new Hears(this, () => this.lab, {
      change: () => this.changed(),
      data: () => {
        this.drop();
        this.dataSets += 1;
        this.dataChanged();
      },
      trained: () => {
        this.drop();
        this.modelChanged();
      },
    });
  }

  /** The page's styles apply: there is no shadow tree. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    this.labChanged();
    this.modelChanged();
  }

  /** The state is new, or the view has something to do with it at last. */
  protected changed(): void {
    if (this.computes && !this.lab.runnable) this.requestUpdate();
    else this.labChanged();
  }

  /**
   * The state is new: show it, and compute what follows. Called once at the start as well; not while something
   * that is not allowed stands in the field of a setting.
   */
  protected labChanged(): void {
    this.requestUpdate();
  }

  /** The data set is new: what was computed from the old one is void. `labChanged` follows. */
  protected dataChanged(): void {}

  /** Another model has been trained, or there is none any more. Called once at the start as well. */
  protected modelChanged(): void {}

  /**
   * A question to the engine. `late` tells that another has been asked since, or that data or model are
   * new: the answer is to be dropped then, as its fault is.
   */
  protected question(
    work: (late: () => boolean) => Promise<string | undefined | void>,
  ): Promise<void> {
    const asked = ++this.questions;
    const late = (): boolean => asked !== this.questions;
    return this.guarded(() => work(late), late);
  }

  /** Makes what is under way late. */
  protected drop(): void {
    this.questions += 1;
  }

  /**
   * Shows what goes wrong in some work, and what it returns: why a training ended early. What it asked of
   * former data is late.
   */
  protected async guarded(
    work: () => Promise<string | undefined | void>,
    late = this.withData(),
  ): Promise<void> {
    try {
      const stopped = await work();
      if (!late()) this.fault = stopped ? sentence(stopped) : '';
    } catch (error) {
      if (!late()) this.fault = sentence(error);
    }
  }

  private withData(): () => boolean {
    const { dataSets } = this;
    return () => dataSets !== this.dataSets;
  }

  protected faultText(fault = this.fault): TemplateResult | typeof nothing {
    return fault ? html`<p class="fault" role="alert">${fault}</p>` : nothing;
  }
}
