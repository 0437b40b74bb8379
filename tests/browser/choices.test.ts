// What a reader chooses goes with the link: everything is chosen otherwise, and whoever opens the link finds it.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CHOICES, choicesOf } from '../../www/lab/choices.ts';
import { VERDICTS } from '../../www/lab/verdict.ts';
import type { View } from '../../www/lesson/views.ts';
import { needMovieLens, openedSite, part } from './harness.ts';

const site = openedSite();

/** A view in a chapter, and how everything in it is chosen otherwise than at the start. */
interface Case {
  chapter: string;
  /** The element of the view. */
  element: string;
  /** Which of the chapter's live parts with this view; the first where nothing is said. */
  nth?: number;
  movielens?: boolean;
  choose: (lab: Locator) => Promise<void>;
}

const button = (lab: Locator, name: string | RegExp): Locator => lab.getByRole('button', { name });
const field = (lab: Locator, name: string): Locator => lab.locator(`[id$="-${name}"]`).first();

/** Types into the field of a setting, which may be folded away. */
async function put(lab: Locator, name: string, value: string): Promise<void> {
  const input = field(lab, name);
  if (!(await input.isVisible())) await lab.getByText('More settings').first().click();
  await input.fill(value);
  await input.press('Enter');
}

async function train(lab: Locator, epochs: string): Promise<void> {
  await put(lab, 'epochs', epochs);
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  await expect
    .poll(() => lab.locator('model-training [role="status"]').first().textContent())
    .toMatch(/Trained/);
}

async function choosePair(lab: Locator): Promise<void> {
  await field(lab, 'pair-user').selectOption({ index: 3 });
  await field(lab, 'pair-item').selectOption({ index: 4 });
}

const CASES: Readonly<Record<keyof typeof CHOICES, Case>> = {
  landscape: {
    chapter: '03-alternating-least-squares',
    element: 'alternating-map',
    choose: async (lab) => {
      await field(lab, 'lambda').fill('0.35');
      await field(lab, 'p').fill('-1.05');
      await field(lab, 'q').fill('2.5');
      for (const name of ['p', 'q', 'p']) await button(lab, `Solve for ${name}`).click();
    },
  },
  walk: {
    chapter: 'workbench',
    element: 'step-walk',
    choose: async (lab) => {
      await put(lab, 'factors', '8');
      await lab.locator('.walk-play:enabled').waitFor();
      await field(lab, 'jump').fill('3');
      await button(lab, 'Go').click();
      await lab.getByRole('radio', { name: 'objective' }).check();
      await lab.getByLabel('Show predictions').uncheck();
      await lab.getByLabel(/Show all/).check();
      await lab.getByLabel('Speed').selectOption({ index: 4 });
      await expect.poll(() => lab.locator('.walk-where').innerText()).toMatch(/Step 3/);
    },
  },
  neighbors: {
    chapter: '05-neighbors',
    element: 'neighbor-explorer',
    choose: async (lab) => {
      await choosePair(lab);
      await expect.poll(() => lab.locator('input[type="radio"]').count()).toBeGreaterThan(2);
      await lab.locator('input[type="radio"]').nth(2).check();
    },
  },
  interpolation: {
    chapter: '06-interpolation-weights',
    element: 'interpolation-system',
    choose: choosePair,
  },
  race: {
    chapter: '03-alternating-least-squares',
    element: 'model-race',
    choose: async (lab) => {
      await put(lab, 'epochs', '2');
      await lab.locator('.race-rival summary').first().click();
      await put(lab, 'rival-epochs', '3');
      await lab.locator('.race-rival summary').first().click();
      await button(lab, 'Start the race').click();
      await lab.getByRole('radio', { name: 'multiplications' }).check();
      await lab.getByRole('radio', { name: 'training RMSE' }).check();
      await expect.poll(() => lab.locator('.race-told').innerText()).toBe('Both have finished.');
    },
  },
  zeros: {
    chapter: '03-alternating-least-squares',
    element: 'zeros-compare',
    choose: async (lab) => void (await field(lab, 'held').selectOption({ index: 3 })),
  },
  'weighted-mean': {
    chapter: '17-confidence',
    element: 'weighted-mean',
    choose: async (lab) => {
      await lab.getByLabel('rating of the second').fill('2.5');
      await lab.getByLabel('confidence of the third').fill('7.5');
    },
  },
  drift: {
    chapter: '16-time',
    element: 'drift-map',
    choose: async (lab) => {
      await field(lab, 'days').fill('-250');
      await field(lab, 'alpha').fill('-0.02');
      await field(lab, 'beta').fill('0.75');
    },
  },
  'bias-curves': {
    chapter: '16-time',
    element: 'bias-curves',
    movielens: true,
    choose: async (lab) => {
      await train(lab, '2');
      await lab.locator('bias-curves select').nth(0).selectOption({ index: 5 });
      await lab.locator('bias-curves select').nth(1).selectOption({ index: 7 });
    },
  },
  tiers: {
    chapter: '14-integrated-model',
    element: 'tier-shares',
    movielens: true,
    choose: async (lab) => {
      await train(lab, '1');
      await lab.getByRole('radio', { name: 'films the user rated highest' }).check();
      await lab.getByRole('button', { name: 'Next', exact: true }).click();
    },
  },
  'fold-in': {
    chapter: '13-implicit-feedback',
    element: 'fold-in-view',
    movielens: true,
    choose: async (lab) => {
      await train(lab, '2');
      for (const title of ['alien', 'amelie']) {
        await field(lab, 'film').fill(title);
        await lab.locator('.fold-in-matches button').first().click();
      }
      const stars = lab.locator('.fold-in-given input');
      await expect.poll(() => stars.count()).toBe(2);
      await stars.nth(1).fill('1.5');
      await stars.nth(1).blur();
      await lab.getByRole('radio', { name: 'the highest predictions' }).check();
      await field(lab, 'film').fill('star');
    },
  },
  parts: {
    chapter: '10-nonnegative-factors',
    element: 'factor-parts',
    movielens: true,
    choose: async (lab) => {
      await train(lab, '2');
      await field(lab, 'sum').selectOption({ index: 4 });
    },
  },
  taste: {
    chapter: '07-what-a-factor-means',
    element: 'taste-vectors',
    choose: async (lab) => {
      const input = lab.getByLabel('comedy of the second film');
      await input.fill('2.3');
      await input.blur();
      await field(lab, 'turn').fill('35');
    },
  },
  factors: {
    chapter: '07-what-a-factor-means',
    element: 'factor-map',
    choose: async (lab) => {
      await put(lab, 'factors', '4');
      await train(lab, '3');
      await field(lab, 'first').selectOption({ index: 2 });
      await field(lab, 'second').selectOption({ index: 3 });
      await field(lab, 'least').fill('2');
      await field(lab, 'least').blur();
      await field(lab, 'turn').fill('35');
    },
  },
  recommendations: {
    chapter: '01-three-users-three-items',
    element: 'film-table',
    movielens: true,
    choose: async (lab) => {
      await train(lab, '3');
      await lab.getByRole('button', { name: 'Next', exact: true }).click();
      await lab.locator('.film-why').nth(2).click();
      await lab.locator('.film-reason .sum').first().waitFor();
    },
  },
  'prior-posterior': {
    chapter: '11-probabilistic',
    element: 'prior-posterior',
    choose: async (lab) => {
      await lab.getByLabel('q of item 3').fill('-1.25');
      await lab.locator('prior-posterior input[type="checkbox"]').first().uncheck();
    },
  },
  posterior: {
    chapter: '12-bayesian',
    element: 'rating-posterior',
    nth: 1,
    movielens: true,
    choose: async (lab) => {
      await put(lab, 'burn_in', '1');
      await train(lab, '4');
      await field(lab, 'posterior-user').fill('7');
      await field(lab, 'posterior-user').blur();
      await field(lab, 'posterior-search').fill('alien');
      await expect
        .poll(() => field(lab, 'posterior-film').locator('option').count())
        .toBeGreaterThan(3);
      await field(lab, 'posterior-film').selectOption({ index: 3 });
    },
  },
  traces: {
    chapter: '12-bayesian',
    element: 'chain-traces',
    choose: async (lab) => {
      await put(lab, 'epochs', '20');
      await put(lab, 'burn_in', '5');
      await button(lab, /^Draw 20/).click();
      await lab.getByRole('radio', { name: 'precision alpha' }).check();
      await expect.poll(() => lab.locator('chain-traces svg').count()).toBeGreaterThan(0);
    },
  },
  'new-user': {
    chapter: '15-additional-inputs',
    element: 'new-user',
    choose: async (lab) => {
      await lab.locator('new-user select').nth(0).selectOption({ index: 2 });
      await lab.locator('new-user select').nth(1).selectOption({ index: 1 });
    },
  },
  'new-film': {
    chapter: '15-additional-inputs',
    element: 'new-film',
    movielens: true,
    choose: async (lab) => {
      await lab.locator('.newcomer-genres input').nth(3).check();
      await lab.locator('.newcomer-genres input').nth(1).check();
    },
  },
  'cold-start': {
    chapter: '15-additional-inputs',
    element: 'cold-start',
    choose: async (lab) => {
      await lab.getByRole('radio', { name: 'films' }).check();
      await button(lab, 'Measure').click();
      await expect.poll(() => lab.locator('.cold-verdict').innerText()).toMatch(/^Here/);
    },
  },
};

/** Everything that a view says and holds, but for the time that something took. */
async function shown(view: Locator): Promise<string> {
  const [text, values] = await view.evaluate((element) => {
    const fields = [
      ...element.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select'),
    ]
      .filter((one) => !one.classList.contains('address'))
      .map((one) =>
        one instanceof HTMLInputElement && /radio|checkbox/.test(one.type)
          ? one.checked
          : one.value,
      );
    return [(element as HTMLElement).innerText, JSON.stringify(fields)];
  });
  return `${text} ${values}`
    .replace(/Copied\.|Copy it from here:/, '')
    .replace(/\s+/g, ' ')
    .replace(/answered in \d+ ms/, '')
    .replace(/milliseconds [\d,.]+ [\d,.]+/, '');
}

/** What a view says while it has not settled. */
const UNSETTLED =
  /Asking the model|Working|Training (…|both|on the sim)|Starting the engine|Once the|Nothing to draw/;

/** Opens what is in the address of a page in another one, and gives the same part there. */
async function followed(page: Page, view: View, nth = 0): Promise<Locator> {
  const { page: other } = await site.visit(page.url());
  const lab = part(other, view, nth);
  await lab.locator('.lab').waitFor();
  return lab;
}

/** One page of a chapter for the tests of a describe, closed after the last of them. */
function sharedPage(chapter: string): () => Page {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await site.visitShared(`chapters/${chapter}.html`));
  });
  afterAll(() => page.context().close());
  return () => page;
}

/** These by chapter. */
function byChapter<T>(all: readonly T[], chapterOf: (one: T) => string): [string, T[]][] {
  return [...new Set(all.map(chapterOf))].map((chapter) => [
    chapter,
    all.filter((one) => chapterOf(one) === chapter),
  ]);
}

const cases = byChapter(Object.entries(CASES), ([, { chapter }]) => chapter);

describe.for(cases)(
  'a link copied after everything has been chosen otherwise in %s',
  ([chapter, all]) => {
    const opened = sharedPage(chapter);

    test.for(all)('restores it: %s', async ([name, one], context) => {
      if (one.movielens) needMovieLens(context);
      const view = name as keyof typeof CHOICES;
      const page = opened();
      const lab = part(page, view, one.nth);
      await lab.locator(one.element).waitFor();
      await lab.locator(one.element).scrollIntoViewIfNeeded();
      const atFirst = await shown(lab.locator(one.element));
      await one.choose(lab);
      const settled = async (): Promise<string> => shown(lab.locator(one.element));
      await expect.poll(settled).not.toMatch(UNSETTLED);
      expect(await settled()).not.toBe(atFirst);

      await lab.locator('run-link button').first().click();
      await expect.poll(() => page.url()).toContain(`#lab=${await lab.getAttribute('id')}&`);
      const keys = new Set(new URLSearchParams(new URL(page.url()).hash.slice(1)).keys());
      expect(choicesOf([view]).filter(({ key }) => !keys.has(key))).toEqual([]);

      const other = await followed(page, view, one.nth);
      expect(await other.locator('.lab > .note').allInnerTexts()).toEqual([]);
      await expect
        .poll(async () => {
          const [here, there] = [await settled(), await shown(other.locator(one.element))];
          return here === there && !UNSETTLED.test(there) ? 'the same' : [here, there];
        })
        .toBe('the same');
      if (keys.has('receipt')) {
        const verdict = other.locator('.link-verdict');
        await expect.poll(() => verdict.innerText()).toBe(VERDICTS.same);
      }
    });
  },
);

describe('a link that names what the data does not have', () => {
  test('says so of a user, and takes the first', async (context) => {
    needMovieLens(context);
    const { page } = await site.visit('chapters/17-confidence.html');
    const id = await part(page, 'shortcut').getAttribute('id');
    const address = `chapters/17-confidence.html#lab=${id}&model=implicit-als&user=999999`;
    const { page: other } = await site.visit(address);
    const lab = part(other, 'shortcut');
    await expect
      .poll(() => lab.locator('.lab > .note').allInnerTexts())
      .toEqual([expect.stringMatching(/stays at its default: user\.$/)]);
    await expect.poll(() => lab.locator('caption').innerText()).toMatch(/^User 1: /);
  });
});

const REFUSED = byChapter(
  [
    ['05-neighbors', 'neighbors', 'neighbors.user', '999999'],
    ['05-neighbors', 'neighbors', 'neighbors.item', '999999'],
    ['05-neighbors', 'neighbors', 'neighbors.other', '999999'],
    ['06-interpolation-weights', 'interpolation', 'interpolation.item', '999999'],
    ['03-alternating-least-squares', 'zeros', 'zeros.held', '3,3'],
    ['15-additional-inputs', 'new-user', 'new-user.told', '0,1'],
    ['15-additional-inputs', 'new-film', 'new-film.genres', '999'],
  ] as const,
  ([chapter]) => chapter,
);

describe.for(REFUSED)('a link that names what the data does not have', ([chapter, all]) => {
  const opened = sharedPage(chapter);

  test.for(all)('in %s says so and shows the start: %s, %s, %s', async ([, view, key, value]) => {
    const plain = part(opened(), view);
    await plain.locator('.lab').waitFor();
    await plain.scrollIntoViewIfNeeded();
    const { id, model } = await plain.evaluate(({ id: own, dataset }) => ({
      id: own,
      model: JSON.parse(dataset['lab'] ?? '{}').model as string,
    }));
    const { page: other } = await site.visit(
      `chapters/${chapter}.html#lab=${id}&model=${model}&${key}=${value}`,
    );
    const lab = part(other, view);
    await expect
      .poll(() => lab.locator('.lab > .note').allInnerTexts())
      .toEqual([expect.stringMatching(new RegExp(`stays at its default: ${key}\\.$`))]);
    const { element } = CASES[view];
    await expect
      .poll(async () => {
        const [here, there] = [
          await shown(plain.locator(element)),
          await shown(lab.locator(element)),
        ];
        return here === there && !UNSETTLED.test(there) ? 'the same' : [here, there];
      })
      .toBe('the same');
  });
});
