import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { AddendKind, Step, System } from '../../../pkg/factorscope.js';
import { count, fixed, plain } from '../../format.ts';
import { inverse2 } from '../../lab/bayes.ts';
import { tex } from '../../maths.ts';

const DIGITS = 3;
/** Of larger matrices the upper left corner is shown. */
const CORNER = 6;

/** The normal distribution of one vector given its ratings, and what was drawn from it. */
@customElement('drawn-vector')
export class DrawnVector extends LitElement {
  @property({ attribute: false }) step: Step | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { step } = this;
    return step?.system ? this.distribution(step, step.system) : nothing;
  }

  private distribution(step: Step, system: System): TemplateResult {
    const user = 'user' in step.subject;
    const { abbreviation, matrix, right, unknown } = system.written;
    const size = system.right.length;
    // A bias is told first, and stands last in the vector.
    const drawn = step.updates.map(({ after }) => after);
    const biased = new Set(step.updates.map(({ parameter }) => parameter)).size > 1;
    if (biased) drawn.push(...drawn.splice(0, 1));
    const covariance = size === 2 ? inverse2(system.matrix) : undefined;
    const deviations = covariance && [Math.sqrt(covariance[0]), Math.sqrt(covariance[3])];
    const value = (kind: AddendKind): number =>
      step.terms.find(({ addend }) => addend.kind === kind)?.value ?? 0;
    const [n, alpha] = [value('count'), value('precision')];
    return html`
      <h4>The distribution of ${tex(unknown)}, and a draw from it</h4>
      <p class="table-scroll" tabindex="0">
        ${tex(`A = ${matrix}`)}<br />
        ${tex(String.raw`A\,m = b = ${right}`)}
      </p>
      <p class="help">
        ${count(n)} ${n === 1 ? 'rating' : 'ratings'}, ${tex(String.raw`\alpha`)} =
        ${plain(alpha, 3)}.
        ${
          abbreviation
            ? html`The bias is the vector’s last component, ${tex(abbreviation)}.`
            : nothing
        }
        ${size > CORNER ? `Shown are the first ${CORNER} of ${size} rows and columns.` : nothing}
      </p>
      <div
        class="system table-scroll"
        role="group"
        aria-label="The numbers of the draw"
        tabindex="0"
      >
        ${numbersTable(tex('A'), corner(system.matrix, size), Math.min(size, CORNER))}
        ${numbersTable(tex('b'), system.right.slice(0, CORNER), 1)}
        ${numbersTable(tex('m'), (system.solution ?? []).slice(0, CORNER), 1)}
        ${deviations ? numbersTable(html`deviation`, deviations, 1) : nothing}
        ${numbersTable(html`drawn`, drawn.slice(0, CORNER), 1, user ? 'of-user' : 'of-item')}
      </div>
    `;
  }
}

/** The upper left corner of a square matrix, row by row. */
function corner(matrix: readonly number[], size: number): number[] {
  return matrix.filter((_, n) => n % size < CORNER && Math.floor(n / size) < CORNER);
}

/** Numbers between brackets, row by row, below what they are. */
export function numbersTable(
  caption: TemplateResult,
  values: ArrayLike<number>,
  columns: number,
  kind = '',
): TemplateResult {
  const all = Array.from(values);
  const rows = Array.from({ length: Math.ceil(all.length / columns) }, (_, n) =>
    all.slice(n * columns, (n + 1) * columns),
  );
  return html`
    <table class="matrix">
      <caption>
        ${caption}
      </caption>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((value) => html`<td class=${kind || nothing}>${fixed(value, DIGITS)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  `;
}
