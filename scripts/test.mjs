// Every check and every test, alone from a fresh clone. All of them run even if one fails; the last
// line adds up what the test runners report.

import { rmSync } from 'node:fs';

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { here, main, readJson, run, script, Stop } from './lib/run.mjs';

await main(async () => {
  needNode();
  await needPackages();
  await needRust(['rustfmt', 'clippy']);
  const { needChromium } = await import('./lib/chromium.mjs');
  const { passes, sources, types } = await import('./lib/checks.mjs');
  const { atHand } = await import('./lib/movielens.mjs');
  const { folders, prepare } = await import('./lib/data.mjs');
  const { site, wasm } = await import('./lib/steps.mjs');
  const tally = await import('./lib/tally.mjs');
  process.env.CHROMIUM_PATH = await needChromium();

  /** @type {string[]} */
  const failed = [];
  let sum = tally.none;

  /** @param {string} title @param {() => Promise<unknown>} work */
  const attempt = async (title, work) => {
    try {
      await work();
      return true;
    } catch (error) {
      console.error(error instanceof Stop ? error.message : error);
      failed.push(title);
      return false;
    }
  };
  /** @param {string} project */
  const vitest = async (project) => {
    console.log(`\n── vitest, ${project}`);
    const report = here(`test-results/${project}.json`);
    rmSync(report, { force: true });
    const { code } = await run(process.execPath, [
      ...[script('vitest'), 'run', '--project', project],
      ...['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`],
    ]);
    sum = tally.add(sum, tally.vitest(readJson(report)));
    if (code !== 0) failed.push(`vitest, ${project}`);
  };

  for (const check of sources) if (!(await passes(check))) failed.push(check.title);

  console.log('\n── data and WebAssembly');
  await attempt('data', () => prepare(folders));
  const zip = atHand(here('data'), process.env.MOVIELENS_ZIP)?.zip;
  if (zip) process.env.MOVIELENS_ZIP = zip;
  const built = await attempt('wasm', wasm);

  console.log('\n── cargo test');
  // Tests on real data read MOVIELENS_ZIP, and say that they were skipped where it is not set.
  for (const part of [['--lib', '--bins', '--tests', '--examples'], ['--doc']]) {
    const { code, stdout } = await run('cargo', ['test', ...part], { capture: 'copy' });
    sum = tally.add(sum, tally.cargo(stdout));
    if (code !== 0) failed.push('cargo test');
  }

  if (built) {
    if (!(await passes(types))) failed.push(types.title);
    await vitest('unit');
    console.log('\n── site');
    if (await attempt('site', site)) await vitest('browser');
  }

  console.log('');
  if (!zip) {
    console.log('MovieLens is not at hand: set MOVIELENS_ZIP to run the tests that were skipped.');
  }
  if (failed.length > 0) {
    console.log(`Failed: ${[...new Set(failed)].join(', ')}`);
    process.exitCode = 1;
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
});
