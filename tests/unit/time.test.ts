import { expect, test } from 'vitest';

import { indexed, learningRate, rateOf } from '../../www/lab/step.ts';
import { dateOf, dateOfYear, deviation } from '../../www/lab/time.ts';
import { parameter, rule } from './made.ts';

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

test('a bias of a bin or a day is named by its item or user', () => {
  const parameters = [
    parameter('b_i'),
    parameter('b_i_bin', { axis: 'bin', rows: 12 }),
    parameter('b_u_day', { axis: 'day', rows: 4, of: Uint32Array.from([0, 2, 2, 2]) }),
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
  const entry = {
    hyperparameters: [hyperparameter('gamma', 0.01), hyperparameter('gamma_3', 0.002)],
    rules: [
      rule({ form: 'definition' }),
      rule({ parameters: ['b_u'], rate: 'gamma' }),
      rule({ parameters: ['b_u_day'], rate: 'gamma_3' }),
    ],
  };
  const [error, bias, day] = entry.rules;
  expect(rateOf(entry, {}, error)).toBeUndefined();
  expect(rateOf(entry, {}, bias)).toBe(0.01);
  expect(rateOf(entry, {}, day)).toBe(0.002);
  expect(rateOf(entry, { gamma: 0.5, gamma_3: 0.3 }, day)).toBe(0.3);
  expect(learningRate(entry, { gamma: 0.5, gamma_3: 0.3 })).toBe(0.5);
});
