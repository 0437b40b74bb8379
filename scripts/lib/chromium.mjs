// Finds Chromium or Chrome for the browser tests, or installs it.

import { existsSync } from 'node:fs';
import path from 'node:path';

import { chromium } from 'playwright-core';

import { run, say, script, Stop, windows } from './run.mjs';

// The shell is the same engine without the browser around it: a page opens in half the time.
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];
const programs = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];

/**
 * Every place where a browser might be, best first.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {string[]}
 */
export function places(env, platform) {
  if (platform === 'win32') {
    return programs.flatMap((name) => {
      const folder = env[name];
      if (!folder) return [];
      return ['Google/Chrome', 'Chromium'].map((app) => `${folder}/${app}/Application/chrome.exe`);
    });
  }
  const inPath = (env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium'];
    const folders = ['/Applications', `${env.HOME ?? ''}/Applications`];
    return [
      ...folders.flatMap((folder) =>
        apps.map((app) => `${folder}/${app}.app/Contents/MacOS/${app}`),
      ),
      ...inPath,
    ];
  }
  const usual = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
  return [...inPath, ...usual.flatMap((folder) => names.map((name) => `${folder}/${name}`))];
}

/**
 * The best browser on this machine.
 * @returns {string | undefined}
 */
export function found() {
  const own = chromium.executablePath();
  return [...places(process.env, process.platform), own].find((file) => existsSync(file));
}

/** The browser's program, installed first if there is none. */
export async function needChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Stop(`CHROMIUM_PATH names ${named}, and there is no such program.`);
  }
  const here = found();
  if (here) return here;
  say('Installing Chromium for the browser tests …');
  const root = !windows && process.getuid?.() === 0;
  if (root && existsSync('/usr/bin/apt-get')) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    const install = ['install', '-y', '-qq', '--no-install-recommends'];
    for (const name of ['chromium-headless-shell', 'chromium']) {
      if (!found()) await run('apt-get', [...install, name], { env });
    }
  }
  if (!found()) {
    await run(process.execPath, [script('playwright-core'), 'install', 'chromium']);
  }
  const installed = found();
  if (installed) return installed;
  throw new Stop(
    'No Chromium or Chrome was found and none could be installed: npx playwright-core install --with-deps chromium, or name one in CHROMIUM_PATH.',
  );
}
