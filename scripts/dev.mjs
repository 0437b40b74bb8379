// The site with live reloading: lessons, TypeScript and styles follow at once; after a change to the
// Rust sources, `npm run wasm` in a second terminal.

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { main, run, script } from './lib/run.mjs';

await main(async () => {
  needNode();
  await needPackages();
  await needRust();
  const { folders, prepare } = await import('./lib/data.mjs');
  const { wasm } = await import('./lib/steps.mjs');
  await wasm();
  await prepare(folders);
  const { code } = await run(process.execPath, [script('vite'), ...process.argv.slice(2)]);
  process.exitCode = code;
});
