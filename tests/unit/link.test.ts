import { expect, describe, test, vi } from 'vitest';

import type { Entry } from '../../pkg/factorscope.js';
import { readLink, readTable, writeLink, writeTable } from '../../www/lab/link.ts';
import { initialState, TOY } from '../../www/lab/state.ts';

// The table of models comes from the engine at build time; links are read by the entry handed in.
vi.mock('virtual:registry', () => ({ default: [] }));

const entry = {
  id: 'baseline',
  title: 'Baseline',
  hyperparameters: [
    { name: 'lambda', symbol: '', default: 5, min: 0, max: 100, kind: { type: 'real' }, help: '' },
  ],
} as unknown as Entry;
const start = initialState(entry, { lambda: 1 }, 42, true);
const none = { run: undefined, data: undefined };

describe('a table in a link', () => {
  test('is written row by row and read back', () => {
    expect(writeTable(TOY)).toBe('2,,1;,4,3;1,,');
    expect(readTable('2,,1;,4,3;1,,')).toEqual(TOY);
    expect(readTable('-1.5')).toEqual({ users: 1, items: 1, cells: [-1.5] });
    expect(readTable(',;,')).toEqual({ users: 2, items: 2, cells: [null, null, null, null] });
  });

  test.each([
    '<img src=x onerror=alert(1)>',
    '1,2;3',
    '1,2,3,4,5,6,7,8,9',
    '1;2;3;4;5;6;7;8;9',
    '1e3',
    '0x1F',
    '1001',
    'Infinity',
    '1.23456',
    `1,${' '.repeat(3000)}`,
  ])('is refused when it could not have been typed: %s', (text) => {
    expect(readTable(text)).toBeUndefined();
  });
});

describe('a link', () => {
  test('restores table, chosen cell, hyperparameter and seed', () => {
    const table = { users: 2, items: 2, cells: [5, null, null, -1] };
    const state = { ...start, table, cell: { u: 0, i: 1 }, settings: { lambda: 2.5 }, seed: 7 };
    const { faults, state: read } = readLink(writeLink('lab-1', entry, state, none), entry, start);
    expect(faults).toEqual([]);
    expect(read).toEqual(state);
  });

  test('names what it cannot use and leaves that at its default', () => {
    const fragment =
      'lab=lab-1&table=<img src=x onerror=alert(1)>&seed=999999999999&gamma=1e99&lambda=-1&cell=9,9';
    const { faults, state } = readLink(fragment, entry, start);
    expect(faults.sort()).toEqual(['cell', 'gamma', 'lambda', 'seed', 'table']);
    expect(state).toEqual(start);
  });

  test('with very many unknown keys names a few and counts the others', () => {
    const fragment = Array.from({ length: 200_000 }, (_, n) => `k${n}=1`).join('&');
    const { faults } = readLink(fragment, entry, start);
    expect(faults).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'and 199995 more']);
  });

  test('that names a cell outside its table chooses none there', () => {
    const { faults, state } = readLink('table=1,2&cell=2,1', entry, start);
    expect(faults).toEqual(['cell']);
    expect(state.cell).toEqual({ u: 0, i: 0 });
  });

  test('without a cell chooses one that a smaller table has', () => {
    const { faults, state } = readLink('table=1,2', entry, start);
    expect(faults).toEqual([]);
    expect(state.cell).toEqual({ u: 0, i: 0 });
  });
});
