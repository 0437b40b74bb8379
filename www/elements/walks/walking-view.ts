import { state } from 'lit/decorators.js';

import type { Drawn, Opened, Walked } from '../../engine/types.ts';
import { CHOICES } from '../../lab/choices.ts';
import { walkKey } from '../../lab/training.ts';
import { modelColor } from '../../palette.ts';
import { sentence } from '../../sentence.ts';
import { LabView } from '../frame/lab-view.ts';

/** The last step a walk goes to; the engine has the same limit. */
export const LAST_STEP = 100_000;
/** The name of the walk in the engine. */
const WALK = 'walk';
/** A jump that takes longer says so. */
const SLOW_MS = 250;

/** A walk in the engine, kept where the state says: by buttons, by keys, or playing on. */
export abstract class WalkingView extends LabView {
  @state() protected walked: Walked | undefined;
  @state() protected opened: Opened | undefined;
  @state() protected slow = false;
  @state() protected playing = false;
  /** A step that was asked for and not reached. */
  @state() protected goal: number | undefined;

  /** What the walk shown was begun with; nothing where it has to be asked for anew. */
  private begun = '';
  private drawn: Drawn | undefined;
  private work: Promise<void> | undefined;
  private dataVersion = 0;
  private seen: IntersectionObserver | undefined;
  private near = false;
  private readonly pressed = (event: KeyboardEvent): void => this.press(event);

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.pressed);
    // The engine and the data are fetched when the walk is about to be seen; out of sight it rests.
    this.seen = new IntersectionObserver(
      ([entry]) => {
        this.near = entry?.isIntersecting ?? false;
        if (this.near) this.changed();
        else this.playing = false;
      },
      { rootMargin: '400px' },
    );
    this.seen.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.pressed);
    this.seen?.disconnect();
    this.playing = false;
  }

  protected override labChanged(): void {
    this.requestUpdate();
    if (this.near || this.lab.linked || this.walked) void this.follow();
  }

  protected override dataChanged(): void {
    this.dataVersion += 1;
    this.playing = false;
  }

  /** Brings the engine's walk to where the state says, however often that changes meanwhile. */
  private follow(): Promise<void> {
    this.work ??= this.catchUp().finally(() => (this.work = undefined));
    return this.work;
  }

  private async catchUp(): Promise<void> {
    const slow = setTimeout(() => (this.slow = true), SLOW_MS);
    try {
      while (await this.advance());
    } catch (error) {
      this.begun = '';
      this.playing = false;
      this.fault = sentence(error);
    } finally {
      clearTimeout(slow);
      this.slow = false;
    }
  }

  /** One question to the engine; false when there is nothing left to ask. */
  private async advance(): Promise<boolean> {
    const { dataVersion, lab } = this;
    const setup = lab.setup();
    const key = walkKey(dataVersion, setup);
    const fresh = key !== this.begun;
    const at = this.walked?.position.step;
    const asked = lab.state.step;
    const drawn = this.drawing;
    if (!fresh && asked === at && drawn === this.drawn) return false;
    // Where other settings ended the walk early, it goes on to the step that was meant.
    const step = fresh && asked === at ? (this.goal ?? asked) : asked;
    const engine = await lab.engine();
    const opened = await lab.opened();
    const color = modelColor(lab.entry.id);
    const walked = await engine.walk(WALK, setup, step, color, drawn).catch((error: unknown) => {
      // The engine of other data has ended with it.
      if (dataVersion === this.dataVersion) throw error;
      return undefined;
    });
    if (!walked || dataVersion !== this.dataVersion) return true;
    this.begun = key;
    this.drawn = drawn;
    this.opened = opened;
    this.walked = walked;
    this.fault = '';
    this.goal = walked.end ? step : undefined;
    if (walked.end) this.playing = false;
    const reached = walked.position.step;
    // What the link holds is the step that was reached.
    if (lab.state.step === asked && reached !== asked) lab.set({ step: reached }, true);
    return true;
  }

  /** What is drawn over the steps. */
  protected get drawing(): Drawn {
    const { task, watched } = this.lab.entry;
    return task === 'ranking' ? 'objective' : (this.lab.chosen(CHOICES.walk.drawn) ?? watched);
  }

  protected go(step: number): void {
    if (!this.lab.runnable) return;
    this.playing = false;
    this.goal = undefined;
    this.lab.set({ step: Math.min(Math.max(step, 0), LAST_STEP) });
  }

  protected async play(): Promise<void> {
    if (this.playing || !this.lab.runnable) {
      this.playing = false;
      return;
    }
    this.playing = true;
    while (this.playing && this.isConnected && this.lab.runnable) {
      const started = performance.now();
      this.lab.set({ step: Math.min(this.lab.state.step + 1, LAST_STEP) });
      await this.follow();
      await this.updateComplete;
      if (this.lab.state.step >= LAST_STEP) this.playing = false;
      const rest = 1000 / this.lab.chosen(CHOICES.walk.speed) - (performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, Math.max(rest, 0)));
    }
    this.playing = false;
  }

  /** Arrow keys and space, while this part has the focus or is under the pointer. */
  private press(event: KeyboardEvent): void {
    if (
      event.defaultPrevented ||
      event.altKey ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey
    ) {
      return;
    }
    const { activeElement } = document;
    const frame = this.closest('.lab') ?? this;
    const focused = activeElement !== null && frame.contains(activeElement);
    const elsewhere = activeElement !== null && activeElement !== document.body && !focused;
    if (!focused && (elsewhere || !frame.matches(':hover'))) return;
    // A field, a list and a box that scrolls need these keys themselves.
    if (activeElement?.matches('input, select, textarea') || scrolls(activeElement)) return;
    const { step } = this.lab.state;
    if (event.key === 'ArrowRight') this.go(step + 1);
    else if (event.key === 'ArrowLeft') this.go(step - 1);
    else if (event.key === ' ' && !activeElement?.matches('button, summary, a')) void this.play();
    else return;
    event.preventDefault();
  }
}

function scrolls(element: Element | null): boolean {
  return (
    element !== null &&
    element.matches('.table-scroll, .maths, pre') &&
    element.scrollWidth > element.clientWidth
  );
}
