import { describe, expect, test } from 'vitest';

import {
  comparison,
  leaderboard,
  median,
  models,
  report,
  targets,
} from '../../scripts/lib/bench/report.mjs';

const peer = {
  title: 'Surprise SVD++',
  fit_seconds: 360,
  test_seconds: 4,
  scaled: true,
  folds: 1,
  rmse: 0.861,
  mae: 0.66,
  versions: {},
};
const svdpp = {
  ...{ id: 'svdpp', title: 'SVD++', native: [1.5, 9, 2], browser: [2, 3, 2.4] },
  ...{ rmse: 0.86049, mae: 0.66049, rank: Number.NaN, test: [0.01, 0.03, 0.02] },
  ...{ same: true, peers: [peer], one: { fit: 0.4, pass: 0.02 } },
};
const own = { ...svdpp, id: 'own', title: 'Own', peers: [], same: false };
const ranked = { ...peer, title: 'A', scaled: false, rmse: undefined, mae: undefined, rank: 9.5 };
const ranking = {
  ...{
    ...svdpp,
    id: 'implicit-als',
    title: 'Ranks',
    rmse: Number.NaN,
    mae: Number.NaN,
    rank: 8.765,
  },
  peers: [ranked, { ...ranked, title: 'B', fit_seconds: 1.2, test_seconds: 1 }],
};

function cells(table: string, line: number): string[] {
  const row = table.split('\n')[line] ?? '';
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the benchmark', () => {
  test('takes the middle of an odd number of times and the mean of two of an even one', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  test('compares medians, and marks a peer whose time was scaled up', () => {
    const table = comparison([svdpp]);
    expect(cells(table, 2)).toEqual([
      ...['SVD++', 'Surprise SVD++', '360*', '2.00', '2.40'],
      ...['180', '150', '1.20', '0.8610', '0.8605', 'yes'],
    ]);
    expect(table).toContain('Surprise SVD++: 1 of 5 folds run');
  });

  test('leaves out what a model without a peer cannot have, and shouts where bits differ', () => {
    expect(cells(comparison([own]), 2)).toEqual([
      ...['Own', '–', '–', '2.00', '2.40', '–', '–', '1.20', '–', '0.8605', 'NO'],
    ]);
  });

  test('holds the ratios to their targets', () => {
    const table = targets([svdpp, { ...own, browser: [3.2] }]);
    expect(cells(table, 2).slice(1)).toEqual(['at least 150', '150', 'met']);
    expect(cells(table, 3).slice(1)).toEqual(['at most 1.5', '1.20', 'met']);
    expect(cells(table, 4).slice(1)).toEqual(['at most 1.5', '1.60', 'missed']);
  });

  test('gives a model that only ranks its rank, and a line for each of its peers', () => {
    const table = leaderboard([ranking, own]);
    expect(cells(table, 2)).toEqual([
      ...['Ranks', '–', '–', '8.77', '2.00', '0.0200', '2.40', 'A', '–', '–', '9.50'],
      ...['360', '4.00', '180', '180'],
    ]);
    expect(cells(table, 3).slice(0, 9)).toEqual([...Array(7).fill(''), 'B', '–']);
    expect(cells(table, 3).slice(-2)).toEqual(['0.600', '1.09']);
    expect(cells(table, 4).slice(1, 8)).toEqual([
      ...['0.8605', '0.6605', '–', '2.00', '0.0200', '2.40', '–'],
    ]);
    expect(cells(comparison([ranking]), 2).slice(-3, -1)).toEqual(['9.50 %', '8.77 %']);
  });

  test('holds each peer of a model and each pair of passes to its target', () => {
    const one = { 'paired-bpmf': { pass: 0.06 }, 'paired-als': { pass: 0.03 } };
    const knn = { ...svdpp, id: 'item-knn', native: [1], test: [1], peers: [peer] };
    const lines = targets([ranking, knn], one).split('\n');
    const found = lines.slice(2).map((_, n) => cells(lines.join('\n'), n + 2));
    expect(found.slice(0, 4).map((row) => row.slice(1))).toEqual([
      ['at least 20', '182', 'met'],
      ['at least 1', '150', 'met'],
      ['at least 1', '0.500', 'missed'],
      ['at most 3', '2.00', 'met'],
    ]);
  });

  test('reports how far apart the repetitions were', () => {
    const setting = { date: '2026-01-02', data: 'd', cpu: 'c', cores: 2, load: 0.5 };
    const text = report([svdpp], {}, { ...setting, versions: ['v 1'], notes: ['No peers.'] });
    expect(text).toContain('repetitions is 375 % of its median');
    expect(text).toContain('- No peers.\n');
    expect(text).toContain('| SVD++ | 400 | 20.0 |');
    const page = models([svdpp, ranking], {}, { ...setting, versions: ['v 1'], notes: [] });
    expect(page).toContain('| SVD++ | 0.8605 | 0.6605 |');
  });
});
