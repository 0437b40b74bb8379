import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { listen, server } from '../../scripts/lib/serve.mjs';
import { startedSite } from './harness.ts';
import { peers } from './peers.ts';

// The same file is held against the native engine by tests/models/golden.rs. It guards against change
// and proves nothing but that all agree to the last bit.

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

/** Another engine on a busy machine may take minutes for all of them. */
const LONGEST = 900_000;

/** Trains every run and returns their fingerprints. As text: the test runner would rewrite an import. */
const TRAIN_ALL = `
  const engine = await import(new URL('factorscope.js', location.href));
  await engine.default({ module_or_path: new URL('factorscope_bg.wasm', location.href) });
  const open = new Map();
  const data = ({ data, seed_data }) => {
    const key = data + seed_data;
    if (!open.has(key)) {
      open.set(key, data === 'toy' ? engine.Data.toy() : engine.Data.simulation(seed_data ?? 0));
    }
    return open.get(key);
  };
  return ${JSON.stringify(runs)}.map((run) => {
    const training = new engine.Run(data(run), run.model, run.settings, run.split, run.seed);
    for (let epoch = 0; epoch < run.epochs; epoch++) training.pass();
    const fingerprint = training.fingerprint();
    training.free();
    return fingerprint;
  });`;

// The package is no part of the site, whose bundle hides it: it gets an origin of its own.
let http: Server;
let url: string;

beforeAll(async () => {
  http = server(path('pkg'));
  url = `http://localhost:${await listen(http, 0)}/factorscope.js`;
});
afterAll(() => {
  http.closeAllConnections();
  http.close();
});

test('the site ships the engine that is tested here, to the byte', () => {
  const assets = path('dist/assets');
  const name = existsSync(assets) && readdirSync(assets).find((file) => file.endsWith('.wasm'));
  expect(name).toBeTruthy();
  const shipped = readFileSync(`${assets}/${name}`);
  expect(shipped.equals(readFileSync(path('pkg/factorscope_bg.wasm')))).toBe(true);
});

describe('the engine in Chromium has the fingerprint of the native one', () => {
  let found: unknown;
  beforeAll(async () => {
    const { browser } = await startedSite();
    const page = await browser.newPage();
    await page.goto(url);
    found = await page.evaluate(`(async () => { ${TRAIN_ALL} })()`);
    await page.close();
  }, LONGEST);

  const named = runs.map((run, n): [string, number, Golden] => [
    [run.model, ...run.settings, 'on the', run.data].join(' '),
    n,
    run,
  ]);
  test.each(named)('%s', (_name, n, golden) => {
    expect((found as string[])[n]).toBe(golden.fingerprint);
  });
});

for (const [name, start] of Object.entries(peers)) {
  test(
    `all fingerprints are the same in ${name}`,
    async ({ skip }) => {
      if (!start) return skip(`${name} is not installed`);
      const peer = await start();
      try {
        expect(await peer.evaluate(url, TRAIN_ALL)).toEqual(runs.map((run) => run.fingerprint));
      } finally {
        await peer.close();
      }
    },
    LONGEST,
  );
}
