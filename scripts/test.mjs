// Every check and every test, alone from a fresh clone. All of them run even if one fails; the last
// line adds up what the test runners report. `--chapter 7` runs what is about one chapter of the site.

import { readdirSync, rmSync } from 'node:fs';

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { here, main, readJson, run, script, Stop } from './lib/run.mjs';

await main(async () => {
  needNode();
  const slug = chapterAsked(process.argv.slice(2));
  await needPackages();
  await needRust(['rustfmt', 'clippy']);
  const { needChromium } = await import('./lib/chromium.mjs');
  const { formats, lints, passes, types } = await import('./lib/checks.mjs');
  const { atHand } = await import('./lib/movielens.mjs');
  const { folders, prepare } = await import('./lib/data.mjs');
  const { rustTests, site } = await import('./lib/steps.mjs');
  const tally = await import('./lib/tally.mjs');
  process.env.CHROMIUM_PATH = await needChromium();

  /** @type {string[]} */
  const failed = [];
  /** @type {[string, number][]} */
  const seconds = [];
  let sum = tally.none;

  /**
   * Does something, keeps how long it took, and goes on if it fails.
   * @param {string} title @param {() => Promise<boolean | void>} work
   */
  const attempt = async (title, work) => {
    const start = performance.now();
    const passed = await work().catch((/** @type {unknown} */ error) => {
      console.error(error instanceof Stop ? error.message : error);
      return false;
    });
    seconds.push([title, (performance.now() - start) / 1000]);
    if (passed === false) failed.push(title);
    return passed !== false;
  };
  /** @param {import('./lib/checks.mjs').Check} check */
  const checked = (check) => attempt(check.title, () => passes(check));
  /** @param {string} project @param {string[]} [which] */
  const vitest = (project, which = []) =>
    attempt(`vitest, ${project}`, async () => {
      console.log(`\n── vitest, ${project}`);
      const report = here(`test-results/${project}.json`);
      rmSync(report, { force: true });
      const { code } = await run(process.execPath, [
        ...[script('vitest'), 'run', '--project', project, ...which],
        ...['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`],
      ]);
      sum = tally.add(sum, tally.vitest(readJson(report)));
      return code === 0;
    });
  /** @param {string} title @param {string[]} parts @param {string[]} [asked] what the tests themselves are asked for */
  const cargo = (title, parts, asked = []) =>
    attempt(title, async () => {
      console.log(`\n── ${title}`);
      const args = ['test', ...parts, '--', ...asked];
      const { code, stdout } = await run('cargo', args, { capture: 'copy' });
      sum = tally.add(sum, tally.cargo(stdout));
      return code === 0;
    });
  // It uses folders of its own: it is built beside the native side, and told of when it is over.
  const wasm = () =>
    attempt('WebAssembly', async () => {
      const { code, stdout } = await run(process.execPath, [here('scripts/wasm.mjs')], {
        capture: 'all',
      });
      console.log(`\n── WebAssembly\n${stdout}`);
      return code === 0;
    });
  const data = () => attempt('data', () => prepare(folders));
  const built = () => {
    console.log('\n── site');
    return attempt('site', site);
  };

  if (slug) {
    for (const check of formats) await checked(check);
    const ready = await wasm();
    await data();
    if (ready) {
      await checked(types);
      await vitest('unit', ['tests/unit/claims', '-t', slug]);
      if (await built()) {
        const pages = ['pages', 'links', 'refusals', 'choices', 'claims'];
        await vitest('browser', [...pages.map((name) => `tests/browser/${name}.`), '-t', slug]);
        await vitest('browser', [`tests/browser/chapter-${slug.slice(0, 2)}.`]);
      }
    }
  } else {
    const parts = ['--lib', '--bins', '--tests', '--examples'];
    const webAssembly = wasm();
    for (const check of [...formats, ...lints]) await checked(check);
    console.log('\n── data, and compiling tests');
    await attempt('compiling tests', async () => {
      process.env.FACTORSCOPE_BIN = await rustTests(parts);
    });
    await data();
    const zip = atHand(here('data'), process.env.MOVIELENS_ZIP)?.zip;
    if (zip) process.env.MOVIELENS_ZIP = zip;
    const ready = await webAssembly;
    // Those that are ignored otherwise are the ones on real data, and one that takes too long here.
    const more = ['--include-ignored', '--skip', 'sixteen_million'];
    await cargo('cargo test', parts, zip ? more : []);
    await cargo('cargo test, examples in the docs', ['--doc']);
    if (ready) {
      await checked(types);
      await vitest('unit');
      if (await built()) await vitest('browser');
    }
    if (!zip) {
      console.log(
        '\nMovieLens is not at hand: set MOVIELENS_ZIP to run the tests that were skipped.',
      );
    }
  }

  console.log('');
  for (const [title, took] of seconds) console.log(`${took.toFixed(0).padStart(5)} s  ${title}`);
  if (failed.length > 0) {
    console.log(`Failed: ${[...new Set(failed)].join(', ')}`);
    process.exitCode = 1;
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
});

/**
 * The chapter, `NN-slug`, that the arguments name; nothing where they name none.
 * @param {string[]} args
 */
function chapterAsked(args) {
  if (args.length === 0) return undefined;
  const [option, number] = args;
  const names = readdirSync(here('notebooks-md')).filter((name) => /^\d\d-.*\.md$/.test(name));
  const found = names.find((name) => Number(name.slice(0, 2)) === Number(number));
  if (option !== '--chapter' || args.length > 2 || !found) {
    throw new Stop(
      `npm test takes no arguments, or -- --chapter and a number from 1 to ${names.length}.`,
    );
  }
  return found.replace(/\.md$/, '');
}
