import { readFileSync } from 'node:fs';

import { expect, test, vi } from 'vitest';

import type { Addends, Interpolated, Neighborhood } from '../../pkg/factorscope.js';
import type { ColdSetup, Setup, Source } from '../../www/engine/types.ts';
import type { Engine } from '../../www/engine/worker.ts';

/** The engine of a worker, with the simulated ratings open. */
async function opened(): Promise<Engine> {
  // It offers itself to its page where it is loaded.
  vi.stubGlobal('addEventListener', vi.fn());
  const { Engine } = await import('../../www/engine/worker.ts');
  const engine = new Engine();
  const bytes = readFileSync(new URL('../../pkg/factorscope_bg.wasm', import.meta.url));
  await engine.start(await WebAssembly.compile(bytes));
  await engine.open({ kind: 'simulation', seed: 42 }, false);
  return engine;
}

test('what is cancelled ends although something else begins at once, and that goes on', async () => {
  const engine = await opened();
  const black = new Uint8Array(3);
  const train = (epochs: number): ReturnType<Engine['train']> =>
    engine.train(
      {
        model: 'svd',
        settings: [`epochs=${epochs}`],
        seed: 42,
        splitSeed: 42,
        split: '0.2',
        validation: 0,
      },
      { keep: 'model', chart: { train: black, validation: black, test: black } },
      () => undefined,
    );
  const first = train(1000);
  engine.cancel();
  const second = train(2);
  expect((await first).cancelled).toBe(true);
  expect((await first).history.length).toBeLessThan(1000);
  const { cancelled, fingerprint, history } = await second;
  expect([cancelled, history.length]).toEqual([false, 3]);
  expect((await train(2)).fingerprint).toBe(fingerprint);
});

/** Few ratings, so that neighbors can be compared one by one. */
const few: Source = {
  kind: 'table',
  users: 8,
  items: 8,
  cells: Float32Array.from({ length: 64 }, (_, at) =>
    at % 3 === 1 ? Number.NaN : 1 + ((at * at + 3 * at) % 5),
  ),
};

const whole = (model: string): Setup => ({
  model,
  settings: [],
  seed: 1,
  splitSeed: 1,
  split: 'everything',
  validation: 0,
});

test('a model is asked through the object of its family, and refuses what other models know', async () => {
  const engine = await opened();
  await engine.open(few, false);
  await engine.train(whole('svd'), { keep: 'svd', passes: 3 });
  await engine.train(whole('bpmf'), { keep: 'bpmf', passes: 3 });
  const { b_i, b_u, mu, p, q } = engine.ask('svd', 'factors', 'addends', [2, 3]) as Addends;
  const product = p.reduce((sum, x, k) => sum + x * (q[k] ?? 0), 0);
  const predictions = engine.ask('svd', 'run', 'predictions', []) as Float32Array;
  expect(mu + b_u + b_i + product).toBeCloseTo(predictions[2 * 8 + 3] ?? Number.NaN, 4);
  expect(() => engine.ask('svd', 'draws', 'chain', [])).toThrow(/has no draws/);
  expect(engine.ask('bpmf', 'draws', 'chain', [])).toBeDefined();
  expect(() => engine.ask('als', 'run', 'predictions', [])).toThrow(/no model has been trained/);
  expect(() => engine.ask('svd', 'run', 'nonsense', [])).toThrow(/nothing can be asked/);
});

test('a model that was kept is gone with the data it learned from', async () => {
  const engine = await opened();
  await engine.train(whole('svd'), { keep: 'svd', passes: 1 });
  await engine.open(few, false);
  expect(() => engine.ask('svd', 'run', 'predictions', [])).toThrow(/no model has been trained/);
});

test('of two trainings to be kept by one name, the later one is', async () => {
  const engine = await opened();
  const long = engine.train(whole('svd'), { keep: 'model', passes: 30 });
  const short = engine.train(whole('svd'), { keep: 'model', passes: 1 });
  const [{ fingerprint: first }, { fingerprint: second }] = await Promise.all([long, short]);
  expect(first).not.toBe(second);
  expect(engine.ask('model', 'run', 'fingerprint', [])).toBe(second);
});

test('the item to begin with is the one for which most neighbors speak', async () => {
  const engine = await opened();
  await engine.open(few, false);
  for (const model of ['item-knn', 'user-knn']) {
    await engine.train(whole(model), { keep: 'pair', passes: 1 });
    for (let user = 0; user < 8; user++) {
      const speaking = Array.from({ length: 8 }, (_, item) => {
        const found = engine.ask('pair', 'neighbors', 'neighborhood', [user, item]) as Neighborhood;
        return found.candidates.filter(({ similarity }) => similarity > 0).length;
      });
      expect(Math.max(...speaking)).toBeGreaterThan(0);
      expect(engine.ask('pair', 'neighbors', 'best', [user])).toBe(
        speaking.indexOf(Math.max(...speaking)),
      );
    }
  }
});

test('the system to begin with is the one that leaves the most similar neighbors without weight', async () => {
  const engine = await opened();
  await engine.open(few, false);
  await engine.train(whole('interpolated-knn'), { keep: 'pair', passes: 1 });
  for (let user = 0; user < 8; user++) {
    const left = Array.from({ length: 8 }, (_, item) => {
      const found = engine.ask('pair', 'interpolation', 'system', [user, item]) as Interpolated;
      const weights = found.system.solution ?? [];
      return found.neighbors.reduce(
        (sum, [, similarity], n) => sum + ((weights[n] ?? 0) > 0 ? 0 : similarity),
        0,
      );
    });
    expect(engine.ask('pair', 'interpolation', 'best', [user])).toBe(
      left.indexOf(Math.max(...left)),
    );
  }
});

test('a walk goes on by its name, and begins anew where settings differ', async () => {
  const engine = await opened();
  await engine.open(few, false);
  const black = new Uint8Array(3);
  const at = (name: string, seed: number, step: number): string =>
    engine.walk(name, { ...whole('svd'), seed }, step, black, 'rmse').fingerprint;
  const third = at('a', 1, 3);
  expect(at('b', 2, 3)).not.toBe(third);
  expect(at('a', 1, 4)).not.toBe(third);
  expect(at('a', 1, 3)).toBe(third);
  expect(at('a', 2, 3)).toBe(at('b', 2, 3));
});

test('one training of a cold start is the same whatever was trained before it', async () => {
  const engine = await opened();
  const setup: ColdSetup = {
    side: 'users',
    known: [0, 2],
    folds: 2,
    seed: 1,
    splitSeed: 1,
    models: [{ model: 'baseline', settings: [] }],
  };
  const all = [0, 1].flatMap((fold) => [0, 2].map((known) => [fold, known] as const));
  const there = all.map(([fold, known]) => engine.coldPart(setup, 0, fold, known));
  const back = all.toReversed().map(([fold, known]) => engine.coldPart(setup, 0, fold, known));
  expect(back.toReversed()).toEqual(there);
  expect(new Set(there.map(({ errors }) => errors.rmse)).size).toBe(4);
});
