import { describe, expect, test, vi } from 'vitest';

import type { Entry } from '../../pkg/factorscope.js';
import {
  CHOICES,
  type Choice,
  choicesOf,
  chosenOf,
  readChoice,
  withChoice,
  withoutData,
} from '../../www/lab/choices.ts';
import { readLink, writeLink } from '../../www/lab/link.ts';
import { initialState } from '../../www/lab/state.ts';
import { VIEWS, type View } from '../../www/lesson/views.ts';

vi.mock('virtual:registry', () => ({ default: [] }));

const entry = { id: 'svd', title: 'SVD', hyperparameters: [] } as unknown as Entry;
const start = initialState(entry, {}, 42, false);
const none = { run: undefined, data: undefined };
const views = Object.keys(VIEWS) as View[];
const all = choicesOf(views);

/** For every choice, a text that differs from its start; typed by hand, as a link would hold it. */
const OTHERS: Readonly<Record<string, string>> = {
  'landscape.path': '-1.05,2.5,pqp',
  'landscape.lambda': '0.35',
  'walk.drawn': 'objective',
  'walk.predictions': 'no',
  'walk.whole': 'yes',
  'walk.speed': '25',
  'neighbors.user': '3',
  'neighbors.item': '0',
  'neighbors.other': '7',
  'interpolation.user': '2',
  'interpolation.item': '11',
  'race.axis': 'time',
  'race.error': 'train',
  'zeros.held': '2,3',
  'weighted-mean.ratings': '4.5,0.5,1',
  'weighted-mean.confidences': '0,10,2.5',
  'drift.days': '-250',
  'drift.alpha': '-0.005',
  'drift.beta': '0.95',
  'bias-curves.film': '314',
  'tiers.list': 'favorites',
  'fold-in.given': '12:5,9741:0.5',
  'fold-in.search': 'the matrix & <b>, “ü”',
  'fold-in.order': 'prediction',
  'parts.film': '0',
  'taste.vectors': '-3,3,0.1,1,1,1,1.5,-1.3,0,1.2,-1,-1,1,0,-1',
  'taste.turn': '45',
  'factors.first': '3',
  'factors.second': '1',
  'factors.turn': '180',
  'factors.least': '20',
  'recommendations.why': '42',
  'prior-posterior.q': '-0.55,2',
  'prior-posterior.unused': '3',
  'posterior.film': '257',
  'posterior.search': 'alien',
  'traces.trace': 'alpha',
  'new-user.told': '1,7,11',
  'new-film.genres': '4,0',
  'cold-start.side': 'items',
};

/** For every choice, texts that nobody can have chosen. */
const IMPOSSIBLE: Readonly<Record<string, readonly string[]>> = {
  'landscape.path': ['', '1', '1,2,x', '1,2,p,q', 'NaN,1,', '1e9,0,p', `0,0,${'p'.repeat(201)}`],
  'landscape.lambda': ['-0.1', '2.1', 'Infinity', ''],
  'walk.drawn': ['', 'mae', '<img src=x onerror=alert(1)>'],
  'walk.predictions': ['1', 'true', ''],
  'walk.whole': ['toString'],
  'walk.speed': ['0', '26', '2.5'],
  'neighbors.user': ['-1', 'x', '99999999'],
  'neighbors.item': ['1.5', ''],
  'neighbors.other': ['__proto__'],
  'interpolation.user': ['0x1'],
  'interpolation.item': [' 1'],
  'race.axis': ['seconds'],
  'race.error': ['constructor'],
  'zeros.held': ['0,1', '1,9', '1', '1,2,3'],
  'weighted-mean.ratings': ['1,2', '1,2,3,4', '0,1,2', '1,2,x'],
  'weighted-mean.confidences': ['-1,1,1', '1,1,11'],
  'drift.days': ['1501', 'e5'],
  'drift.alpha': ['0.09'],
  'drift.beta': ['0', '1.05'],
  'bias-curves.film': ['-0'],
  'tiers.list': ['baseline'],
  'fold-in.given': ['1', '1:x', '1:5:2', '1:5,1:4', '1:1e9', ',', '1:5,'.repeat(2000)],
  'fold-in.search': ['x'.repeat(101)],
  'fold-in.order': ['title'],
  'parts.film': ['NaN'],
  'taste.vectors': ['1', Array.from({ length: 15 }, () => '4').join()],
  'taste.turn': ['181', '-5'],
  'factors.first': ['0', '1001'],
  'factors.second': ['x'],
  'factors.turn': ['270'],
  'factors.least': ['0', '100001'],
  'recommendations.why': ['1,2'],
  'prior-posterior.q': ['1', '3,0'],
  'prior-posterior.unused': ['2,2', 'x'],
  'posterior.film': ['one'],
  'posterior.search': ['x'.repeat(5000)],
  'traces.trace': ['lambda'],
  'new-user.told': ['1,1', '1;2'],
  'new-film.genres': ['Drama'],
  'cold-start.side': ['both'],
};

describe('the table of choices', () => {
  test('names each by its view and by itself, and the tests below know every one', () => {
    const names = Object.entries(CHOICES).flatMap(([view, own]) =>
      Object.keys(own).map((name) => `${view}.${name}`),
    );
    expect(all.map(({ key }) => key).sort()).toEqual(names.toSorted());
    expect(Object.keys(OTHERS).sort()).toEqual(names.toSorted());
    expect(Object.keys(IMPOSSIBLE).sort()).toEqual(names.toSorted());
  });

  test('keeps only what differs from the start', () => {
    const { axis } = CHOICES.race;
    const other = withChoice({}, axis, 'time');
    expect(other).toEqual({ 'race.axis': 'time' });
    expect(chosenOf(other, axis)).toBe('time');
    expect(withChoice(other, axis, 'epochs')).toEqual({});
    expect(chosenOf({}, axis)).toBe('epochs');
  });

  test('gives up with other data what names its users and films, and nothing else', () => {
    const kept = Object.keys(withoutData(OTHERS, all));
    const gone = Object.keys(OTHERS).filter((key) => !kept.includes(key));
    expect(gone.sort()).toEqual([
      'bias-curves.film',
      'fold-in.given',
      'interpolation.item',
      'interpolation.user',
      'neighbors.item',
      'neighbors.other',
      'neighbors.user',
      'new-film.genres',
      'new-user.told',
      'parts.film',
      'posterior.film',
      'recommendations.why',
    ]);
  });
});

describe.each(all.map((choice): [string, Choice<unknown>] => [choice.key, choice]))(
  'the choice %s',
  (key, choice) => {
    const other = OTHERS[key] ?? '';

    test('goes through a link as it is', () => {
      const state = { ...start, choices: { [key]: other } };
      const link = writeLink('lab-1', entry, state, none);
      const back = readLink(link, entry, start, undefined, all);
      expect(back.faults).toEqual([]);
      expect(back.state).toEqual(state);
      expect(choice.write(chosenOf(back.state.choices, choice))).toBe(other);
    });

    test('differs from its start in this test, and is left out of a link at it', () => {
      expect(other).not.toBe(choice.write(choice.start));
      const state = { ...start, choices: withChoice({ [key]: other }, choice, choice.start) };
      expect(writeLink('lab-1', entry, state, none)).not.toContain(key);
    });

    test.each(IMPOSSIBLE[key] ?? [])('stays at its start where a link says %j', (text) => {
      const fragment = new URLSearchParams({ lab: 'lab-1', [key]: text }).toString();
      const { faults, state } = readLink(fragment, entry, start, undefined, all);
      expect(faults).toEqual([key]);
      expect(state).toEqual(start);
    });

    test('of a view that the part does not show is named as unknown', () => {
      const { faults, state } = readLink(
        new URLSearchParams({ [key]: other }).toString(),
        entry,
        start,
      );
      expect(faults).toEqual([key.slice(0, 20)]);
      expect(state).toEqual(start);
    });
  },
);

test('numbers are written with all their digits', () => {
  const { path } = CHOICES.landscape;
  const value = { p: 0.1 + 0.2, q: -1 / 3e4, solved: 'p' };
  expect(path.read(path.write(value))).toEqual(value);
});

test('a text longer than any choice is refused before it is read', () => {
  const read = vi.fn();
  expect(readChoice({ ...CHOICES.posterior.search, read }, 'x'.repeat(4001))).toBeUndefined();
  expect(read).not.toHaveBeenCalled();
});
