import './line-chart.ts';

import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';

import type { BiasCurve, Film, Regular } from '../../../pkg/factorscope.js';
import { count, plain } from '../../format.ts';
import { filmName } from '../../lab/films.ts';
import { CHOICES } from '../../lab/choices.ts';
import type { Line } from '../../lab/lines.ts';
import { dateOfYear } from '../../lab/time.ts';
import { color } from '../../palette.ts';
import { LabView } from '../frame/lab-view.ts';

/** Whose biases over the years can be chosen: the most rated films, the users with most days. */
interface Subjects {
  films: Film[];
  users: Regular[];
}

/** Films and users to choose from. */
const OFFERED = 50;
/** Days of the user shown first. */
const LEGIBLE = 60;

const FILM = CHOICES['bias-curves'].film;

type Kind = 'item' | 'user';

/** The biases of a film and of a user over the years, as the trained model has them. */
@customElement('bias-curves')
export class BiasCurves extends LabView {
  @state() private curved: Subjects | undefined;
  @state() private item: BiasCurve | undefined;
  @state() private user: BiasCurve | undefined;
  /** What is drawn: asked for again where another one is chosen. */
  private asked = '';
  protected override readonly computes = false;

  protected override modelChanged(): void {
    void this.follow();
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.curved && this.asked !== this.wanted()) void this.draw();
  }

  protected override dataChanged(): void {
    this.curved = undefined;
  }

  private get film(): number {
    return this.lab.chosen(FILM) ?? this.curved?.films[0]?.item ?? 0;
  }

  private wanted(): string {
    return `${this.film} ${this.lab.state.user}`;
  }

  protected override render(): TemplateResult {
    const { curved } = this;
    return html`
      <section class="bias-curves" aria-label="Biases over the years">
        ${this.faultText()}
        ${
          curved
            ? html`${this.ofFilm(curved)} ${this.ofUser(curved)}`
            : html`<p class="films-empty">
                Once the model above is trained, the bias of a film and of a user over the years
                stand here.
              </p>`
        }
      </section>
    `;
  }

  private ofFilm({ films }: Subjects): TemplateResult {
    const id = `${this.lab.block.id}-film`;
    return html`
      <div class="bias-choice">
        <label for=${id}>Film</label>
        <select id=${id} @change=${(event: Event) => this.choose(event, 'item')}>
          ${films.map(
            (film) =>
              html`<option value=${film.item} .selected=${film.item === this.film}>
                ${filmName(film)}
              </option>`,
          )}
        </select>
        <span class="help">${this.counted(this.item)}</span>
      </div>
      <line-chart
        .chart=${this.item?.chart}
        .lines=${filmLines(this.item)}
        .xName=${'date'}
        .xText=${dateOfYear}
        .digits=${3}
        label="The bias of the film over the years"
      ></line-chart>
    `;
  }

  private ofUser({ users }: Subjects): TemplateResult {
    const id = `${this.lab.block.id}-regular`;
    const { user } = this.lab.state;
    return html`
      <div class="bias-choice">
        <label for=${id}>User</label>
        <select id=${id} @change=${(event: Event) => this.choose(event, 'user')}>
          ${users.map(
            (regular) =>
              html`<option value=${regular.user} .selected=${regular.user === user}>
                ${regular.id}: ${count(regular.days)} days in ${plain(regular.years, 1)} years
              </option>`,
          )}
        </select>
        <span class="help">${this.counted(this.user)}</span>
      </div>
      <line-chart
        .chart=${this.user?.chart}
        .lines=${userLines(this.user)}
        .xName=${'date'}
        .xText=${dateOfYear}
        .digits=${3}
        label="The bias of the user over the years, with its days"
      ></line-chart>
    `;
  }

  private counted(curve: BiasCurve | undefined): string {
    return curve ? `${count(curve.count)} ratings in training` : '';
  }

  private choose(event: Event, kind: Kind): void {
    const index = Number((event.target as HTMLSelectElement).value);
    if (kind === 'item') this.lab.choose(FILM, index);
    // A choice of rows changes no parameter: what the link promised still holds.
    else this.lab.set({ user: index }, true);
  }

  /** Takes the list from a model just trained, and keeps the choices where it has them. */
  private async follow(): Promise<void> {
    if (!this.lab.result) {
      this.curved = undefined;
      return;
    }
    await this.question(async (late) => {
      const films = await this.lab.ask('time', 'mostRated', OFFERED);
      const users = await this.lab.ask('time', 'regulars', OFFERED);
      if (late()) return;
      if (!films.some(({ item }) => item === this.lab.chosen(FILM))) this.lab.unfit(FILM);
      if (!users.some(({ user }) => user === this.lab.state.user)) {
        this.lab.set({ user: middling(users)?.user ?? 0 }, true);
      }
      this.curved = { films, users };
      await this.draw();
    });
  }

  private async draw(): Promise<void> {
    await this.question(async (late) => {
      const { film } = this;
      this.asked = this.wanted();
      const { user } = this.lab.state;
      const item = await this.lab.ask('time', 'itemCurve', film, colors('item'));
      const own = await this.lab.ask('time', 'userCurve', user, colors('user'));
      if (late()) return;
      this.item = item;
      this.user = own;
    });
  }
}

/** The user whose number of days is nearest to what a chart can show one by one. */
function middling(users: readonly Regular[]): Regular | undefined {
  const off = ({ days }: { days: number }): number => Math.abs(days - LEGIBLE);
  return [...users].sort((a, b) => off(a) - off(b))[0];
}

function colors(kind: Kind): Uint8Array {
  return Uint8Array.from([...color(kind), ...color('train'), ...color('baseline')]);
}

function filmLines(curve: BiasCurve | undefined): Line[] {
  return [
    { name: 'bias of the film', color: 'item', points: curve?.line ?? [] },
    { name: 'its constant', color: 'baseline', points: curve?.constant ?? [] },
    { name: 'what its ratings say (dots)', color: 'train', points: curve?.seen ?? [] },
  ];
}

function userLines(curve: BiasCurve | undefined): Line[] {
  return [
    { name: 'bias of the user, drifting', color: 'user', points: curve?.line ?? [] },
    { name: 'its constant', color: 'baseline', points: curve?.constant ?? [] },
    { name: 'on each day (dots)', color: 'user', points: curve?.days ?? [] },
    { name: 'what the day’s ratings say (grey dots)', color: 'train', points: curve?.seen ?? [] },
  ];
}
