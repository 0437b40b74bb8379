import { LitElement, type PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';

import type { Lab } from '../lab/lab.ts';

/**
 * What the views of a lab have in common: they are handed the lab, live in the page's own styles, and
 * hear when its state or data change.
 */
export abstract class LabView extends LitElement {
  @property({ attribute: false }) lab!: Lab;

  private readonly changed = (): void => this.labChanged();
  private readonly data = (): void => this.dataChanged();

  /** The page's styles apply: there is no shadow tree. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lab.addEventListener('change', this.changed);
    this.lab.addEventListener('data', this.data);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.lab.removeEventListener('change', this.changed);
    this.lab.removeEventListener('data', this.data);
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    this.labChanged();
  }

  /** The state is new: show it. Called once at the start as well. */
  protected labChanged(): void {
    this.requestUpdate();
  }

  /** The data set is new: what was computed from the old one is void. `labChanged` follows. */
  protected dataChanged(): void {}
}
