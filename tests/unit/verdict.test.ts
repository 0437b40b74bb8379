import { fileURLToPath } from 'node:url';

import { expect, test, vi } from 'vitest';

import type { Entry } from '../../pkg/factorscope.js';
import { readLink, writeLink } from '../../www/lab/link.ts';
import { initialState } from '../../www/lab/state.ts';
import { walkKey } from '../../www/lab/training.ts';
import { VERDICTS, verdictOf } from '../../www/lab/verdict.ts';
import { loadRegistry } from '../../www/lesson/registry.ts';

const registry = await loadRegistry(fileURLToPath(new URL('../../pkg', import.meta.url)));

vi.mock('virtual:registry', () => ({ default: [] }));

const print = { fingerprint: 'a'.repeat(16), receipt: 'b'.repeat(16) };
const other = 'c'.repeat(16);

test('a link with a receipt is judged by it, whatever its fingerprint says', () => {
  expect(verdictOf({ data: undefined, run: other, all: print.receipt }, print)).toBe('same');
  expect(verdictOf({ data: undefined, run: print.fingerprint, all: other }, print)).toBe('other');
});

test('a link from before there were receipts is judged by its parameters, and the verdict says so', () => {
  const verdict = verdictOf({ data: undefined, run: print.fingerprint }, print);
  expect(verdict).toBe('same parameters');
  expect(VERDICTS['same parameters']).toContain('The same parameters');
  expect(VERDICTS['same parameters']).not.toContain('same bits');
  expect(verdictOf({ data: undefined, run: other }, print)).toBe('other');
});

test('a link that promises nothing gets no verdict', () => {
  expect(verdictOf({ data: undefined, run: undefined }, print)).toBeUndefined();
});

test('a receipt goes through a link', () => {
  const entry = { id: 'svd', title: 'SVD', hyperparameters: [] } as unknown as Entry;
  const start = initialState(entry, {}, 42, false);
  const receipt = { run: print.fingerprint, all: print.receipt, data: undefined };
  const back = readLink(writeLink('lab-1', entry, start, receipt), entry, start);
  expect(back.receipt).toEqual(receipt);
  expect(back.faults).toEqual([]);
});

test('a walk begins anew for another model, for every ordered pair of all models', () => {
  const settings = registry.map(({ hyperparameters }) =>
    hyperparameters.map(({ name }, n) => `${name}=${n}`),
  );
  // Of its own settings and of those of any other model: where both are equal, the model alone decides.
  for (const some of [...settings, ['factors=2']]) {
    const keys = registry.map(({ id }) =>
      walkKey(0, { model: id, settings: some, seed: 1, splitSeed: 1, split: '0.2', validation: 0 }),
    );
    expect(new Set(keys).size).toBe(registry.length);
  }
  expect(registry.length).toBeGreaterThan(15);
});

test('a walk goes on where only the split is another: it takes all ratings', () => {
  const setup = {
    model: 'svd',
    settings: ['factors=2'],
    seed: 1,
    splitSeed: 1,
    split: '0.2',
    validation: 0,
  };
  expect(walkKey(0, { ...setup, splitSeed: 2, split: 'latest', validation: 0.1 })).toBe(
    walkKey(0, setup),
  );
  for (const other of [{ seed: 2 }, { settings: ['factors=3'] }]) {
    expect(walkKey(0, { ...setup, ...other })).not.toBe(walkKey(0, setup));
  }
  expect(walkKey(1, setup)).not.toBe(walkKey(0, setup));
});
