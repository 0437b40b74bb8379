import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { ParameterValues, Step, System } from '../../../pkg/factorscope.js';
import { fixed, plain } from '../../format.ts';
import { rowTerms, silentDirection } from '../../lab/linear.ts';
import { tex } from '../../maths.ts';

const DIGITS = 4;
/** Of larger systems the upper left corner is shown. */
const CORNER = 8;
/** Up to this size every row is multiplied out. */
const CHECKED = 3;

/** Which side a step is about. */
interface Side {
  kind: 'user' | 'item';
  index: number;
}

/** Which side a step is about; nothing where it is about one rating. */
function sideOf(step: Step): Side | undefined {
  if ('user' in step.subject) return { kind: 'user', index: step.subject.user };
  if ('item' in step.subject) return { kind: 'item', index: step.subject.item };
  return undefined;
}

/** One step of alternating least squares: the bias's closed form, then the system of the vector. */
@customElement('solved-system')
export class SolvedSystem extends LitElement {
  @property({ attribute: false }) step: Step | undefined;
  @property({ attribute: false }) parameters: readonly ParameterValues[] = [];
  /** What the user or item is called; its number where nothing is said. */
  @property() who = '';
  @property({ type: Number }) lambda = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { step } = this;
    const side = step && sideOf(step);
    if (!step || !side) return nothing;
    const who = this.who || `${side.kind} ${side.index + 1}`;
    return html`
      <div class="solved-system">
        ${this.bias(step, side)}
        ${
          step.system
            ? this.system(step.system, side, who)
            : html`<p class="note">There is no rating of ${who}: its vector stays zero.</p>`
        }
      </div>
    `;
  }

  private bias({ terms, updates: [update] }: Step, side: Side): TemplateResult | typeof nothing {
    const [sum, count] = (['numerator', 'denominator'] as const).map((kind) =>
      terms.find(({ addend }) => addend.kind === kind),
    );
    if (!sum || !count || !update) return nothing;
    const own = this.parameters[update.parameter]?.symbol ?? '';
    const formula = String.raw`${own} = \frac{${sum.addend.latex}}{${count.addend.latex}}`;
    return html`
      <h4>The bias</h4>
      <p class="system-bias table-scroll" tabindex="0">
        ${tex(formula)}
        <span class="value">
          = ${fixed(sum.value, DIGITS)} / ${fixed(count.value, DIGITS)} =
          <output class="of-${side.kind}">${fixed(update.after, DIGITS)}</output>
        </span>
      </p>
    `;
  }

  private system(system: System, side: Side, who: string): TemplateResult {
    const size = system.right.length;
    const shown = Math.min(size, CORNER);
    const { matrix, right, unknown } = system.written;
    const formula = String.raw`\underbrace{\Bigl(${matrix}\Bigr)}_{A}\; ${unknown} = \underbrace{${right}}_{b}`;
    return html`
      <h4>The vector</h4>
      <div class="system-formula table-scroll" role="group" aria-label="The system" tabindex="0">
        ${tex(formula)}
      </div>
      <div
        class="system table-scroll"
        role="group"
        aria-label="The system of ${who} with its numbers"
        tabindex="0"
      >
        ${part(tex('A'), (row, column) => this.element(system, size, row, column), shown, shown)}
        ${part(tex(unknown), (row) => solution(system, side, row), shown, 1)}
        <span class="system-equals" aria-hidden="true">=</span>
        ${part(tex('b'), (row) => html`<td>${fixed(system.right[row] ?? 0, DIGITS)}</td>`, shown, 1)}
      </div>
      <p class="help">
        The tinted diagonal holds ${tex(String.raw`\lambda`)} = ${plain(this.lambda, 4)} on top of
        the sum.
        ${shown < size ? `Shown are the first ${shown} of ${size} rows and columns.` : nothing}
      </p>
      ${system.solution ? this.check(system, size) : this.singular(system, size, who)}
    `;
  }

  private element({ matrix }: System, size: number, row: number, column: number): TemplateResult {
    const value = fixed(matrix[row * size + column] ?? 0, DIGITS);
    return html`<td class=${row === column ? 'diagonal' : nothing}>${value}</td>`;
  }

  private check(system: System, size: number): TemplateResult | typeof nothing {
    if (size > CHECKED || !system.solution) return nothing;
    const { matrix, right, solution } = system;
    return html`
      <ul class="system-check value" aria-label="Each row multiplied out">
        ${solution.map((_, row) => {
          const terms = rowTerms(matrix, solution, row).map(
            ([a, x]) => `${bracketed(a)} · ${bracketed(x)}`,
          );
          return html`<li>${terms.join(' + ')} = ${fixed(right[row] ?? 0, DIGITS)}</li>`;
        })}
      </ul>
    `;
  }

  private singular({ matrix, written }: System, size: number, who: string): TemplateResult {
    const { direction, rank } = silentDirection(matrix, size);
    const shown = direction.slice(0, CORNER).map((x) => fixed(x, 2));
    const vector = `(${shown.join(', ')}${size > CORNER ? ', …' : ''})`;
    return html`
      <div class="note system-singular" role="status">
        <p>
          <strong>This system is singular: it has no single solution.</strong>
          ${tex(written.unknown)} has ${size} ${size === 1 ? 'component' : 'components'}, but the
          ratings of ${who} fix only ${rank} of ${size} ${size === 1 ? 'direction' : 'directions'}:
          each rating fixes at most one, and ${tex(String.raw`\lambda`)} = 0 adds nothing. Move
          ${tex(written.unknown)} along <span class="value">${vector}</span>, and no prediction for
          a known rating of ${who} changes. The ratings say nothing about that direction.
        </p>
        <p>
          The engine keeps ${tex(written.unknown)} as it was. The remedy is any
          ${tex(String.raw`\lambda > 0`)}: among vectors that fit equally well it prefers the
          shortest, and that is one vector.
        </p>
      </div>
    `;
  }
}

function solution({ solution }: System, side: Side, row: number): TemplateResult {
  return html`<td class="of-${side.kind}">
    ${solution ? fixed(solution[row] ?? 0, DIGITS) : html`?<span class="visually-hidden">, undetermined</span>`}
  </td>`;
}

function bracketed(value: number): string {
  const text = fixed(value, DIGITS);
  return value < 0 ? `(${text})` : text;
}

/** A matrix or a column between brackets, with what it is below. */
function part(
  what: TemplateResult,
  cell: (row: number, column: number) => TemplateResult,
  rows: number,
  columns: number,
): TemplateResult {
  const numbers = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
  return html`
    <table class="matrix">
      <caption>
        ${what}
      </caption>
      <tbody>
        ${numbers(rows).map(
          (row) =>
            html`<tr>
              ${numbers(columns).map((column) => cell(row, column))}
            </tr>`,
        )}
      </tbody>
    </table>
  `;
}
