import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type * as Package from '../../pkg/factorscope.js';
import { listen, server } from '../../scripts/lib/serve.mjs';
import { Site } from './harness.ts';

// The same file is held against the native engine by tests/models/golden.rs. It guards against change
// and proves nothing but that both agree to the last bit.

interface Golden {
  data: 'simulation' | 'toy';
  seed_data: number | null;
  model: string;
  settings: string[];
  split: string;
  seed: number;
  epochs: number;
  fingerprint: string;
}

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const runs: Golden[] = JSON.parse(readFileSync(path('tests/reference/fingerprints.json'), 'utf8'));

let site: Site;
let http: Server;
let page: Page;

beforeAll(async () => {
  site = await Site.start();
  // The package is no part of the site, whose bundle hides it: it gets an origin of its own.
  http = server(path('pkg'));
  const port = await listen(http, 0);
  page = await site.browser.newPage();
  await page.goto(`http://localhost:${port}/factorscope.js`);
  // As text: the test runner would rewrite an import that it sees.
  await page.addScriptTag({
    type: 'module',
    content: `import * as engine from './factorscope.js';
      await engine.default({ module_or_path: 'factorscope_bg.wasm' });
      globalThis.engine = engine;`,
  });
  await page.waitForFunction(() => 'engine' in globalThis);
});
afterEach(() => site.leave());
afterAll(async () => {
  await page.close();
  http.closeAllConnections();
  http.close();
  await site.close();
});

test('the site ships the engine that is tested here, to the byte', () => {
  const assets = path('dist/assets');
  const name = existsSync(assets) && readdirSync(assets).find((file) => file.endsWith('.wasm'));
  expect(name).toBeTruthy();
  const shipped = readFileSync(`${assets}/${name}`);
  expect(shipped.equals(readFileSync(path('pkg/factorscope_bg.wasm')))).toBe(true);
});

describe('the engine in the browser has the fingerprint of the native one', () => {
  const named = runs.map((run): [string, Golden] => [
    [run.model, ...run.settings, 'on the', run.data].join(' '),
    run,
  ]);

  test.each(named)('%s', async (_name, golden) => {
    const found = await page.evaluate((run) => {
      const { engine } = globalThis as unknown as { engine: typeof Package };
      const data =
        run.data === 'toy' ? engine.Data.toy() : engine.Data.simulation(run.seed_data ?? 0);
      const training = new engine.Run(data, run.model, run.settings, run.split, run.seed);
      for (let epoch = 0; epoch < run.epochs; epoch++) training.pass();
      const fingerprint = training.fingerprint();
      training.free();
      data.free();
      return fingerprint;
    }, golden);
    expect(found).toBe(golden.fingerprint);
  });
});
