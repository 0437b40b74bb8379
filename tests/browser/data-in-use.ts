// The data that a live part runs on, as the page tells of it.

import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

/** What a live part says of its data, and the way back to that of the site. */
export class DataInUse {
  readonly facts: Locator;
  /** The lines of the report on the reader's file. */
  readonly report: Locator;

  constructor(lab: Locator) {
    this.facts = lab.locator('.data-facts');
    this.report = lab.locator('load-report li');
  }

  /**
   * Waits until the page says this of it. Data is opened when it is about to be seen, and other live parts of the
   * page may push it away meanwhile.
   */
  async says(text: string | RegExp): Promise<void> {
    const seen = async (): Promise<string> => {
      await this.facts.scrollIntoViewIfNeeded();
      return this.facts.innerText();
    };
    await expect.poll(seen).toMatch(text);
  }

  /** Has the data of the site in use, whatever was before. */
  async ofSite(): Promise<void> {
    await this.says('ratings from');
    const own = this.facts.getByText('your own file');
    if (!(await own.isVisible())) return;
    await this.facts.getByRole('button', { name: 'Back to the site' }).click();
    await own.waitFor({ state: 'detached' });
    await this.says('ratings from');
  }
}
