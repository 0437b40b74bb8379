// Builds all of it: the WebAssembly package, the data, the static site in dist/.

import { main, say } from './lib/run.mjs';
import { needNode, needPackages, needRust } from './lib/needs.mjs';

await main(async () => {
  needNode();
  await needPackages();
  await needRust();
  const { folders, prepare } = await import('./lib/data.mjs');
  const { site, wasm } = await import('./lib/steps.mjs');
  await wasm();
  await prepare(folders);
  await site();
  say('The site stands in dist/ and works from any path of any static host.');
});
