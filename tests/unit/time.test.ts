import { expect, test } from 'vitest';

import type { Entry, ParameterValues } from '../../pkg/factorscope.js';
import { indexed, rateOf } from '../../www/lab/step.ts';
import { dateOf, dateOfYear, deviation } from '../../www/lab/time.ts';

test('days have their dates in universal time', () => {
  expect(dateOf(0)).toBe('1 Jan 1970');
  expect(dateOf(11_016)).toBe('29 Feb 2000');
  expect(dateOf(11_016.99)).toBe('29 Feb 2000');
  // The engine counts years of 365.2425 days.
  for (const day of [0, 11_016, 17_798]) {
    expect(dateOfYear(1970 + day / 365.2425)).toBe(dateOf(day));
  }
});

test('a deviation has the sign of the difference and grows with its power', () => {
  expect(deviation(0)).toBe(0);
  expect(deviation(1)).toBe(1);
  expect(deviation(-32)).toBeCloseTo(-4, 10);
  expect(deviation(-25, 0.5)).toBeCloseTo(-5, 10);
});

const values = (symbol: string, axis: ParameterValues['axis'], rows: number, of?: number[]) => ({
  name: symbol,
  symbol,
  axis,
  rows,
  columns: 1,
  values: new Float32Array(rows),
  of: of && Uint32Array.from(of),
});

test('a bias of a bin or a day is named by its item or user', () => {
  const parameters = [
    values('b_i', 'item', 3),
    values(String.raw`b_{i,\mathrm{Bin}(t)}`, 'bin', 12),
    values('b_{u,t}', 'day', 4, [0, 2, 2, 2]),
  ];
  expect(indexed(parameters, 1, 0, 0)).toBe(String.raw`b_{i=1,\,\text{bin }1}`);
  expect(indexed(parameters, 1, 11, 0)).toBe(String.raw`b_{i=3,\,\text{bin }4}`);
  expect(indexed(parameters, 2, 0, 0)).toBe(String.raw`b_{u=1,\,\text{day }1}`);
  expect(indexed(parameters, 2, 3, 0)).toBe(String.raw`b_{u=3,\,\text{day }3}`);
});

test('each parameter has the learning rate that its rule names', () => {
  const hyperparameter = (name: string, value: number) => ({
    name,
    symbol: name,
    default: value,
    min: 0,
    max: 1,
    kind: { type: 'log' } as const,
    help: '',
  });
  const entry: Pick<Entry, 'hyperparameters' | 'updates'> = {
    hyperparameters: [hyperparameter('gamma', 0.01), hyperparameter('gamma_3', 0.002)],
    updates: [
      String.raw`b_u \leftarrow b_u + \gamma\,(e_{ui} - \lambda\, b_u)`,
      String.raw`b_{u,t} \leftarrow b_{u,t} + \gamma_3\,(e_{ui} - \lambda_3\, b_{u,t})`,
    ],
  };
  expect(rateOf(entry, {}, 'b_u')).toBe(0.01);
  expect(rateOf(entry, {}, 'b_{u,t}')).toBe(0.002);
  expect(rateOf(entry, { gamma: 0.5, gamma_3: 0.3 }, 'b_{u,t}')).toBe(0.3);
  expect(rateOf(entry, { gamma: 0.5 }, 'unknown')).toBe(0.5);
});
