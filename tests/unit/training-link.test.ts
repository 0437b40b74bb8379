import { expect, test, vi } from 'vitest';

import type { Entry } from '../../pkg/factorscope.js';
import { readLink, writeLink } from '../../www/lab/link.ts';
import { initialState } from '../../www/lab/state.ts';

// The table of models comes from the engine at build time; links are read by the entry handed in.
vi.mock('virtual:registry', () => ({ default: [] }));

const entry: Entry = {
  id: 'svdpp',
  title: 'SVD++',
  source: '',
  task: 'rating',
  predicts: '',
  needs: [],
  minimizes: '',
  rules: [],
  watched: 'rmse',
  hyperparameters: [
    {
      name: 'gamma',
      symbol: '',
      default: 0.007,
      min: 0.0001,
      max: 1,
      kind: { type: 'log' },
      help: '',
    },
  ],
};
const start = initialState(entry, { gamma: 0.007 }, 42, false);
const receipt = { run: undefined, data: undefined };

test('split and least number of ratings go through a link', () => {
  const state = { ...start, split: 'latest', least: 12, user: 413 };
  const back = readLink(writeLink('lab-2', entry, state, receipt), entry, start);
  expect(back.state).toEqual(state);
  expect(back.faults).toEqual([]);
});

test('a link says nothing of them where they are as they start', () => {
  const link = writeLink('lab-2', entry, start, receipt);
  expect(link).not.toMatch(/split|least/);
});

test('a link carries the seed of the split beside that of the start values', () => {
  const state = { ...start, seed: 3, splitSeed: 9 };
  const { state: read, faults } = readLink(writeLink('lab-2', entry, state, receipt), entry, start);
  expect(read).toEqual(state);
  expect(faults).toEqual([]);
});

test('a link carries the part for choosing; one made before there was such a part has none', () => {
  const chooses = { ...start, validation: 0.1 };
  const link = writeLink('lab-2', entry, chooses, receipt);
  expect(readLink(link, entry, start).state).toEqual(chooses);
  expect(readLink(writeLink('lab-2', entry, start, receipt), entry, chooses).state).toEqual(start);
  for (const share of ['1', '-0.1', '0.123', 'x']) {
    const { faults, state } = readLink(`lab=lab-2&validation=${share}`, entry, start);
    expect([faults, state.validation]).toEqual([['validation'], 0]);
  }
});

test('a link that knows one seed means it for the split as well', () => {
  const { state } = readLink('lab=lab-2&seed=7', entry, start);
  expect([state.seed, state.splitSeed]).toEqual([7, 7]);
});

test('a link without any seed leaves both as the chapter has them', () => {
  const { state } = readLink('lab=lab-2&gamma=0.01', entry, start);
  expect([state.seed, state.splitSeed]).toEqual([42, 42]);
});

test.each([
  'split=all',
  'split=1.5',
  'split=0.00',
  'split=-0.2',
  'least=-1',
  'least=9999999',
  'least=',
])('a link with %s falls back to the default and is told of', (part) => {
  const { faults, state } = readLink(`lab=lab-2&${part}`, entry, start);
  expect(state).toEqual(start);
  expect(faults).toEqual([part.split('=')[0]]);
});

test.each(['everything', 'latest', '0.2', '0.05'])('a link may hold back %s', (split) => {
  expect(readLink(`lab=lab-2&split=${split}`, entry, start).state.split).toBe(split);
});
