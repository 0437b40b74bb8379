import { describe, expect, test, vi } from 'vitest';

import { Client, EngineDied } from '../../www/engine/client.ts';
import { Engines, type Holder } from '../../www/engine/held.ts';
import { Session } from '../../www/engine/session.ts';
import type { Setup, Source } from '../../www/engine/types.ts';
import { FakeWorker } from './fake-worker.ts';

const source = (seed: number): Source => ({ kind: 'simulation', seed });

const setup: Setup = {
  model: 'svd',
  settings: [],
  seed: 1,
  splitSeed: 1,
  split: '0.2',
  validation: 0,
};

/** An engine as far as parts that share it ask it. */
class FakeEngine {
  opened: [Source, unknown][] = [];
  trained: (string | undefined)[] = [];
  private readonly under = new Map<string, () => void>();

  start(): void {}

  open(what: Source, cutout: unknown): unknown {
    this.opened.push([what, cutout]);
    return { info: what };
  }

  /** Answers once its part cancels. */
  train(_: Setup, { keep }: { keep?: string }, _tell: unknown, scope: string): Promise<string> {
    this.trained.push(keep);
    return new Promise((resolve) => this.under.set(scope, () => resolve(`${scope} is cancelled`)));
  }

  cancel(scope: string): void {
    this.under.get(scope)?.();
  }

  ask(name: string): string {
    return name;
  }
}

function fake(): { engines: Engines; workers: FakeWorker<FakeEngine>[] } {
  const workers: FakeWorker<FakeEngine>[] = [];
  const engines = new Engines(
    (parts) =>
      new Client({
        ...parts,
        spawn: () => {
          const worker = new FakeWorker(new FakeEngine());
          workers.push(worker);
          return worker;
        },
        module: () => Promise.resolve({} as WebAssembly.Module),
      }),
  );
  return { engines, workers };
}

const holder = () => ({ lost: vi.fn<Holder['lost']>(), serves: vi.fn<Holder['serves']>() });

describe('a data set', () => {
  test('is open once, in one engine, for all that hold it', async () => {
    const { engines, workers } = fake();
    const data = source(1);
    const six = Array.from({ length: 6 }, () => engines.hold(data, false, holder()));
    const opened = await Promise.all(six.map((held) => held.open()));
    expect(new Set(opened).size).toBe(1);
    expect(workers.map(({ engine }) => engine.opened)).toEqual([[[data, false]]]);
  });

  test('has an engine beside that of its cut-out and of other data', async () => {
    const { engines, workers } = fake();
    const data = source(1);
    for (const held of [
      engines.hold(data, false, holder()),
      engines.hold(data, 'alike', holder()),
      engines.hold(source(1), false, holder()),
    ]) {
      await held.open();
    }
    expect(workers.length).toBe(3);
  });

  test('is let go of by the last that held it, and opened anew for the next', async () => {
    const { engines, workers } = fake();
    const data = source(1);
    const [one, other] = [holder(), holder()];
    const held = engines.hold(data, false, one);
    expect(engines.hold(data, false, other)).toBe(held);
    await held.open();
    held.release(one);
    held.release(one);
    expect(workers.map(({ ended }) => ended)).toEqual([false]);
    held.release(other);
    expect(workers.map(({ ended }) => ended)).toEqual([true]);
    await expect(held.client.call((engine) => engine.cancel())).rejects.toThrow(/was ended/);
    await expect(held.open()).resolves.toBeDefined();
    expect(workers.length).toBe(1);
    const again = engines.hold(data, false, one);
    expect(again).not.toBe(held);
    await again.open();
    expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
  });

  test('whose engine dies is told to all that hold it, and open again in the next', async () => {
    const { engines, workers } = fake();
    const data = source(1);
    const [one, other, gone] = [holder(), holder(), holder()];
    const held = engines.hold(data, false, one);
    for (const more of [other, gone]) engines.hold(data, false, more);
    held.release(gone);
    await held.open();
    workers[0]?.dispatchEvent(new Event('error'));
    for (const { lost } of [one, other]) {
      expect(lost.mock.calls.map(([error]) => error)).toEqual([expect.any(EngineDied)]);
    }
    expect(gone.lost).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(workers[1]?.engine.opened).toEqual([[data, false]]));
  });
});

describe('two parts at one engine', () => {
  async function parts(): Promise<{
    one: Session;
    other: Session;
    workers: FakeWorker<FakeEngine>[];
  }> {
    const { engines, workers } = fake();
    const held = engines.hold(source(1), false, holder());
    await held.open();
    return {
      one: new Session(held.client, 'lab-1'),
      other: new Session(held.client, 'lab-2'),
      workers,
    };
  }

  test('keep their models and walks under names of their own', async () => {
    const { one, other, workers } = await parts();
    const trainings = [one, other].map((part) => part.train(setup, { keep: 'model' }));
    await vi.waitFor(() => expect(workers[0]?.engine.trained.length).toBe(2));
    expect(workers[0]?.engine.trained).toEqual(['lab-1/model', 'lab-2/model']);
    expect(await one.ask('model', 'run', 'fingerprint')).toBe('lab-1/model');
    await Promise.all([one.cancel(), other.cancel()]);
    await Promise.all(trainings);
  });

  test('end by a cancel only what is their own', async () => {
    const { one, other } = await parts();
    const [first, second] = [one.train(setup), other.train(setup)];
    await one.cancel();
    expect(await first).toBe('lab-1 is cancelled');
    expect([one.isAsking, other.isAsking]).toEqual([false, true]);
    await other.cancel();
    expect(await second).toBe('lab-2 is cancelled');
  });

  test('go on in the next engine where the first has to be ended for the other', async () => {
    const { engines, workers } = fake();
    const held = engines.hold(source(1), false, holder());
    await held.open();
    const silent = held.client.call(() => new Promise<never>(() => undefined), 'lab-1');
    silent.catch(() => undefined);
    const other = new Session(held.client, 'lab-2');
    const training = other.train(setup);
    await vi.waitFor(() => expect(workers[0]?.engine.trained.length).toBe(1));
    await held.client.cancel(20, 'lab-1');
    await expect(silent).rejects.toThrow(EngineDied);
    await vi.waitFor(() => expect(workers[1]?.engine.trained.length).toBe(1));
    await other.cancel();
    expect(await training).toBe('lab-2 is cancelled');
  });
});
