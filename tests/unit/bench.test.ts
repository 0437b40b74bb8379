import { describe, expect, test } from 'vitest';

import { comparison, median, report, targets } from '../../scripts/lib/bench/report.mjs';

const peer = {
  title: 'Surprise SVD++',
  fit_seconds: 360,
  scaled: true,
  folds: 1,
  rmse: 0.861,
  versions: {},
};
const svdpp = {
  ...{ id: 'svdpp', title: 'SVD++', native: [1.5, 9, 2], browser: [2, 3, 2.4] },
  ...{ rmse: 0.86049, same: true, peer, one: { fit: 0.4, pass: 0.02 } },
};
const own = { ...svdpp, id: 'own', title: 'Own', peer: undefined, same: false };

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

  test('reports how far apart the repetitions were', () => {
    const setting = { date: '2026-01-02', data: 'd', cpu: 'c', cores: 2, load: 0.5 };
    const text = report([svdpp], { ...setting, versions: ['v 1'], notes: ['No peers.'] });
    expect(text).toContain('repetitions is 375 % of its median');
    expect(text).toContain('- No peers.\n');
    expect(text).toContain('| SVD++ | 400 | 20.0 |');
  });
});
