import { createServer } from 'node:http';

import { describe, expect, test } from 'vitest';

import { places } from '../../scripts/lib/chromium.mjs';
import { atLeast, complete, needNode } from '../../scripts/lib/needs.mjs';
import { listen } from '../../scripts/lib/serve.mjs';
import { add, cargo, none, vitest } from '../../scripts/lib/tally.mjs';

describe('versions', () => {
  test('are compared number by number', () => {
    expect(atLeast('1.88.0', '1.88')).toBe(true);
    expect(atLeast('1.100.0', '1.88')).toBe(true);
    expect(atLeast('1.9.9', '1.88')).toBe(false);
    expect(atLeast('2', '1.88')).toBe(true);
  });

  test.each(['18.20.0', '20.18.3', '21.7.0', '22.11.0'])('of Node before %s are refused', (old) => {
    expect(() => needNode(old)).toThrow('install one from https://nodejs.org');
  });

  test.each(['20.19.0', '20.20.2', '22.12.0', '23.0.0', '26.1.0'])(
    'of Node such as %s do',
    (fine) => {
      expect(() => needNode(fine)).not.toThrow();
    },
  );
});

describe('npm packages', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-windows': { version: '1.0.0', optional: true },
  };

  test('are complete without those for other systems', () => {
    expect(complete(wanted, { 'node_modules/a': { version: '1.0.0' } })).toBe(true);
  });

  test('are incomplete if one is missing or of another version', () => {
    expect(complete(wanted, {})).toBe(false);
    expect(complete(wanted, { 'node_modules/a': { version: '0.9.0' } })).toBe(false);
  });
});

describe('the browser', () => {
  test('is looked for in PATH first on Linux', () => {
    const found = places({ PATH: '/home/x/bin' }, 'linux');
    expect(found[0]).toBe('/home/x/bin/chromium-headless-shell');
    expect(found).toContain('/usr/bin/google-chrome-stable');
    expect(found).toContain('/snap/bin/chromium');
  });

  test('is an application on a Mac and a program under Windows', () => {
    expect(places({ HOME: '/Users/x' }, 'darwin')).toContain(
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    );
    expect(places({ PROGRAMFILES: 'C:/Program Files' }, 'win32')).toEqual([
      'C:/Program Files/Google/Chrome/Application/chrome.exe',
      'C:/Program Files/Chromium/Application/chrome.exe',
    ]);
  });
});

describe('the sum of all tests', () => {
  test('counts every program that cargo ran', () => {
    const output = [
      'running 3 tests',
      'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s',
      'test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s',
    ].join('\n');
    expect(cargo(output)).toEqual({ passed: 6, failed: 1, skipped: 1 });
    expect(cargo('error: could not compile')).toEqual(none);
  });

  test('counts a test file that could not be loaded as failed', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'failed', assertionResults: [{}] },
      ],
    };
    expect(vitest(report)).toEqual({ passed: 5, failed: 2, skipped: 2 });
    expect(vitest(undefined).failed).toBe(1);
  });

  test('adds up', () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(add(one, one)).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});

test('a port that is taken gives way to the next', async () => {
  const first = createServer();
  const second = createServer();
  const port = await listen(first, 0);
  expect(await listen(second, port)).toBeGreaterThan(port);
  first.close();
  second.close();
});
