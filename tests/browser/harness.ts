import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import type { AxeResults } from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, type TestContext } from 'vitest';

import { found } from '../../scripts/lib/chromium.mjs';
import { listen, server } from '../../scripts/lib/serve.mjs';
import type { View } from '../../www/lesson/views.ts';
import { HeldEngine } from './held.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How many times slower than this machine the pages' own thread runs: a check of the tests themselves. */
const SLOWED = Number(process.env.BROWSER_SLOWED ?? 1);

/** After how many milliseconds a state that has not come will not come, on the busiest machine. */
const LONGEST = 180_000;

/** A folder deep in a host, so that every test proves that the site works from any path. */
const BASE = '/some/path/';

/** Whether the built site has MovieLens. */
export const hasMovieLens = Boolean(manifest()?.movielens);

/** Skips a test that needs MovieLens where the site runs on the simulation: `needMovieLens(context)`. */
export function needMovieLens({ skip }: Pick<TestContext, 'skip'>): void {
  skip(!hasMovieLens, 'MovieLens is not at hand: set MOVIELENS_ZIP');
}

function manifest(): { movielens: unknown } | undefined {
  const file = `${dist}/data/manifest.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A page under watch: whatever it should not do is written down. */
export interface Visit {
  page: Page;
  /** What the page complained about or asked of other origins, so far. */
  faults: string[];
}

/** How a page is opened. */
interface Opening extends BrowserContextOptions {
  /** What is put in place before any script of the page runs. */
  before?: (context: BrowserContext) => Promise<unknown>;
}

/** An event of a trace, as far as it is read here. */
interface Task {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the thread's own time. */
  tdur?: number;
  args?: { name?: string };
}

/** A visit that is watched. */
interface Watched {
  context: BrowserContext;
  faults: string[];
  /** Whether the tests of a file share it. */
  shared: boolean;
}

/** The built site on a port of its own, and one browser, for all files that a worker tries. */
export class Site {
  private visits: Watched[] = [];

  private constructor(
    readonly browser: Browser,
    /** The address of the start page. */
    readonly url: string,
  ) {}

  static async start(): Promise<Site> {
    if (!existsSync(`${dist}/index.html`)) throw new Error('dist/ holds no site: npm run build');
    const http = server(dist, BASE);
    const port = await listen(http, 0);
    // Neither it nor the browser keeps a worker that has done its work: the browser goes with the worker.
    http.unref();
    const executablePath = process.env.CHROMIUM_PATH ?? found();
    if (!executablePath) throw new Error('there is no browser: set CHROMIUM_PATH');
    const browser = await chromium.launch({
      executablePath,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    return new Site(browser, `http://localhost:${port}${BASE}`);
  }

  /** Opens a page of the site, `chapters/01-….html` or the start page, in a fresh profile. */
  async visit(name = '', { before, ...options }: Opening = {}): Promise<Visit> {
    const context = await this.browser.newContext(options);
    await before?.(context);
    return this.open(context, name);
  }

  /** The same, to stay open until all tests of the file are over: they do not rely on each other's order. */
  async visitShared(name = '', options: BrowserContextOptions = {}): Promise<Visit> {
    return this.open(await this.browser.newContext(options), name, true);
  }

  /** The same with engines that stand still between two passes until they are let on. */
  async visitHeld(
    name = '',
    options: BrowserContextOptions = {},
  ): Promise<Visit & { engine: HeldEngine }> {
    const context = await this.browser.newContext(options);
    const engineOf = await HeldEngine.within(context);
    const visit = await this.open(context, name);
    return { ...visit, engine: engineOf(visit.page) };
  }

  private async open(context: BrowserContext, name: string, shared = false): Promise<Visit> {
    context.setDefaultTimeout(LONGEST);
    const page = await context.newPage();
    if (SLOWED > 1) {
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
    }
    const faults: string[] = [];
    this.visits.push({ context, faults, shared });
    const { origin } = new URL(this.url);
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    // The context sees the requests of workers too.
    context.on('request', (request) => {
      const url = new URL(request.url());
      const local = url.protocol === 'data:' || url.protocol === 'blob:';
      if (!local && url.origin !== origin) faults.push(`request: ${url.href}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) faults.push(`answer ${response.status()}: ${response.url()}`);
    });
    await page.goto(new URL(name, this.url).href, { waitUntil: 'load' });
    return { page, faults };
  }

  /**
   * How long the tasks of the page's own thread took during this work, in milliseconds of its processor's
   * time, the longest first: whoever else uses the machine does not count.
   */
  async tasks(page: Page, work: () => Promise<void>): Promise<number[]> {
    await this.browser.startTracing(page, { categories: ['toplevel'] });
    await work();
    const trace = JSON.parse((await this.browser.stopTracing()).toString());
    const events = (trace as { traceEvents: Task[] }).traceEvents;
    const threads = new Set(
      events
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    return events
      .filter(({ name, pid, tid }) => name.endsWith('RunTask') && threads.has(`${pid} ${tid}`))
      .map(({ tdur = 0 }) => tdur / 1000 / SLOWED)
      .sort((a, b) => b - a);
  }

  /** Ends the visits of a test, and at the end of a file all; fails it if a page did what it should not. */
  async leave(all: boolean): Promise<void> {
    const faults = this.visits.flatMap((visit) => visit.faults.splice(0));
    const over = this.visits.filter(({ shared }) => all || !shared);
    this.visits = this.visits.filter((visit) => !over.includes(visit));
    await Promise.all(over.map(({ context }) => context.close()));
    expect(faults).toEqual([]);
  }
}

let started: Promise<Site> | undefined;

/** The site of this worker, started when first asked for. */
export function startedSite(): Promise<Site> {
  return (started ??= Site.start());
}

/** The site for the tests of one file: what they open is closed after each, or after the last. */
export function openedSite(): Pick<Site, 'tasks' | 'visit' | 'visitHeld' | 'visitShared'> {
  let site: Site;
  beforeAll(async () => {
    site = await startedSite();
  });
  afterEach(() => site.leave(false));
  afterAll(() => site.leave(true));
  return {
    tasks: (...page) => site.tasks(...page),
    visit: (...page) => site.visit(...page),
    visitHeld: (...page) => site.visitHeld(...page),
    visitShared: (...page) => site.visitShared(...page),
  };
}

/**
 * The live part of a chapter that shows this view; the first where there are more. Told from the page's
 * own text, which stands there before any view is loaded, in whatever order they are. A setting may have
 * the name of a view, so only the list of views is searched.
 */
export function part(page: Page, view: View, nth = 0): Locator {
  const shown = `substring-after(@data-lab, '"show":')`;
  return page.locator(`xpath=//model-lab[contains(${shown}, '"${view}"')]`).nth(nth);
}

/** Drops files somewhere on the page, as a hand would. */
export async function dropFile(
  page: Page,
  name: string,
  content: string | Uint8Array,
): Promise<void> {
  await page.locator('data-source').first().waitFor({ state: 'attached' });
  const bytes = [...(typeof content === 'string' ? new TextEncoder().encode(content) : content)];
  const transfer = await page.evaluateHandle(
    ([file, list]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(list)], file));
      return data;
    },
    [name, bytes] as const,
  );
  await page.locator('h1').dispatchEvent('dragover', { dataTransfer: transfer });
  await page.locator('h1').dispatchEvent('drop', { dataTransfer: transfer });
}

/** A number as the pages write it: 1,234 or −0.5 or +2 or 13.9 %. */
export function number(text: string): number {
  return Number(
    text
      .trim()
      .replaceAll('\u2212', '-')
      .replace(/^\+|[,%]|· /g, ''),
  );
}

/** The numbers in these places. */
export async function numbers(places: Locator): Promise<number[]> {
  return (await places.allInnerTexts()).map(number);
}

/** By how many pixels the page is wider than its window: 0 where nobody has to scroll sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

/** Those of axe's rules that look at colours: nothing else depends on the ground, light or dark. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** What axe finds serious or critical in the page as it is now, by all its rules or by some, in words. */
export async function seriousFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Evaluated from outside: the page's policy lets in no script of ours.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  // Of what it finds right, thousands of elements, it need not tell.
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const results = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ help, id, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target).join('; ')})`,
    );
}

/**
 * What keeps somebody from reading the page as it is now, its live parts at work: on light and on dark ground
 * what axe finds, lines without a number, and on a phone how far it has to be scrolled sideways.
 */
export async function unreadable(page: Page): Promise<string[]> {
  const faults = await visibleFaults(page);
  for (const [colorScheme, rules] of [['light'], ['dark', COLOURS]] as const) {
    await page.emulateMedia({ colorScheme });
    for (const fault of await seriousFaults(page, rules)) faults.push(`${colorScheme}: ${fault}`);
  }
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  const beyond = await overflow(page);
  if (beyond > 0) faults.push(`on a phone the page is ${beyond} pixels too wide`);
  if (before) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
  return faults;
}

/**
 * What no reader should see anywhere on the page: lines in which a number is none or a value is missing,
 * and errors that a live part reports.
 */
export async function visibleFaults(page: Page): Promise<string[]> {
  const main = page.locator('main');
  const lines = (await main.innerText()).split('\n');
  const reported = await main.locator('.fault').allInnerTexts();
  return [...lines.filter((line) => /\b(NaN|undefined|Infinity|null)\b|∞/.test(line)), ...reported];
}
