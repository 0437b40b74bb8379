// The one command: installs what is missing, builds what has changed, serves the site on localhost.
// Imports nothing that npm has yet to install. PORT names another port to begin with.

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { here, main, say, Stop } from './lib/run.mjs';

await main(async () => {
  const wish = Number(process.env.PORT ?? 4173);
  if (!Number.isInteger(wish) || wish < 0 || wish > 65_535) {
    throw new Stop(`PORT is a number from 0 to 65535, and this is ${process.env.PORT}.`);
  }
  needNode();
  await needPackages();
  await needRust();
  const { folders, prepare } = await import('./lib/data.mjs');
  const { site, wasm } = await import('./lib/steps.mjs');
  const { listen, server } = await import('./lib/serve.mjs');
  await wasm();
  await prepare(folders);
  await site();
  const port = await listen(server(here('dist')), wish);
  say(`\nfactorscope is at http://localhost:${port}/ (Ctrl+C ends it)`);
});
