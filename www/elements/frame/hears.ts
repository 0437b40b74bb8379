import type { ReactiveController, ReactiveControllerHost } from 'lit';

type Heard = Record<string, () => void>;

/**
 * Listens to an object that an element is handed as a property, while the element is on the page. An element
 * whose code arrives after it was put there is connected before it is handed anything: it listens from its
 * first update on.
 */
export class Hears implements ReactiveController {
  private source: EventTarget | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly current: () => EventTarget | undefined,
    private readonly heard: Heard,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.listen(this.current());
  }

  hostUpdate(): void {
    this.listen(this.current());
  }

  hostDisconnected(): void {
    this.listen(undefined);
  }

  private listen(source: EventTarget | undefined): void {
    if (source === this.source) return;
    for (const [event, listener] of Object.entries(this.heard)) {
      this.source?.removeEventListener(event, listener);
      source?.addEventListener(event, listener);
    }
    this.source = source;
  }
}
