import { expose } from 'comlink';

import type { WorkerLike } from '../../www/engine/life.ts';

/** A worker whose engine lives on the other side of a channel. */
export class FakeWorker<Engine> extends EventTarget implements WorkerLike {
  ended = false;
  private readonly channel = new MessageChannel();

  constructor(
    readonly engine: Engine,
    loads = true,
  ) {
    super();
    if (!loads) {
      setTimeout(() => this.dispatchEvent(new Event('error')));
      return;
    }
    expose(this.engine, this.channel.port2 as unknown as WorkerLike);
    this.channel.port1.onmessage = ({ data }) =>
      this.dispatchEvent(new MessageEvent('message', { data }));
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    this.channel.port1.postMessage(message, transfer as never);
  }

  terminate(): void {
    this.ended = true;
    this.channel.port1.close();
    this.channel.port2.close();
  }
}
