// The engine in a browser tab: a page that is not part of the site, served with nothing beside it
// but the WebAssembly package and the data.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { chromium } from 'playwright-core';

import { needChromium } from '../chromium.mjs';
import { here } from '../run.mjs';
import { listen, server } from '../serve.mjs';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @typedef {import('../../../benches/browser/page.mjs').Job} Job */
/** @typedef {import('../../../benches/browser/page.mjs').CrossValidated} CrossValidated */

/**
 * @param {string | undefined} zip the data; without it the simulation
 */
export async function openTab(zip) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'factorscope-bench-'));
  for (const part of ['pkg', 'benches/browser']) {
    cpSync(here(part), path.join(folder, part), { recursive: true });
  }
  if (zip) cpSync(zip, path.join(folder, 'data.zip'));
  const http = server(folder);
  // An isolated page has a clock of 5 microseconds instead of 100.
  http.prependListener('request', (_request, response) => {
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
  });
  const port = await listen(http, 0);
  const browser = await chromium.launch({ executablePath: await needChromium(), args: flags });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${port}/benches/browser/`, { waitUntil: 'load' });
  return {
    version: `Chromium ${browser.version()}`,

    /**
     * Cross-validates in a worker of the tab.
     *
     * @param {Omit<Job, 'zip'>} work
     * @returns {Promise<CrossValidated>}
     */
    validate(work) {
      const job = { ...work, zip: zip ? '/data.zip' : null };
      return page.evaluate(
        (given) => /** @type {any} */ (globalThis).bench(given),
        /** @type {Job} */ (job),
      );
    },

    async close() {
      await browser.close();
      http.closeAllConnections();
      http.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
