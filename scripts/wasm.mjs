// Builds the WebAssembly package in pkg/ if its sources have changed.

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { main } from './lib/run.mjs';

await main(async () => {
  needNode();
  await needPackages();
  await needRust();
  const { wasm } = await import('./lib/steps.mjs');
  await wasm();
});
