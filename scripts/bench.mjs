// Times every model of the registry natively, in a browser tab, and beside other people's, in one run;
// writes docs/BENCHMARK.md and docs/MODELS.md.
//
//     npm run bench [-- --full | --quick]
//
// `--full` runs all five folds of Surprise's SVD++ instead of one; `--quick` does little of
// everything, to see that it works, and prints only.

import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { ask, here, main, say, Stop } from './lib/run.mjs';

const SEED = 42;

await main(async () => {
  const options = /** @type {const} */ ({ full: { type: 'boolean' }, quick: { type: 'boolean' } });
  const { full = false, quick = false } = parseArgs({ options }).values;
  const load = os.loadavg()[0] ?? 0;
  if (load > 0.5) say(`This machine is busy (load ${load.toFixed(2)}): times will be too long.`);
  needNode();
  await needPackages();
  await needRust();
  const { folders, prepare } = await import('./lib/data.mjs');
  const { atHand } = await import('./lib/movielens.mjs');
  const { engine, wasm } = await import('./lib/steps.mjs');
  const native = await import('./lib/bench/native.mjs');
  const { openTab } = await import('./lib/bench/browser.mjs');
  const { peers, peersOf, preparePeers } = await import('./lib/bench/peers.mjs');
  const {
    comparison,
    models: modelsPage,
    report,
    targets,
  } = await import('./lib/bench/report.mjs');
  const { format, resolveConfig } = await import('prettier');

  // Whatever is built or installed comes first, so that nothing but the measured runs meanwhile.
  await wasm();
  await prepare(folders);
  const zip = atHand(folders.from, process.env.MOVIELENS_ZIP)?.zip;
  const factorscope = await engine('release');
  await native.prepareCriterion();
  /** @type {string[]} */
  const notes = [];
  const note = (/** @type {string} */ sentence) => {
    say(sentence);
    notes.push(sentence);
  };
  const without = zip ? await preparePeers() : 'they need MovieLens, and it is not at hand';
  if (without) note(`No peers in this run: ${without}.`);

  const models = await native.models(factorscope);
  const [folds, repetitions] = quick ? [2, 1] : [5, 3];
  const rows = models.map(({ id, title, hyperparameters }) => ({
    ...{ id, title, hyperparameters, same: true },
    ...{ rmse: Number.NaN, mae: Number.NaN, rank: Number.NaN },
    ...{ native: /** @type {number[]} */ ([]), browser: /** @type {number[]} */ ([]) },
    ...{ test: /** @type {number[]} */ ([]) },
  }));
  const tab = await openTab(zip);
  try {
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      say(`Native and browser, ${repetition} of ${repetitions} …`);
      for (const row of rows) {
        const settings = quick ? few(row.hyperparameters) : [];
        const work = { model: row.id, settings, folds, seed: SEED };
        const here = await native.validate(factorscope, { ...work, zip: zip ?? null });
        const there = await tab.validate(work);
        row.native.push(here.fit_seconds);
        row.browser.push(there.fit_seconds);
        row.test.push(here.test_seconds);
        row.rmse = there.errors.rmse?.mean ?? Number.NaN;
        row.mae = there.errors.mae?.mean ?? Number.NaN;
        row.rank = there.errors.rank?.mean ?? Number.NaN;
        row.same &&= here.fingerprint === there.fingerprint;
      }
    }
  } finally {
    await tab.close();
  }

  say('Criterion …');
  const one = await native.criterion(zip, quick);
  /** @type {Awaited<ReturnType<typeof peers>>} */
  let found = { peers: {} };
  if (zip && !without) {
    say(`Peers; Surprise's SVD++ alone takes ${full ? 'six minutes' : 'over a minute'} …`);
    const few = { folds: 1, svdppFolds: 0 };
    found = await peers(zip, quick ? few : { folds: 5, svdppFolds: full ? 5 : 1 });
    if (found.wrong) note(`Not every peer ran: ${found.wrong}.`);
  }
  const whole = rows.map((row) => {
    const beside = (peersOf[row.id] ?? []).flatMap(({ key, title }) => {
      const peer = found.peers[key];
      return peer ? [{ ...peer, title }] : [];
    });
    return { ...row, one: one[row.id] ?? {}, peers: beside };
  });

  say(`\n${comparison(whole)}\n`);
  const different = whole.filter(({ same }) => !same).map(({ id }) => id);
  if (different.length > 0) {
    throw new Stop(`Native and browser gave different fingerprints: ${different.join(', ')}.`);
  }
  if (quick)
    return say('A quick run: two folds, three epochs each. The ratios to peers mean nothing.');
  say(`${targets(whole, one)}\n`);
  if (!zip) return say('This was the simulation: docs/BENCHMARK.md is left as it is.');

  const versions = Object.assign({}, ...Object.values(found.peers).map((peer) => peer.versions));
  const setting = {
    date: new Date().toISOString().slice(0, 10),
    data: 'MovieLens latest-small (100,836 ratings)',
    cpu: os.cpus()[0]?.model.trim() ?? process.arch,
    cores: os.cpus().length,
    load,
    versions: [
      (ask('rustc', ['--version']) ?? 'rustc').split(' (')[0] ?? '',
      tab.version,
      ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    ],
    notes,
  };
  mkdirSync(here('docs'), { recursive: true });
  const pages = { BENCHMARK: report(whole, one, setting), MODELS: modelsPage(whole, one, setting) };
  for (const [name, text] of Object.entries(pages)) {
    const file = here(`docs/${name}.md`);
    const style = await resolveConfig(file);
    writeFileSync(file, await format(text, { ...style, filepath: file }));
  }
  say('docs/BENCHMARK.md holds the whole report, docs/MODELS.md the table of models.');
});

/**
 * Settings with which a model trains shortly.
 *
 * @param {{ name: string }[]} hyperparameters
 */
function few(hyperparameters) {
  const short = [
    ['epochs', 3],
    ['burn_in', 1],
    ['samples', 2],
  ];
  const known = new Set(hyperparameters.map(({ name }) => name));
  return short.flatMap(([name, value]) => (known.has(`${name}`) ? [`${name}=${value}`] : []));
}
