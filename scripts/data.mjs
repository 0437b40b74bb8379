// Prepares the data of the site: MovieLens latest-small if it can be had, else a note that the site
// runs on the simulation.
//
//     npm run data [-- --from FOLDER --to FOLDER]
//
// MOVIELENS_ZIP names a file to use; MOVIELENS_URL another place to download from, and
// MOVIELENS_SECONDS how long that may take.

import path from 'node:path';
import { parseArgs } from 'node:util';

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { main } from './lib/run.mjs';

await main(async () => {
  const options = /** @type {const} */ ({ from: { type: 'string' }, to: { type: 'string' } });
  const { values } = parseArgs({ options });
  needNode();
  await needPackages();
  await needRust();
  const { folders, prepare } = await import('./lib/data.mjs');
  await prepare({
    from: values.from ? path.resolve(values.from) : folders.from,
    to: values.to ? path.resolve(values.to) : folders.to,
  });
});
