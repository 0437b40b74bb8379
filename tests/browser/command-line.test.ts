import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { beforeAll, expect, test } from 'vitest';

import { engine } from '../../scripts/lib/steps.mjs';
import { hasMovieLens, openedSite } from './harness.ts';

const run = promisify(execFile);
const SETTINGS = { factors: '6', epochs: '4' };
/** What the chapter sets beside them. */
const CHAPTER = { gamma: '0.007', lambda: '0.02', sigma: '0.1' };

const site = openedSite();
let program: string;
beforeAll(async () => {
  program = await engine();
}, 900_000);

test('the command line and the page give the same fingerprint and errors for the same run', async ({
  skip,
}) => {
  // Without MovieLens the site runs on the simulation, which the command line knows by name.
  const data = hasMovieLens ? process.env['MOVIELENS_ZIP'] : 'simulation';
  if (!data) return skip('the site has MovieLens, but MOVIELENS_ZIP does not name it');
  const set = Object.entries({ ...SETTINGS, ...CHAPTER }).flatMap(([name, value]) => [
    '--set',
    `${name}=${value}`,
  ]);
  const { stdout } = await run(program, [
    ...['train', data, '--model', 'svdpp', '--seed', '5', '--split-seed', '7', '--json'],
    ...set,
  ]);
  const told = JSON.parse(stdout) as { fingerprint: string; rmse: number };

  const { page } = await site.visit('chapters/04-svdpp-on-movielens.html');
  const lab = page.locator('#lab-2');
  for (const [name, value] of Object.entries({ ...SETTINGS, seed: '5', 'split-seed': '7' })) {
    const input = page.locator(`#lab-2-${name}`);
    await input.fill(value);
    await input.blur();
  }
  await lab.getByRole('button', { name: 'Train', exact: true }).click();
  await lab.locator('.film-list').first().waitFor();
  expect(await lab.locator('run-link output.fingerprint').innerText()).toBe(told.fingerprint);
  const shown = lab.locator('.training-errors tbody tr', { hasText: 'test RMSE' }).locator('td');
  expect(await shown.nth(1).innerText()).toBe(told.rmse.toFixed(4));
});
