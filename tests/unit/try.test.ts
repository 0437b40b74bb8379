import { fileURLToPath } from 'node:url';

import { describe, expect, test, vi } from 'vitest';

import { renderBody } from '../../www/lesson/markdown.ts';
import type { Check } from '../../www/lesson/try/check.ts';
import { printed, sectionAbove } from '../../www/lesson/try/prose.ts';
import { entries } from '../claims/engine.ts';
import { tryOnEngine } from '../claims/try.ts';

vi.mock('virtual:registry', () => ({ default: entries }));

const root = fileURLToPath(new URL('../..', import.meta.url));
const context = { file: 'notebooks-md/01-a.md', root, registry: entries };
const LAB = ['```lab', 'model: svd', 'data: toy', 'factors: 2', 'show: [walk]', '```', ''];
/** A lesson whose try block begins in line 9. */
const lesson = (...lines: string[]): string =>
  [...LAB, 'The walk has 5 ratings, about three users.', '```try', ...lines, '```', ''].join('\n');
const read = (...lines: string[]): Check => {
  const [check] = renderBody(lesson(...lines), context).checks;
  if (!check) throw new Error('no check');
  return check;
};
const found = (...lines: string[]): Promise<string[]> => tryOnEngine(read(...lines));

describe('a try block', () => {
  test('shows nothing on the page', () => {
    const { html } = renderBody(lesson('do: step 1', 'expect: step = 1'), context);
    expect(html).not.toContain('step');
  });

  test('speaks of the live part above, unless it names one or a model and data of its own', () => {
    expect(read('do: step 1', 'expect: step = 1').lab.id).toBe('lab-1');
    expect(read('lab: walk', 'do: step 1', 'expect: step = 1').lab.settings).toEqual({
      factors: 2,
    });
    const own = read('model: als', 'data: toy', 'do: train', 'expect: singular = 0');
    expect(own.lab).toMatchObject({ model: 'als', data: 'toy', settings: {} });
  });

  test('is tried by the engine unless it presses buttons or reads the page', () => {
    expect(read('do: step 1', 'expect: step = 1').on).toBe('engine');
    expect(read('do: step 1', 'expect: shows("Step 1")').on).toBe('page');
    expect(read('do: press "Play"', 'expect: shows("Step")').on).toBe('page');
  });

  test.each([
    ['an unknown key', ['expects: 1'], 10, 'unknown key of a try block `expects`'],
    ['nothing to expect', ['do: step 1'], 9, 'neither `expect` nor `prints`'],
    ['an unknown live part', ['lab: map', 'expect: 1'], 10, 'unknown live part `map`'],
    ['a live part that is not there', ['lab: race', 'expect: 1'], 10, 'no live part `race`'],
    ['an unknown setting', ['set: gama=1', 'expect: 1'], 10, 'unknown setting of svd `gama`'],
    ['a value out of range', ['set: gamma=9', 'expect: 1'], 10, '`gamma` of svd goes from'],
    ['an unknown deed', ['do: dance', 'expect: 1'], 10, 'unknown thing to do `dance`'],
    ['a step without a number', ['do: step', 'expect: 1'], 10, '`step` takes a number'],
    ['an unknown quantity', ['expect: rsme > 1'], 10, 'unknown quantity `rsme`'],
    ['an index too many', ['expect: step[1] > 1'], 10, '`step` takes other indices'],
    ['a run that nothing names', ['expect: a.rmse > 1'], 10, 'no run of this block is called `a`'],
    ['a cold start of nobody', ['do: cold 3', 'expect: 1'], 10, '`cold` takes a number of groups'],
    ['a doubtful pace', ['slow: no', 'expect: 1'], 10, 'unknown value for `slow` `no`'],
    ['the length of no parameter', ['expect: length(1) = 1'], 10, '`length` takes a parameter'],
    ['a name taken twice', ['do: step 1 as a', 'do: step 2 as a'], 11, 'two runs are called `a`'],
    ['half an expectation', ['expect: rmse >'], 10, 'did not expect `the end`'],
    ['an aggregate of one run', ['expect: count(diverged) = 1'], 10, 'say which by `over`'],
    [
      'both places at once',
      ['do: step 1', 'expect: shows("a")', 'expect: rmse > 1'],
      9,
      'cannot ask the engine too',
    ],
    [
      'a sentence that is not above',
      ['prints: "has # stars" = ratings'],
      10,
      'does not have `has # stars` exactly once',
    ],
    ['numbers without quantities', ['prints: "has # ratings" = 1, 2'], 10, 'the quote has 1 of #'],
  ])('with %s fails the build with file and line', (_name, lines, line, message) => {
    expect(() => read(...lines)).toThrow(`notebooks-md/01-a.md:${line}: `);
    expect(() => read(...lines)).toThrow(message);
  });
});

describe('what a block expects', () => {
  test('holds, or is said not to with what was measured', async () => {
    expect(await found('do: step 7', 'expect: step = 7', 'expect: 6 < step <= 7')).toEqual([]);
    expect(await found('do: step 7', 'expect: step > 8')).toEqual([
      'line 11: not so: step > 8 (7, 8)',
    ]);
    expect(await found('do: step 7', 'expect: not step = 7')).toHaveLength(1);
  });

  test('equals a number when it rounds to it as it is written', async () => {
    expect(await found('do: step 0', 'expect: mu = 2', 'expect: mu = 2.2')).toEqual([]);
    expect(await found('do: step 0', 'expect: mu = 2.20', 'expect: mu = 2.21')).toHaveLength(1);
  });

  test('compares runs by their names', async () => {
    const lines = ['do: step 0 as a', 'set: seed=7', 'do: step 0 as b'];
    expect(await found(...lines, 'expect: a.fingerprint != b.fingerprint')).toEqual([]);
    expect(await found(...lines, 'expect: a.fingerprint = b.fingerprint')).toHaveLength(1);
    expect(await found(...lines, 'expect: a.mu = b.mu')).toEqual([]);
  });

  test('holds for every value that it is tried over, or for as many as it counts', async () => {
    const over = ['over: seed=1..3', 'do: step 0'];
    expect(await found(...over, 'expect: mu = 2.2')).toEqual([]);
    expect(await found(...over, 'expect: mu = 3')).toHaveLength(3);
    expect(await found(...over, 'expect: count(mu > 2) = 3', 'expect: spread(mu) = 0')).toEqual([]);
  });

  test('compares any two of the runs that it is tried over by what a turn leaves as it is', async () => {
    const expected = [
      'expect: least_alike(cosines[1]) = 1.000',
      'expect: mean_alike(nearest[1][1]) = 1',
    ];
    expect(await found('over: seed=3,3', 'do: step 9', ...expected)).toEqual([]);
    expect(await found('over: seed=3,4', 'do: step 9', ...expected)).not.toEqual([]);
  });

  test('takes one row of a parameter, or the items with so many ratings', async () => {
    // Items 1 and 3 of the toy have two ratings, item 2 has one.
    const lines = [
      'expect: abs(length(q_i)[1][1] - norm(q_i[2])) = 0.000000',
      'expect: abs(length(q_i)[2] - (norm(q_i[1]) + norm(q_i[3])) / 2) = 0.000000',
      'expect: moved(q_i[2]) = 0',
    ];
    expect(await found('do: step 0', ...lines)).toEqual([]);
  });

  test('follows the edited toy', async () => {
    // Left are 2, 4 and 5.
    const set = 'set: r[3][1]=5 r[1][3]=- items=2';
    expect(await found(set, 'do: step 0', 'expect: ratings = 3', 'expect: mu = 3.667')).toEqual([]);
  });
});

describe('a printed number', () => {
  test('is held against what is measured, in digits and in words', async () => {
    const prints = 'prints: "has # ratings, about # users" = ratings,';
    expect(await found('do: step 0', `${prints} users`)).toEqual([]);
    expect(await found('do: step 0', `${prints} users + 1`)).toEqual([
      'line 11: the text prints three, measured is 4',
    ]);
    expect(await found('do: step 0', `${prints} users + 1 within 1`)).toEqual([]);
  });

  test('is looked for in the prose of the section above, wherever lines end', () => {
    const markdown = 'One: 1\n\n## Two\nIt is\n.50, or −1,234\n```lab\nIt is 7\n```\nend';
    const section = sectionAbove(markdown, 9);
    expect(section).toBe('It is .50, or −1,234');
    expect(printed(section, 'It is #, or #')).toMatchObject([
      { written: '.50', value: 0.5, half: 0.005 },
      { value: -1234, half: 0.5 },
    ]);
    expect(printed(section, 'One: #')).toBeUndefined();
    expect(printed('It is 1. It is 2.', 'It is #.')).toBeUndefined();
  });
});
