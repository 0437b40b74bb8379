import '../frame/run-link.ts';

import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { fixed, plain, signed } from '../../format.ts';
import { CHOICES } from '../../lab/choices.ts';
import { dot, turnedVector } from '../../lab/factors.ts';
import { tex } from '../../maths.ts';
import { LabView } from '../frame/lab-view.ts';

const FEATURES = ['action and adventure', 'comedy', 'romance', 'horror', 'animation'] as const;
type Vector = readonly number[];
type Who = 'user' | 'first' | 'second';

const WHO: readonly Who[] = ['user', 'first', 'second'];
const CHOICE = CHOICES.taste;
const NAMES: Readonly<Record<Who, string>> = {
  user: 'the user',
  first: 'the first film',
  second: 'the second film',
};
const MOST = 3;

/** A user and two films as vectors with named features: their products, and what a turn leaves. */
@customElement('taste-vectors')
export class TasteVectors extends LabView {
  protected override render(): TemplateResult {
    const { vectors } = this;
    const degrees = this.lab.chosen(CHOICE.turn);
    const mixed = (vector: Vector): Vector => turnedVector(vector, 0, 1, degrees);
    const after = {
      user: mixed(vectors.user),
      first: mixed(vectors.first),
      second: mixed(vectors.second),
    };
    return html`
      <section class="taste" aria-label="Taste vectors">
        ${this.table('As they are', vectors, FEATURES, true)}
        <p class="help">
          Change any number. A feature adds to the product where user and film agree in sign, and
          takes away where they do not.
        </p>
        <div class="taste-turn">
          <label for="${this.lab.block.id}-turn">
            Turn the first two features together by
            <output class="value">${degrees}°</output>
          </label>
          <input
            id="${this.lab.block.id}-turn"
            type="range"
            min="0"
            max="180"
            step="5"
            .value=${String(degrees)}
            @input=${(event: Event) =>
              this.lab.choose(CHOICE.turn, Number((event.target as HTMLInputElement).value))}
          />
        </div>
        ${this.table(
          `Turned by ${degrees}°`,
          after,
          ['mix of action and comedy', 'another mix of the two', ...FEATURES.slice(2)],
          false,
        )}
        <p role="status" class="taste-verdict">
          The products are ${fixed(dot(after.user, after.first), 2)} and
          ${fixed(dot(after.user, after.second), 2)} after the turn, as before it.
        </p>
        <div class="buttons">
          <button type="button" class="quiet" @click=${this.reset}>Start over</button>
        </div>
        <run-link .lab=${this.lab} bare></run-link>
      </section>
    `;
  }

  private get vectors(): Readonly<Record<Who, Vector>> {
    const all = this.lab.chosen(CHOICE.vectors);
    const of = (who: Who): Vector => {
      const at = WHO.indexOf(who) * FEATURES.length;
      return all.slice(at, at + FEATURES.length);
    };
    return { user: of('user'), first: of('first'), second: of('second') };
  }

  private table(
    caption: string,
    vectors: Readonly<Record<Who, Vector>>,
    features: readonly string[],
    editable: boolean,
  ): TemplateResult {
    const { first, second, user } = vectors;
    const number = (who: Who, k: number): TemplateResult => {
      const value = vectors[who][k] ?? 0;
      return editable ? this.input(who, k, value) : html`${fixed(value, 3)}`;
    };
    const digits = editable ? 2 : 3;
    return html`
      <div class="table-scroll" tabindex="0" role="group" aria-label=${caption}>
        <table class="numbers value taste-table">
          <caption>
            ${caption}
          </caption>
          <thead>
            <tr>
              <th scope="col" class="text">feature</th>
              <th scope="col" class="of-user">user ${tex('p')}</th>
              <th scope="col" class="of-item">film ${tex('q')}</th>
              <th scope="col">${tex('p_k q_k')}</th>
              <th scope="col" class="of-item">film ${tex("q'")}</th>
              <th scope="col">${tex("p_k q'_k")}</th>
            </tr>
          </thead>
          <tbody>
            ${features.map(
              (feature, k) => html`
                <tr>
                  <th scope="row">${feature}</th>
                  <td>${number('user', k)}</td>
                  <td>${number('first', k)}</td>
                  <td>${signed((user[k] ?? 0) * (first[k] ?? 0), digits)}</td>
                  <td>${number('second', k)}</td>
                  <td>${signed((user[k] ?? 0) * (second[k] ?? 0), digits)}</td>
                </tr>
              `,
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colspan="3">sum</th>
              <td><strong>${fixed(dot(user, first), digits)}</strong></td>
              <td></td>
              <td><strong>${fixed(dot(user, second), digits)}</strong></td>
            </tr>
          </tfoot>
        </table>
      </div>
    `;
  }

  private input(who: Who, k: number, value: number): TemplateResult {
    return html`<input
      class="number"
      type="number"
      min=${-MOST}
      max=${MOST}
      step="0.1"
      aria-label="${FEATURES[k] ?? ''} of ${NAMES[who]}"
      .value=${plain(value, 2).replace('\u2212', '-')}
      @change=${(event: Event) => this.put(who, k, event.target as HTMLInputElement)}
    />`;
  }

  private put(who: Who, k: number, input: HTMLInputElement): void {
    const typed = Number(input.value);
    const old = this.vectors[who];
    // What is no number, or beyond the range, stays as it was.
    if (input.value.trim() === '' || !Number.isFinite(typed) || Math.abs(typed) > MOST) {
      input.value = String(old[k] ?? 0);
      return;
    }
    const at = WHO.indexOf(who) * FEATURES.length + k;
    this.lab.choose(CHOICE.vectors, this.lab.chosen(CHOICE.vectors).with(at, typed));
  }

  private readonly reset = (): void => {
    this.lab.choose(CHOICE.vectors, CHOICE.vectors.start);
    this.lab.choose(CHOICE.turn, CHOICE.turn.start);
  };
}
