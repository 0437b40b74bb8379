// Formatting, lints and types, without the tests.

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { main, Stop } from './lib/run.mjs';

await main(async () => {
  needNode();
  await needPackages();
  await needRust(['rustfmt', 'clippy']);
  const { formats, lints, passes, types } = await import('./lib/checks.mjs');
  const { wasm } = await import('./lib/steps.mjs');
  await wasm();
  /** @type {string[]} */
  const failed = [];
  for (const check of [...formats, ...lints, types])
    if (!(await passes(check))) failed.push(check.title);
  if (failed.length > 0) throw new Stop(`Failed: ${failed.join(', ')}.`);
});
