import '../frame/run-link.ts';

import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { ParameterValues } from '../../../pkg/factorscope.js';
import type { Fit, Setup } from '../../engine/types.ts';
import { fixed, plain } from '../../format.ts';
import { indexed } from '../../lab/step.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const DIGITS = 6;

interface Both {
  pmf: Fit;
  svd: Fit;
  lambda: number;
}

/** The most probable point by pmf and regularized least squares by svd, number beside number. */
@customElement('same-numbers')
export class SameNumbers extends LabView {
  @state() private both: Both | undefined;

  protected override labChanged(): void {
    this.requestUpdate();
    void this.fit();
  }

  protected override render(): TemplateResult {
    const { both } = this;
    return html`
      <section class="same-numbers" aria-label="PMF beside regularized least squares">
        ${this.faultText()} ${both ? this.table(both) : html`<p class="note">Training both …</p>`}
        <run-link .lab=${this.lab} .print=${both?.pmf}></run-link>
      </section>
    `;
  }

  /** What svd has to be told: lambda as the ratio of the variances. */
  private setups(): { pmf: Setup; svd: Setup; lambda: number } {
    const { settings } = this.lab.state;
    const get = (name: string): number => settings[name] ?? 0;
    const lambda = this.word('prior') === 'none' ? 0 : get('variance') / get('variance_p');
    const setup = this.lab.setup('everything');
    const shared = setup.settings.filter((text) =>
      /^(factors|epochs|gamma|sigma|order)=/.test(text),
    );
    const biases = this.word('offset') === 'biases' ? 'yes' : 'no';
    return {
      lambda,
      pmf: this.lab.setupWith({ variance_q: get('variance_p') }, 'everything'),
      svd: {
        ...setup,
        model: 'svd',
        settings: [...shared, `lambda=${lambda}`, `biases=${biases}`],
      },
    };
  }

  /** The word that a choice of the model stands at. */
  private word(name: string): string {
    const setting = this.lab.setup().settings.find((text) => text.startsWith(`${name}=`));
    return setting?.slice(name.length + 1) ?? '';
  }

  private fit(): Promise<void> {
    const { lambda, pmf, svd } = this.setups();
    const passes = this.lab.state.settings['epochs'] ?? 1;
    return this.question(async (late) => {
      try {
        const engine = await this.lab.engine();
        const one = await engine.fit(pmf, passes);
        const other = await engine.fit(svd, passes);
        if (!late()) this.both = { pmf: one, svd: other, lambda };
        return one.stopped ?? other.stopped;
      } catch (error) {
        if (!late()) this.both = undefined;
        throw error;
      }
    });
  }

  private table({ lambda, pmf, svd }: Both): TemplateResult {
    const rows = pairs(pmf.parameters, svd.parameters);
    const apart = Math.max(0, ...rows.map(({ one, other }) => Math.abs(one - other)));
    const same = pmf.fingerprint === svd.fingerprint;
    const { settings } = this.lab.state;
    return html`
      <p class="same-lambda">
        ${
          this.word('prior') === 'none'
            ? html`${tex(String.raw`\lambda`)} = <span class="value">0</span>: no prior, as if
                ${tex(String.raw`\sigma_p^2`)} were infinite`
            : html`${tex(String.raw`\lambda = \sigma^2 / \sigma_p^2`)} =
                <span class="value">
                  ${plain(settings['variance'] ?? 0, 4)} / ${plain(settings['variance_p'] ?? 0, 4)}
                  = ${plain(lambda, 6)}</span
                >`
        }
      </p>
      <p class=${same ? 'good' : 'note'} role="status">
        ${
          same
            ? 'Both have the same fingerprint: every bit of every number is the same.'
            : `The fingerprints differ; the largest difference is ${fixed(apart, DIGITS)}. ${this.why()}`
        }
      </p>
      <div
        class="table-scroll"
        tabindex="0"
        role="group"
        aria-label="All parameters of both models"
      >
        <table class="numbers same-table">
          <thead>
            <tr>
              <th scope="col">parameter</th>
              <th scope="col">PMF</th>
              <th scope="col">least squares</th>
              <th scope="col">difference</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ one, other, symbol }) => html`
                <tr>
                  <th scope="row">${tex(symbol)}</th>
                  <td>${fixed(one, DIGITS)}</td>
                  <td>${fixed(other, DIGITS)}</td>
                  <td>${fixed(one - other, DIGITS)}</td>
                </tr>
              `,
            )}
            <tr>
              <th scope="row" class="text">fingerprint</th>
              <td class="fingerprint">${pmf.fingerprint}</td>
              <td class="fingerprint">${svd.fingerprint}</td>
              <td></td>
            </tr>
          </tbody>
        </table>
      </div>
    `;
  }

  /** Why two runs that ought to agree do not. */
  private why(): string {
    if (this.word('offset') === 'mean') {
      return 'The model svd has no mean without biases: choose another offset.';
    }
    if (this.word('prior') === 'per-vector') {
      return 'The model svd adds its penalty once for each rating, this prior counts once for each vector: choose per-rating.';
    }
    return '';
  }
}

/** Every number that both models have, but for the mean. */
function pairs(
  ones: readonly ParameterValues[],
  others: readonly ParameterValues[],
): { symbol: string; one: number; other: number }[] {
  return ones.flatMap((parameter, n) => {
    const other = others[n];
    if (!other || parameter.axis === 'global') return [];
    return Array.from(parameter.values, (one, at) => ({
      symbol: indexed(ones, n, Math.floor(at / parameter.columns), at % parameter.columns),
      one,
      other: other.values[at] ?? Number.NaN,
    }));
  });
}
