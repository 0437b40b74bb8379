// Tries a `try` block on the page, as a reader would: sets controls, presses buttons, reads what stands there.

import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Act, Check } from '../../www/lesson/try/check.ts';
import type { Call } from '../../www/lesson/try/expression.ts';
import { number } from '../browser/harness.ts';
import { type Ask, type Evaluate, failures, type Value } from './evaluate.ts';

/** Does everything in a block, on a page on which its live part is as it was when the page was opened. */
export async function tryOnPage(page: Page, { acts, lab: { id } }: Check): Promise<void> {
  const lab = page.locator(`#${id}`);
  await lab.locator('.lab').waitFor();
  await lab.scrollIntoViewIfNeeded();
  for (const act of acts) await perform(act, page, lab, id);
}

async function perform(act: Act, page: Page, lab: Locator, id: string): Promise<void> {
  switch (act.kind) {
    case 'set':
      return set(page, lab, id, act.name, act.value);
    case 'train':
      await lab.getByRole('button', { name: 'Train', exact: true }).click();
      // The button rests while a model trains; the bar has moved once one has begun.
      await lab.locator('.training progress:not([value="0"])').first().waitFor();
      await lab.locator('.training button.main:enabled').waitFor({ timeout: 90_000 });
      return;
    case 'step': {
      await lab.locator('.walk-play:enabled').waitFor();
      await lab.getByLabel('Go to step').fill(String(act.to));
      await lab.getByRole('button', { name: 'Go', exact: true }).click();
      const status = lab.locator('.walk-where b', {
        hasText: new RegExp(`^Step ${written(act.to)}$`),
      });
      await status.or(lab.locator('.walk-bar .fault, .walk-bar .note')).first().waitFor();
      return;
    }
    case 'press':
      return lab.getByRole('button', { name: act.button }).first().click();
    case 'choose': {
      const field = await labelled(lab, act.label);
      if (await field.evaluate((element) => element instanceof HTMLSelectElement)) {
        await field.selectOption({ label: act.option });
      } else await lab.getByRole('radio', { name: act.option }).check();
      return;
    }
    case 'type': {
      const field = await labelled(lab, act.label);
      await field.fill(act.text);
      await field.press('Enter');
      return;
    }
    case 'expect':
    case 'prints': {
      const ask: Ask = (call, evaluate) => read(lab, call, evaluate);
      // A page that computes answers when the machine lets it.
      await expect.poll(() => failures(act, [ask])).toEqual([]);
      return;
    }
    case 'cold':
    case 'folds':
      throw new Error(`line ${act.line}: the page does not tell ${act.kind}`);
  }
}

async function set(
  page: Page,
  lab: Locator,
  id: string,
  name: string,
  value: string,
): Promise<void> {
  const [, u, i] = /^r\[(\d)\]\[(\d)\]$/.exec(name) ?? [];
  if (u !== undefined) {
    const cell = lab.locator(`[data-cell="${Number(u) - 1},${Number(i) - 1}"]`);
    return cell.fill(value === '-' ? '' : value);
  }
  const control = page.locator(`#${id}-${name.replace('.', '-')}`);
  if (!(await control.isVisible())) await lab.getByText('More settings').first().click();
  if (await control.evaluate((element) => element instanceof HTMLSelectElement)) {
    await control.selectOption(name === 'validation' ? value : { label: value });
    return;
  }
  await control.fill(value);
  await control.press('Enter');
  await control.blur();
}

/** The field with exactly this label, or else the first whose label holds these words. */
async function labelled(lab: Locator, label: string): Promise<Locator> {
  const exact = lab.getByLabel(label, { exact: true });
  return ((await exact.count()) > 0 ? exact : lab.getByLabel(label)).first();
}

/** A number as the page writes it. */
function written(step: number): string {
  return step.toLocaleString('en-US');
}

async function read(lab: Locator, call: Call, evaluate: Evaluate): Promise<Value> {
  const [words, nth] = await Promise.all(call.of.map(evaluate));
  const text = String(words);
  switch (call.name) {
    case 'shows':
      return Number((await lab.innerText()).replace(/\s+/g, ' ').includes(text));
    case 'value':
      return number(await (await labelled(lab, text)).inputValue({ timeout: 1000 }));
    case 'cell': {
      const rows = lab.locator('tr', { has: lab.page().locator('th', { hasText: text }) });
      const cell = rows
        .first()
        .locator('td')
        .nth(Number(nth ?? 1) - 1);
      return (await cell.count()) === 0 ? NaN : number(await cell.innerText());
    }
    default:
      throw new Error(`the page cannot tell ${call.name}`);
  }
}
