// Formats everything: prettier for the site, its scripts and the prose, rustfmt for Rust.

import { needNode, needPackages, needRust } from './lib/needs.mjs';
import { main, must, script } from './lib/run.mjs';

await main(async () => {
  needNode();
  await needPackages();
  await needRust(['rustfmt']);
  const prettier = [script('prettier'), '--write', '--log-level', 'warn', '.'];
  await must('prettier failed: the reason stands above.', process.execPath, prettier);
  await must('rustfmt failed: the reason stands above.', 'cargo', ['fmt', '--all']);
});
