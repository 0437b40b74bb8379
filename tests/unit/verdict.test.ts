import { expect, test, vi } from 'vitest';

import type { Entry } from '../../pkg/factorscope.js';
import { readLink, writeLink } from '../../www/lab/link.ts';
import { initialState } from '../../www/lab/state.ts';
import { walkKey } from '../../www/lab/training.ts';
import { VERDICTS, verdictOf } from '../../www/lab/verdict.ts';

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

test('a walk begins anew for another model with the same settings, for every ordered pair', () => {
  const models = ['svd', 'nsvd', 'asymmetric-svd', 'timesvd', 'timesvdpp', 'svdpp'];
  const setup = { settings: ['factors=2'], seed: 1, splitSeed: 1, split: '0.2' };
  for (const from of models) {
    for (const to of models) {
      const same = walkKey(0, { ...setup, model: from }) === walkKey(0, { ...setup, model: to });
      expect(same, `${from} to ${to}`).toBe(from === to);
    }
  }
});
