// Browsers with other engines than Chromium's, as far as they are installed: Debian's firefox-esr, and
// WebKitGTK through its WebDriver.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';

import { firefox } from 'playwright-core';
import { expect } from 'vitest';

/** A browser that opens a page and runs something in it. */
export interface Peer {
  /** The value that the body of an asynchronous function returns in the page at this address. */
  evaluate(url: string, body: string): Promise<unknown>;
  close(): Promise<void>;
}

const installedFirefox = ['/usr/lib/firefox-esr/firefox-esr', '/usr/lib/firefox/firefox'].find(
  (path) => existsSync(path),
);
const WEBKIT = '/usr/bin/WebKitWebDriver';
const DISPLAY = '/usr/bin/Xvfb';

/** The other engines, each with what starts it; nothing where it is not installed. */
export const peers: Readonly<Record<string, (() => Promise<Peer>) | undefined>> = {
  Firefox: installedFirefox === undefined ? undefined : () => startFirefox(installedFirefox),
  WebKit: existsSync(WEBKIT) && existsSync(DISPLAY) ? startWebKit : undefined,
};

async function startFirefox(executablePath: string): Promise<Peer> {
  const browser = await firefox.launch({ channel: 'moz-firefox', executablePath });
  return {
    async evaluate(url, body) {
      const page = await browser.newPage();
      await page.goto(url);
      const value = await page.evaluate(`(async () => { ${body} })()`);
      await page.close();
      return value;
    },
    close: () => browser.close(),
  };
}

async function startWebKit(): Promise<Peer> {
  const port = await freePort();
  const display = spawn(DISPLAY, ['-displayfd', '3', '-screen', '0', '1280x720x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const screen = await firstLine(display);
  const driver = spawn(WEBKIT, [`--port=${port}`], {
    stdio: 'ignore',
    // Debian's sandbox needs user namespaces, which a container may not give.
    env: { ...process.env, DISPLAY: `:${screen}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
  });
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(`WebKit: ${JSON.stringify(value)}`);
    return value;
  };
  const ready = async (): Promise<boolean> =>
    ask('GET', '/status').then(
      () => true,
      () => false,
    );
  await expect.poll(ready).toBe(true);
  const capabilities = {
    alwaysMatch: {
      'webkitgtk:browserOptions': {
        binary: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
        args: ['--automation'],
      },
    },
  };
  const { sessionId } = (await ask('POST', '/session', { capabilities })) as { sessionId: string };
  const session = `/session/${sessionId}`;
  // The test that asks says how long it waits: no limit of the driver's comes before.
  await ask('POST', `${session}/timeouts`, { script: 3_600_000 });
  return {
    async evaluate(url, body) {
      await ask('POST', `${session}/url`, { url });
      const script = `const done = arguments[0];
        (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const told = (await ask('POST', `${session}/execute/async`, { script, args: [] })) as {
        value?: unknown;
        error?: string;
      };
      if (told.error !== undefined) throw new Error(told.error);
      return told.value;
    },
    async close() {
      await ask('DELETE', session);
      driver.kill();
      display.kill();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** What a process first writes to its fourth channel. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdio[3]?.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
  });
}
