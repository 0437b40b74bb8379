import { expect, test } from 'vitest';

import { Data } from '../../pkg/factorscope.js';
import { begin, train } from '../../www/engine/train.ts';
import { entries } from '../claims/engine.ts';

const SETUP = {
  model: 'svd',
  settings: ['epochs=3'],
  split: '0.2',
  seed: 1,
  splitSeed: 1,
  validation: 0,
};

test('a pass goes on in slices, and one that is left unfinished leaves the model of the last epoch', () => {
  expect(entries.length).toBeGreaterThan(0);
  const data = Data.simulation(1);
  const run = begin(data, SETUP);
  const whole = begin(data, SETUP);
  for (const epoch of [0, 1]) {
    const start = run.fingerprint();
    const share = run.advance(0);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    expect(run.fingerprint()).not.toBe(start);
    run.abandon();
    expect(run.fingerprint()).toBe(start);
    let slices = 1;
    while (run.advance(0) < 1) slices += 1;
    expect(slices).toBeGreaterThan(1);
    whole.pass();
    expect(run.history()).toHaveLength(epoch + 2);
    expect(run.receipt()).toBe(whole.receipt());
  }
});

test('a training that is cancelled within a pass has the model of the last finished epoch', async () => {
  const data = Data.simulation(1);
  let heard = 0;
  const { trained } = await train(data, SETUP, {}, () => ++heard > 1);
  const passed = trained.history.length - 1;
  const whole = begin(data, SETUP);
  for (let pass = 0; pass < passed; pass++) whole.pass();
  expect(trained.fingerprint).toBe(whole.fingerprint());
  expect(trained).toMatchObject({ cancelled: true, within: 0, epochs: 3 });
});
