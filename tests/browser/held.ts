// An engine that waits for the test: between two passes it stands still until it is let on. A test that looks
// at a run under way looks at a state then, on a machine of any speed.

import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

const CHANNEL = 'held-engine';

/**
 * Goes before the worker's own script. The engine breathes between two passes by a time-out without a delay:
 * each such breath waits here until the test lets it go.
 */
const GATE = `{
  const go = self.setTimeout.bind(self);
  const held = [];
  let open = false;
  self.setTimeout = (then, ms, ...rest) =>
    open || ms ? go(then, ms, ...rest) : held.push(() => go(then, 0, ...rest));
  const channel = new BroadcastChannel('${CHANNEL}');
  channel.onmessage = ({ data }) => {
    if (data === 'new') return;
    open ||= data === 'all';
    for (const then of held.splice(0, data === 'all' ? held.length : 1)) then();
  };
  channel.postMessage('new');
}
`;

/** The engines of a page, held back. */
export class HeldEngine {
  private constructor(private readonly page: Page) {}

  /** Holds every engine that the pages of this context will start. */
  static async within(context: BrowserContext): Promise<(page: Page) => HeldEngine> {
    await context.route(/\/worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: GATE + (await response.text()) });
    });
    return (page) => new HeldEngine(page);
  }

  /** Lets each engine that waits do one pass. */
  async pass(): Promise<void> {
    await this.page.evaluate((name) => {
      const channel = new BroadcastChannel(name);
      channel.postMessage('one');
      channel.close();
    }, CHANNEL);
  }

  /** Lets the engines do pass after pass until this is so, and holds them there. */
  async passUntil(isSo: () => Promise<boolean>): Promise<void> {
    await expect
      .poll(async () => {
        if (await isSo()) return true;
        await this.pass();
        return false;
      })
      .toBe(true);
  }

  /** Holds nothing back any more, neither in these engines nor in those that start from now on. */
  async release(): Promise<void> {
    await this.page.evaluate((name) => {
      const channel = new BroadcastChannel(name);
      // One that is about to start has not heard the first word; it tells when it hears.
      channel.onmessage = ({ data }) => {
        if (data === 'new') channel.postMessage('all');
      };
      channel.postMessage('all');
      // Nobody else holds it, and it has to listen as long as the page is there.
      Object.assign(window, { heldEngines: channel });
    }, CHANNEL);
  }
}
