import { describe, expect, test, vi } from 'vitest';

import { Client, EngineDied, EngineMissing } from '../../www/engine/client.ts';
import { isTrap } from '../../www/engine/life.ts';
import type { Source } from '../../www/engine/types.ts';
import { FakeWorker } from './fake-worker.ts';

/** A source that the fake engines know by its seed. */
const set = (seed: number): Source => ({ kind: 'simulation', seed });

/** An engine as far as these tests ask it. */
class FakeEngine {
  opened: Source[] = [];
  cancels = 0;
  trainings = 0;
  private release: (() => void) | undefined;

  start(): void {}

  open(source: Source): unknown {
    this.opened.push(source);
    return { info: source };
  }

  cancel(): void {
    this.cancels += 1;
    this.release?.();
  }

  counts(): string {
    return 'answer';
  }

  /** Answers once it is cancelled. */
  train(): Promise<string> {
    this.trainings += 1;
    return new Promise((resolve) => (this.release = () => resolve('cancelled')));
  }

  /** Never answers. */
  chain(): Promise<never> {
    return new Promise(() => undefined);
  }

  fit(): never {
    const trap = new Error('');
    trap.name = 'RuntimeError';
    throw trap;
  }

  row(): never {
    throw new Error('there is no such user');
  }
}

/** A client over fake workers; the first ones, as many as said, do not load. */
function fake(unloaded = 0): {
  client: Client;
  workers: FakeWorker<FakeEngine>[];
  died: EngineDied[];
} {
  const workers: FakeWorker<FakeEngine>[] = [];
  const died: EngineDied[] = [];
  const client = new Client({
    spawn: () => {
      const worker = new FakeWorker(new FakeEngine(), workers.length >= unloaded);
      workers.push(worker);
      return worker;
    },
    module: () => Promise.resolve({} as WebAssembly.Module),
    lost: (error) => {
      if (error instanceof EngineDied) died.push(error);
    },
  });
  return { client, workers, died };
}

/** A question to one of the fake engine's methods, whatever the real one takes. */
function ask(client: Client, method: keyof FakeEngine & string): Promise<unknown> {
  return client.call((engine) =>
    (engine as unknown as Record<string, () => Promise<unknown>>)[method]!(),
  );
}

describe('a worker whose script does not load', () => {
  test('fails every call that waits, with cause and remedy', async () => {
    const { client } = fake(1);
    const calls = [client.open(set(1), false), ask(client, 'counts'), ask(client, 'train')];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: expect.any(EngineMissing) });
      expect((call as PromiseRejectedResult).reason.message).toMatch(
        /could not be started.*reload/,
      );
    }
  });

  test('is tried again by the next call', async () => {
    const { client, workers, died } = fake(1);
    await expect(client.open(set(1), false)).rejects.toThrow(EngineMissing);
    await client.open(set(1), false);
    expect(await ask(client, 'counts')).toBe('answer');
    expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
    expect(died).toEqual([]);
  });

  test('fails the same way where a worker cannot even be made, or the code does not come', async () => {
    const module = (): Promise<WebAssembly.Module> => Promise.resolve({} as WebAssembly.Module);
    const unmade = new Client({
      spawn: () => {
        throw new Error('refused');
      },
      module,
    });
    await expect(ask(unmade, 'counts')).rejects.toThrow(/could not be started: refused\. /);
    const codeless = new Client({
      spawn: () => new FakeWorker(new FakeEngine()),
      module: () => Promise.reject(new Error('its code could not be loaded (404)')),
    });
    await expect(ask(codeless, 'counts')).rejects.toThrow(/its code could not be loaded \(404\)/);
  });
});

describe('an engine that traps', () => {
  test('is ended, and the next has the same data open', async () => {
    const { client, workers, died } = fake();
    await client.open(set(7), false);
    await expect(ask(client, 'fit')).rejects.toThrow(EngineDied);
    expect(await ask(client, 'counts')).toBe('answer');
    expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
    expect(workers[1]!.engine.opened).toEqual([set(7)]);
    expect(died.length).toBe(1);
  });

  test('takes along everything that waits for it', async () => {
    const { client } = fake();
    await client.open(set(1), false);
    const waiting = ask(client, 'chain');
    await expect(ask(client, 'fit')).rejects.toThrow(EngineDied);
    await expect(waiting).rejects.toThrow(EngineDied);
  });

  test('is told from one that refuses: a sentence leaves the engine as it is', async () => {
    const { client, workers } = fake();
    await client.open(set(1), false);
    await expect(ask(client, 'row')).rejects.toThrow('there is no such user');
    expect(workers.length).toBe(1);
  });
});

describe('a cancel', () => {
  test('lets an engine that listens end by itself', async () => {
    const { client, workers } = fake();
    await client.open(set(1), false);
    const training = ask(client, 'train');
    await vi.waitFor(() => expect(workers[0]!.ended).toBe(false));
    await client.cancel();
    expect(await training).toBe('cancelled');
    expect(workers.length).toBe(1);
  });

  test('ends an engine that is silent, and starts another with the data open', async () => {
    const { client, workers, died } = fake();
    await client.open(set(3), 'alike');
    const silent = ask(client, 'chain');
    silent.catch(() => undefined);
    // The question is on its way before the cancel is.
    await ask(client, 'counts');
    await client.cancel(20);
    await expect(silent).rejects.toThrow(
      /^Cancelled: .* started anew; what it had trained is lost/,
    );
    expect(died.map(({ cancelled }) => cancelled)).toEqual([true]);
    expect(await ask(client, 'counts')).toBe('answer');
    expect(workers[1]!.engine.opened).toEqual([set(3)]);
  });

  test('takes what was asked after it to the next engine where the first has to be ended', async () => {
    const { client, workers } = fake();
    await client.open(set(3), false);
    const silent = ask(client, 'chain');
    silent.catch(() => undefined);
    await ask(client, 'counts');
    const cancelled = client.cancel(20);
    const behind = ask(client, 'train');
    await cancelled;
    await expect(silent).rejects.toThrow(EngineDied);
    await vi.waitFor(() => expect(workers[1]?.engine.trainings).toBe(1));
    await client.cancel();
    expect(await behind).toBe('cancelled');
    expect(workers.length).toBe(2);
  });

  test('has nothing to end where nothing is under way', async () => {
    const { client, workers } = fake();
    await client.open(set(1), false);
    await client.cancel(0);
    expect([workers.length, workers[0]!.ended, workers[0]!.engine.cancels]).toEqual([1, false, 0]);
  });
});

test('a client that is stopped starts another worker when it is asked again', async () => {
  const { client, workers } = fake();
  await client.open(set(1), false);
  client.stop();
  expect(await ask(client, 'counts')).toBe('answer');
  expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
});

test('a worker that dies between two questions is replaced, and its owner is told', async () => {
  const { client, workers, died } = fake();
  await client.open(set(1), false);
  workers[0]!.dispatchEvent(new Event('error'));
  expect(died.length).toBe(1);
  await vi.waitFor(() => expect(workers[1]?.engine.opened).toEqual([set(1)]));
});

test('an exhausted stack or memory is a trap like any other', () => {
  expect(isTrap(new RangeError('Maximum call stack size exceeded'))).toBe(true);
  expect(isTrap(new WebAssembly.RuntimeError('unreachable'))).toBe(true);
  expect(isTrap(new Error('a sentence'))).toBe(false);
});
