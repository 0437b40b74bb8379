import { state } from 'lit/decorators.js';

import type { Setup } from '../../engine/types.ts';
import { type BaselineFit, PASSES, readFit } from '../../lab/baseline.ts';
import { writeTable } from '../../lab/link.ts';
import { isBaseline } from '../../lab/step.ts';
import type { Table } from '../../lab/state.ts';
import { allRatings } from '../../lab/table.ts';
import { sentence } from '../../sentence.ts';
import { LabView } from '../frame/lab-view.ts';

/** What the engine made of a table, and the table itself, so that what is shown belongs together. */
export interface Fits {
  table: Table;
  lambda: number;
  means: BaselineFit;
  leastSquares: BaselineFit | undefined;
}

/** A view of the baseline of a small table, computed anew by the engine at every change. */
export abstract class BaselineView extends LabView {
  @state() protected fits: Fits | undefined;
  /** Whether the least squares are wanted beside the means: where the live part speaks of them. */
  protected get solves(): boolean {
    return this.lab.block.show.includes('least-squares');
  }

  private shown = '';
  private busy = false;

  protected override labChanged(): void {
    this.requestUpdate();
    void this.follow();
  }

  /** Why there is nothing to show, where there is no rating. */
  protected get isEmpty(): boolean {
    const { table } = this.lab.state;
    return table !== undefined && allRatings(table).length === 0;
  }

  protected get lambda(): number {
    return this.lab.state.settings['lambda'] ?? 0;
  }

  /** The fit that the live part is about. */
  protected get fit(): BaselineFit | undefined {
    return this.solves ? this.fits?.leastSquares : this.fits?.means;
  }

  private wanted(): string {
    const { table } = this.lab.state;
    if (!table || !isBaseline(this.lab.entry)) return '';
    return `${writeTable(table)} ${this.solves ? this.lambda : ''}`;
  }

  /** One question to the engine at a time; when it is answered, the next is about the newest state. */
  private async follow(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let wanted = this.wanted(); wanted !== this.shown; wanted = this.wanted()) {
      try {
        const fits = this.isEmpty ? undefined : await this.compute();
        // An answer about another table than the one on the page is dropped.
        if (fits?.table === this.lab.state.table || this.isEmpty) this.fits = fits;
        this.fault = '';
      } catch (error) {
        this.fault = sentence(error);
      }
      this.shown = wanted;
    }
    this.busy = false;
  }

  private async compute(): Promise<Fits | undefined> {
    const { table } = this.lab.state;
    const { lambda } = this;
    if (!table) return undefined;
    const setup = (...settings: string[]): Setup => ({
      ...this.lab.setup('everything'),
      settings,
    });
    const engine = await this.lab.engine();
    const means = engine.fit(setup('method=means'), 1);
    const solved = this.solves
      ? engine.fit(setup('method=least-squares', `lambda=${lambda}`), PASSES)
      : undefined;
    const [meansFit, solvedFit] = await Promise.all([means, solved]);
    return {
      table,
      lambda,
      means: readFit(meansFit),
      leastSquares: solvedFit && readFit(solvedFit),
    };
  }
}
