import { describe, expect, test, vi } from 'vitest';

import { each, poolSize } from '../../www/engine/pool.ts';

const SIZES = [1, 2, 3, 7];

type Part = (engine: number) => Promise<number>;

const engines = (size: number): [Promise<number>, ...Promise<number>[]] => [
  Promise.resolve(0),
  ...Array.from({ length: size - 1 }, (_, n) => Promise.resolve(n + 1)),
];

/** Some turns of the event loop, as many as said. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
}

/** Parts that take turns in no order: part n comes to n squared. */
const scrambled = (count: number): Part[] =>
  Array.from({ length: count }, (_, n) => async () => {
    await turns((n * 7) % 5);
    return n * n;
  });

const never = (): boolean => false;

describe.each(SIZES)('a job in %i engines', (size) => {
  test('is heard part by part in the order of its parts, whichever ends first', async () => {
    const heard: [number, number][] = [];
    await each(engines(size), scrambled(12), never, (found, at) => heard.push([at, found]));
    expect(heard).toEqual(Array.from({ length: 12 }, (_, n) => [n, n * n]));
  });

  test('has each engine at one part at a time, and all of them at work', async () => {
    const busy = new Set<number>();
    const used = new Set<number>();
    const parts = scrambled(12).map((part): Part => async (engine) => {
      expect(busy.has(engine)).toBe(false);
      busy.add(engine);
      used.add(engine);
      const found = await part(engine);
      busy.delete(engine);
      return found;
    });
    await each(engines(size), parts, never, () => undefined);
    expect(used.size).toBe(size);
  });

  test('fails with the first part that fails, after those before it', async () => {
    const parts = scrambled(12);
    // The second of the two fails sooner.
    parts[4] = async () => {
      await turns(9);
      throw new Error('the fifth');
    };
    parts[6] = () => Promise.reject(new Error('the seventh'));
    const heard: number[] = [];
    const job = each(engines(size), parts, never, (found) => heard.push(found));
    await expect(job).rejects.toThrow('the fifth');
    expect(heard).toEqual([0, 1, 4, 9]);
  });

  test('begins nothing more and is not heard of once it is over', async () => {
    let over = false;
    const begun = vi.fn();
    const parts = scrambled(12).map((part): Part => (engine) => {
      begun();
      return part(engine);
    });
    const heard: number[] = [];
    await each(
      engines(size),
      parts,
      () => over,
      (found) => {
        heard.push(found);
        over = heard.length === 3;
      },
    );
    expect(heard).toEqual([0, 1, 4]);
    expect(begun.mock.calls.length).toBeLessThan(3 + 2 * size);
  });

  test('does without engines that cannot be had beside the first', async () => {
    const [first, ...others] = engines(size);
    const lame = others.map((_, n) => (n % 2 ? others[n]! : Promise.reject(new Error('none'))));
    const heard: number[] = [];
    await each([first, ...lame], scrambled(6), never, (found) => heard.push(found));
    expect(heard).toEqual([0, 1, 4, 9, 16, 25]);
    const missing = each(
      [Promise.reject<number>(new Error('no engine')), ...lame],
      [],
      never,
      vi.fn(),
    );
    await expect(missing).rejects.toThrow('no engine');
  });
});

test('so many engines work as there are cores beside that of the page, and memory for their data', () => {
  expect([1, 2, 3, 4, 5, 64].map((cores) => poolSize(100_000, cores))).toEqual([1, 1, 2, 3, 4, 4]);
  expect(poolSize(3_000_000, 64)).toBe(2);
  expect(poolSize(16_000_000, 64)).toBe(1);
});
