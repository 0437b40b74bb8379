import { readFileSync } from 'node:fs';

import { expect, test, vi } from 'vitest';

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
      { train: black, validation: black, test: black },
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
