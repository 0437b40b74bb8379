import { describe, expect, test } from 'vitest';

import type { Hyperparameter, ParameterValues, Step } from '../../pkg/factorscope.js';
import { steady } from '../../www/format.ts';
import {
  compareUpdates,
  component,
  epochEnd,
  epochOf,
  filmOf,
  groups,
  indexed,
  inStars,
  isBaseline,
  isPlain,
  learningRate,
  placeKey,
  predicted,
  products,
  ratingOf,
  ruleFor,
  rulesOf,
  ruleText,
  termLatex,
  touched,
  visits,
} from '../../www/lab/step.ts';
import { parameter, rule, term } from './made.ts';

const vectors = (name: string, columns: number): ParameterValues => parameter(name, { columns });

const parameters = [
  parameter('mu', { symbol: String.raw`\mu`, base: String.raw`\mu` }),
  parameter('b_u'),
  parameter('b_i'),
  vectors('p_u', 2),
  vectors('q_i', 2),
];

// User 2 gave item 3 a 3; p = (0.5, -1), q = (2, 0.25): the product is 1 - 0.25.
const change = (
  at: number,
  row: number,
  column: number,
  before: number,
): Step['updates'][number] => ({
  parameter: at,
  row,
  column,
  before,
  gradient: -1,
  after: before + 0.1,
});
const step: Step = {
  subject: { rating: { u: 1, i: 2, r: 3 } },
  terms: [
    term({ name: 'mu', kind: 'mean' }, 2),
    term({ name: 'b_u', kind: 'bias' }, 0.5),
    term({ name: 'b_i', kind: 'bias' }, -0.25),
    term({ name: 'product', product: ['p_u', 'q_i'] }, 0.75),
  ],
  updates: [
    change(1, 1, 0, 0.5),
    change(2, 2, 0, -0.25),
    change(3, 1, 0, 0.5),
    change(4, 2, 0, 2),
    change(3, 1, 1, -1),
    change(4, 2, 1, 0.25),
  ],
  rests: [],
  layers: [],
  system: undefined,
  objective: 0,
  counts: false,
};
const solved: Step = { ...step, subject: { user: 1 }, updates: [] };

describe('the symbol of a number', () => {
  test('counts users, items and components from 1', () => {
    expect(indexed(parameters, 3, 1, 0)).toBe('p_{2,1}');
    expect(indexed(parameters, 4, 2, 1)).toBe('q_{3,2}');
  });

  test('says which of two parameters with one letter is meant', () => {
    expect(indexed(parameters, 1, 1, 0)).toBe('b_{u=2}');
    expect(indexed(parameters, 2, 2, 0)).toBe('b_{i=3}');
  });

  test('has one index where the vectors have one component', () => {
    expect(indexed([parameter('p_u'), parameter('q_i')], 0, 1, 0)).toBe('p_{2}');
  });

  test('has no index for the mean', () => {
    expect(indexed(parameters, 0, 0, 0)).toBe(String.raw`\mu`);
  });
});

describe('the film of a changed number', () => {
  const titled = ['Alien', 'Heat', 'item 3'].map((title) => ({ title, year: 1995, genres: [] }));

  test('is told with the first component of an item’s numbers, and not of a user’s', () => {
    expect(filmOf(parameters, titled, change(4, 1, 0, 0), true)).toBe('Heat');
    expect(filmOf(parameters, titled, change(4, 1, 1, 0), false)).toBeUndefined();
    expect(filmOf(parameters, titled, change(3, 1, 0, 0), true)).toBeUndefined();
  });

  test('is not told where films have numbers and no titles', () => {
    expect(filmOf(parameters, titled, change(2, 2, 0, 0), true)).toBeUndefined();
  });

  test('is the neighbor’s for a weight, and the bin’s own film for a bin', () => {
    const of = Uint32Array.from([1, 2, 0, 2, 0, 1]);
    const weights = parameter('w_ij', { columns: 2, of });
    expect(filmOf([...parameters, weights], titled, change(5, 0, 0, 0), false)).toBe('Heat');
    expect(filmOf([...parameters, weights], titled, change(5, 1, 0, 0), false)).toBe('Alien');
    const bins = parameter('b_i_bin', { axis: 'bin', rows: 6 });
    expect(filmOf([...parameters, bins], titled, change(5, 3, 0, 0), true)).toBe('Heat');
  });

  test('is not told where the neighbors are users', () => {
    const of = Uint32Array.from([1, 2, 0, 2, 0, 1]);
    const similarities = parameter('s_ij', { axis: 'user', columns: 2, of });
    const all = [...parameters, similarities];
    expect(filmOf(all, titled, change(5, 0, 0, 0), true)).toBeUndefined();
    expect(indexed(all, 5, 1, 0)).toBe('s_{2,1}');
  });
});

test('changes are grouped by parameter and row, whatever the order they were made in', () => {
  const found = groups({ ...step, updates: [...step.updates].reverse() });
  expect(found.map((group) => group.parameter)).toEqual([1, 2, 3, 4]);
  expect(found.map((group) => group.updates.length)).toEqual([1, 1, 2, 2]);
});

test('a parameter finds its rule in the registry', () => {
  const rules = [
    rule({ form: 'definition' }),
    rule({ parameters: ['b_u'] }),
    rule({ parameters: ['y_j', 'x_j'] }),
  ];
  expect(ruleFor(rules, 'b_u')).toBe(rules[1]);
  expect(ruleFor(rules, 'x_j')).toBe(rules[2]);
  expect(ruleFor(rules, 'p_u')).toBeUndefined();
  expect(ruleFor(rules, undefined)).toBeUndefined();
});

test('the rule in numbers reads before minus gamma times gradient', () => {
  const update = { parameter: 1, row: 0, column: 0, before: 0.1, gradient: -0.8, after: 0.14 };
  expect(ruleText(update, 0.05)).toBe('0.1000 − 0.05 · (−0.8000) = 0.1400');
  expect(ruleText({ ...update, gradient: 0.8, after: 0.06 }, 0.05)).toBe(
    '0.1000 − 0.05 · 0.8000 = 0.0600',
  );
});

test('a model none of whose rules goes down a gradient has no learning rate', () => {
  const gamma = {
    name: 'gamma',
    symbol: String.raw`\gamma`,
    default: 0.005,
    min: 0,
    max: 1,
    kind: { type: 'log' as const },
    help: '',
  };
  const rules = [rule({ form: 'definition' }), rule({ parameters: ['b_u'], rate: 'gamma' })];
  expect(learningRate({ hyperparameters: [gamma], rules }, {})).toBe(0.005);
  expect(learningRate({ hyperparameters: [gamma], rules }, { gamma: 0.1 })).toBe(0.1);
  expect(learningRate({ hyperparameters: [gamma], rules: [] }, { gamma: 0.1 })).toBeUndefined();
});

test('the prediction is the sum of the terms', () => {
  expect(predicted(step)).toBe(3);
});

test('a product of two touched vectors is shown factor by factor, in the order it is written', () => {
  expect(products({ product: ['p_u', 'q_i'] }, step, parameters)).toEqual([
    [0.5, 2],
    [-1, 0.25],
  ]);
  expect(products({ product: ['q_i', 'p_u'] }, step, parameters)).toEqual([
    [2, 0.5],
    [0.25, -1],
  ]);
  expect(products({ product: undefined }, step, parameters)).toBeUndefined();
  expect(products({ product: ['p_u', 'q_i'] }, solved, parameters)).toBeUndefined();
});

test('touched numbers are those of the updates', () => {
  expect(touched(undefined).size).toBe(0);
  expect(touched(step)).toContain(placeKey(3, 1, 1));
  expect(touched(step)).not.toContain(placeKey(3, 0, 1));
});

test('a step visits one cell, a row or a column', () => {
  expect(ratingOf(step)?.r).toBe(3);
  expect(ratingOf(solved)).toBeUndefined();
  expect([visits(step, 1, 2), visits(step, 1, 1)]).toEqual([true, false]);
  expect([visits(solved, 1, 0), visits(solved, 0, 1)]).toEqual([true, false]);
  expect(visits({ ...solved, subject: { item: 1 } }, 0, 1)).toBe(true);
  expect(visits(undefined, 0, 0)).toBe(false);
});

test('a number that has run away keeps its column narrow', () => {
  expect(steady(-0.00004)).toBe('0.0000');
  expect(steady(9999.5, 1)).toBe('9999.5');
  expect(steady(-123456)).toBe('−1.2e5');
  expect(steady(Number.NaN)).toBe('–');
});

test('a component is named for any user or item', () => {
  expect(component(vectors('p_u', 2), 1)).toBe('p_{u,2}');
  expect(component(parameter('b_u'), 0)).toBe('b_u');
});

test('steps are counted within their epoch, and an epoch ends at its last step', () => {
  expect(epochOf(1, 5)).toEqual({ epoch: 1, within: 1 });
  expect(epochOf(5, 5)).toEqual({ epoch: 1, within: 5 });
  expect(epochOf(6, 5)).toEqual({ epoch: 2, within: 1 });
  expect([0, 4, 5, 7].map((step) => epochEnd(step, 5))).toEqual([5, 5, 10, 10]);
  // A table without ratings has epochs without steps.
  expect(epochEnd(0, 0)).toBe(1);
});

test('two steps are compared on the item vector, each component beside that of the user', () => {
  const other = { ...step, updates: step.updates.map((change) => ({ ...change, after: 9 })) };
  const found = compareUpdates(step, other, parameters);
  expect(
    found.map(({ one, other: second, partner }) => [one.before, second.after, partner.before]),
  ).toEqual([
    [2, 9, 0.5],
    [0.25, 9, -1],
  ]);
});

test('a model that can learn in two ways has the rules of the one that is chosen', () => {
  const method: Hyperparameter = {
    name: 'method',
    symbol: '',
    default: 0,
    min: 0,
    max: 1,
    kind: { type: 'choice', choices: ['multiplicative', 'sgd'] },
    help: '',
  };
  const rules = [
    rule({ form: 'multiplicative', parameters: ['p_u'], when: ['method', 'multiplicative'] }),
    rule({ form: 'projected-gradient', parameters: ['p_u'], when: ['method', 'sgd'] }),
    rule({ parameters: ['b_u'] }),
  ];
  const entry = { hyperparameters: [method], rules };
  expect(rulesOf(entry, {})).toEqual([rules[0], rules[2]]);
  expect(rulesOf(entry, { method: 1 })).toEqual([rules[1], rules[2]]);
});

test('a baseline is a model whose rules change biases alone', () => {
  const biases = [rule({ parameters: ['b_u'] }), rule({ parameters: ['b_i'] }), rule({})];
  expect(isBaseline({ rules: biases })).toBe(true);
  expect(isBaseline({ rules: [...biases, rule({ parameters: ['p_u'] })] })).toBe(false);
});

test('terms of single components are numbered', () => {
  const terms = [
    term({ latex: 'a_{uk}' }, 1, 0),
    term({ latex: 'b' }, 1),
    term({ latex: 'a_{uk}' }, 1, 1),
  ];
  expect(terms.map(termLatex)).toEqual(['a_{u,1}', 'b', 'a_{u,2}']);
});

test('a rating on another scale is as many stars as the model counts', () => {
  const stars = { offset: 0, unit: 20 };
  expect([inStars(80, stars), inStars(80, undefined)]).toEqual([4, 80]);
  expect(inStars(-10, { offset: -12.25, unit: 4.5 })).toBe(0.5);
  expect([isPlain(stars), isPlain({ offset: 0, unit: 1 })]).toEqual([false, true]);
});
