import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { number, numbers, openedSite, part, unreadable, visibleFaults } from './harness.ts';

const CHAPTER = 'chapters/06-interpolation-weights.html';

const site = openedSite();
let page: Page;

beforeAll(async () => {
  ({ page } = await site.visitShared(CHAPTER));
});

interface System {
  matrix: number[][];
  theta: number[];
  right: number[];
}

/** The system as it is shown, without the counts below its numbers. */
async function system(lab: Locator): Promise<System> {
  const rows = await lab.locator('.neighbors-system tbody tr').evaluateAll((found) =>
    found.map((row) =>
      [...row.querySelectorAll('td')].map((cell) => {
        const copy = cell.cloneNode(true) as HTMLElement;
        copy.querySelector('small')?.remove();
        return copy.textContent ?? '';
      }),
    ),
  );
  const numbers = rows.map((row) => row.map(number));
  const n = numbers.length;
  return {
    matrix: numbers.map((row) => row.slice(0, n)),
    theta: numbers.map((row) => row[n] ?? NaN),
    right: numbers.map((row) => row[n + 1] ?? NaN),
  };
}

async function ready(lab: Locator): Promise<void> {
  await lab.scrollIntoViewIfNeeded();
  await lab.locator('.neighbors-system tbody tr').first().waitFor();
}

describe('the system of one prediction', () => {
  let lab: Locator;
  /** The film that it is of at the start. */
  let film: string;

  beforeAll(async () => {
    lab = part(page, 'interpolation');
    await ready(lab);
    film = await lab.getByLabel('Item i').inputValue();
  });

  test('is symmetric and solved by its weights, none below zero where none is allowed', async () => {
    const { matrix, right, theta } = await system(lab);
    expect(theta.length).toBeGreaterThan(0);
    for (const [row, line] of matrix.entries()) {
      const product = line.reduce((sum, a, column) => sum + a * (theta[column] ?? NaN), 0);
      expect(Math.abs(product - (right[row] ?? NaN))).toBeLessThan(0.005);
      for (const [column, a] of line.entries()) expect(a).toBe(matrix[column]?.[row]);
    }
    const sum = theta.reduce((whole, weight) => whole + weight, 0);
    const shown = number(await lab.locator('.theta-sum').innerText());
    expect(Math.abs(shown - sum)).toBeLessThan(0.005);

    await lab.locator('select[id$="-weights"]').selectOption({ label: 'nonnegative' });
    for (const item of [0, 3, 6]) {
      await lab.getByLabel('Item i').selectOption({ index: item });
      await expect
        .poll(async () => (await system(lab)).theta)
        .toSatisfy((theta: number[]) => theta.length > 0 && theta.every((weight) => weight >= 0));
    }
  });

  test('is of the same film, whatever was set before it came', async () => {
    const id = await lab.getAttribute('id');
    const link = `${CHAPTER}#lab=${id}&model=interpolated-knn&beta=1000`;
    const { page: linked } = await site.visit(link);
    const other = part(linked, 'interpolation');
    await ready(other);
    expect(await other.locator('input[id$="-beta"]').inputValue()).toBe('1000');
    expect(await other.getByLabel('Item i').inputValue()).toBe(film);
  });
});

test('the walk of the global weights changes them', async () => {
  const lab = part(page, 'walk');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Step forward' }).click();
  await lab.getByText('Step 1 ·').waitFor();
});

test('trains on the large data set and explains its films', async () => {
  const lab = part(page, 'train');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByRole('button', { name: 'Train' }).click();
  await lab.locator('film-table tbody tr').first().waitFor();
  expect(await visibleFaults(page)).toEqual([]);
});

test('learned weights race counted ones', async () => {
  const lab = part(page, 'race');
  await lab.scrollIntoViewIfNeeded();
  await lab.getByLabel('epochs', { exact: true }).first().fill('2');
  await lab.getByRole('button', { name: 'Start the race' }).click();
  await lab.getByText('Both have finished.').waitFor();
  const row = lab.locator('.race-results tr', { hasText: 'test RMSE at the end' }).locator('td');
  const errors = await numbers(row);
  expect(errors).toHaveLength(2);
  for (const error of errors) expect(error).toBeLessThan(0.95);
});

test('with its live parts at work the chapter can be read by everybody', async () => {
  await ready(part(page, 'interpolation'));
  expect(await unreadable(page)).toEqual([]);
});
