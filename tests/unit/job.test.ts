import { beforeEach, describe, expect, test, vi } from 'vitest';

import { type Going, Job } from '../../www/elements/runs/job.ts';
import type { LabView } from '../../www/elements/frame/lab-view.ts';

/** A view as far as a job knows it. */
function view(): LabView & { lab: { cancel: ReturnType<typeof vi.fn> } } {
  return {
    addController: vi.fn(),
    requestUpdate: vi.fn(),
    lab: { cancel: vi.fn() },
  } as unknown as LabView & { lab: { cancel: ReturnType<typeof vi.fn> } };
}

/** Work that stands still until the test lets it go on. */
class Held {
  going: Going<number> | undefined;
  done: (told: string) => void = () => undefined;
  fail: (reason: Error) => void = () => undefined;

  readonly work = (going: Going<number>): Promise<string> => {
    this.going = going;
    return new Promise((resolve, reject) => {
      this.done = resolve;
      this.fail = reject;
    });
  };
}

let host: ReturnType<typeof view>;
let held: Held;
let settings: string;
let job: Job<number>;

beforeEach(() => {
  host = view();
  held = new Held();
  settings = 'a';
  job = new Job<number>(host, {
    key: () => settings,
    work: held.work,
    cancelled: (parts) => `Cancelled after ${parts.length}.`,
  });
});

describe('a job', () => {
  test('shows its parts as they come, and how it ended', async () => {
    const run = job.start();
    expect([job.running, job.started, job.parts]).toEqual([true, true, []]);
    held.going?.say('1 of 2');
    held.going?.add(7);
    expect([job.told, job.parts]).toEqual(['1 of 2', [7]]);
    held.going?.add(8);
    held.done('Both.');
    await run;
    expect([job.running, job.told, job.parts]).toEqual([false, 'Both.', [7, 8]]);
    expect(host.requestUpdate).toHaveBeenCalled();
  });

  test('keeps what was finished where it is cancelled, and drops what comes later', async () => {
    const run = job.start();
    const first = held.going;
    first?.add(1);
    job.cancel();
    expect(host.lab.cancel).toHaveBeenCalledOnce();
    expect(first?.over).toBe(true);
    first?.add(2);
    first?.say('late');
    first?.warn('late');
    held.done('late');
    await run;
    expect([job.running, job.parts, job.told, job.fault]).toEqual([
      false,
      [1],
      'Cancelled after 1.',
      '',
    ]);
  });

  test('does not hear of an earlier run that fails under a later one', async () => {
    const first = job.start();
    const { fail } = held;
    job.cancel();
    const second = job.start();
    fail(new Error('of the first'));
    await first;
    expect([job.running, job.fault]).toEqual([true, '']);
    held.done('The second.');
    await second;
    expect([job.running, job.told]).toEqual([false, 'The second.']);
  });

  test('says what went wrong as a sentence and keeps what it has', async () => {
    const run = job.start();
    held.going?.add(1);
    held.fail(new Error('the engine is gone'));
    await run;
    expect([job.running, job.parts, job.fault]).toEqual([false, [1], 'The engine is gone.']);
    const again = job.start();
    expect([job.fault, job.parts]).toEqual(['', []]);
    held.done('');
    await again;
  });

  test('is stale where the settings are others than those it was made with', async () => {
    expect(job.stale).toBe(false);
    const run = job.start();
    settings = 'b';
    expect(job.stale).toBe(false);
    held.done('');
    await run;
    expect(job.stale).toBe(true);
    settings = 'a';
    expect(job.stale).toBe(false);
  });

  test('begins only once, and forgets all where the data is new', async () => {
    void job.start();
    const { going } = held;
    await job.start();
    expect(held.going).toBe(going);
    going?.add(1);
    job.clear();
    expect([job.running, job.started, job.stale, job.parts, job.told]).toEqual([
      false,
      false,
      false,
      [],
      '',
    ]);
    expect(host.lab.cancel).toHaveBeenCalledOnce();
  });

  test('ends with its view', () => {
    void job.start();
    job.hostDisconnected();
    expect(held.going?.over).toBe(true);
    job.hostDisconnected();
    expect(host.lab.cancel).toHaveBeenCalledOnce();
  });

  test('lets its last part grow, and takes back what is lost', async () => {
    const run = job.start();
    held.going?.add(1);
    held.going?.add(2);
    held.going?.grow(3);
    expect(job.parts).toEqual([1, 3]);
    held.going?.lose();
    expect(job.parts).toEqual([]);
    held.going?.grow(4);
    expect(job.parts).toEqual([4]);
    held.done('');
    await run;
  });

  test('is waited for after a cancel where it hands over what it has', async () => {
    job = new Job<number>(host, { key: () => settings, work: held.work, handsOver: true });
    const run = job.start();
    expect(held.going?.ending).toBe(false);
    job.cancel();
    job.cancel();
    expect([job.running, job.ending, held.going?.ending, held.going?.over]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(host.lab.cancel).toHaveBeenCalledOnce();
    held.going?.add(5);
    held.done('Half of it.');
    await run;
    expect([job.running, job.ending, job.parts, job.told]).toEqual([
      false,
      false,
      [5],
      'Half of it.',
    ]);
  });

  test('does not wait for what it would hand over where the data is new', async () => {
    job = new Job<number>(host, { key: () => settings, work: held.work, handsOver: true });
    const run = job.start();
    const { going } = held;
    job.cancel();
    job.clear();
    going?.add(5);
    held.done('late');
    await run;
    expect([job.running, job.ending, job.parts, job.told]).toEqual([false, false, [], '']);
  });

  test('begins again with the settings as they are now', async () => {
    const first = job.start();
    const { done, going } = held;
    settings = 'b';
    const second = job.again();
    expect([going?.over, job.running, job.differs]).toEqual([true, true, false]);
    done('the first');
    await first;
    expect(job.running).toBe(true);
    held.going?.add(2);
    held.done('the second');
    await second;
    expect([job.parts, job.told]).toEqual([[2], 'the second']);
  });

  test('can be told that other settings lead to the same', async () => {
    const run = job.start();
    held.going?.add(1);
    held.done('');
    await run;
    settings = 'b';
    expect(job.stale).toBe(true);
    job.settle([2]);
    expect([job.stale, job.parts]).toEqual([false, [2]]);
  });
});
