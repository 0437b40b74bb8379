// Which data set the page's live parts run on: the reader's own file, MovieLens, or the simulation.

import type { Loaded, Opened, Source } from '../engine/types.ts';
import { siteUrl } from '../site.ts';
import { dropOwn, keepOwn, keptOwn, type Own } from './storage.ts';
import { hearTabs, tellTabs } from './tabs.ts';

/** What the build found of MovieLens. */
export interface Manifest {
  movielens: {
    file: string;
    readme: string;
    ratings: number;
    users: number;
    items: number;
  } | null;
}

/** The data set in use. */
export interface PageData {
  source: Source;
  /** What is known of it without opening it. */
  opened?: Opened | undefined;
  /** Its small cut-out, where there is one already. */
  cutout?: Source | undefined;
  /** The reader's own, where it is. */
  own?: Own | undefined;
  /** Why simulated ratings stand in for MovieLens, where they do. */
  standIn?: string | undefined;
}

/** The simulated ratings, the same on every page. */
export const simulated: Source = { kind: 'simulation', seed: 42 };

/** Tells by an event `change` of another data set, by `news` of what is to be said about it. */
export const dataChanges = new EventTarget();

let manifest: Promise<Manifest> | undefined;
let own: Promise<Own | undefined> | undefined;
let current: Promise<PageData> | undefined;
let standIn: string | undefined;
let elsewhere: string | undefined;

hearTabs((message) => {
  elsewhere = 'used' in message ? message.used : undefined;
  news();
});

/** What the built site has to offer. Fails with a sentence where nobody can tell. */
export function siteManifest(): Promise<Manifest> {
  if (!manifest) {
    manifest = readManifest();
    manifest.catch(() => (manifest = undefined));
  }
  return manifest;
}

/** The data set in use. */
export function pageData(): Promise<PageData> {
  current ??= choose();
  return current;
}

/** The reader's own data, where this page uses it. */
export function ownData(): Promise<Own | undefined> {
  own ??= readOwn();
  return own;
}

/** Why simulated ratings stand in for MovieLens on this page, as far as it has been tried. */
export function standInReason(): string | undefined {
  return standIn;
}

/** The name of the file that another tab uses and this one could use as well. */
export function usedElsewhere(): string | undefined {
  return elsewhere;
}

/**
 * Uses the reader's own data from now on. It is kept in this browser only and sent nowhere; where that
 * does not work, it serves until the page is left.
 */
export async function useOwn(loaded: Loaded): Promise<{ kept: boolean }> {
  const mine: Own = { name: loaded.opened.info.name, ...loaded };
  const kept = await keepOwn(mine);
  use(mine);
  if (kept) tellTabs({ used: mine.name });
  return { kept };
}

/** Goes back to the site's own data. */
export async function forgetOwn(): Promise<void> {
  await dropOwn();
  use(undefined);
  tellTabs({ forgotten: true });
}

/** Uses what another tab has kept. */
export function followTab(): void {
  own = undefined;
  elsewhere = undefined;
  renew();
}

/** Tries again what of the site's own data could not be loaded. */
export function retryData(): void {
  renew();
}

function use(mine: Own | undefined): void {
  own = Promise.resolve(mine);
  elsewhere = undefined;
  renew();
}

function renew(): void {
  current = undefined;
  standIn = undefined;
  dataChanges.dispatchEvent(new Event('change'));
  news();
}

function news(): void {
  dataChanges.dispatchEvent(new Event('news'));
}

function readOwn(): Promise<Own | undefined> {
  const asked = keptOwn((late) => {
    // An answer that comes late is still the reader's choice, unless there has been another since.
    if (own === asked) use(late);
  });
  return asked;
}

async function readManifest(): Promise<Manifest> {
  const answer = await fetch(siteUrl('data/manifest.json')).catch(() => undefined);
  if (!answer?.ok) {
    const cause = answer ? String(answer.status) : 'no connection';
    throw new Error(`the site’s list of data could not be loaded (${cause})`);
  }
  try {
    return (await answer.json()) as Manifest;
  } catch {
    throw new Error('the site’s list of data is damaged');
  }
}

async function choose(): Promise<PageData> {
  const mine = await ownData();
  if (mine) {
    const file = (blob: Blob): Source => ({
      kind: 'files',
      files: [{ path: mine.name, file: blob }],
    });
    return {
      source: file(mine.bytes),
      cutout: mine.cutout && file(mine.cutout),
      opened: mine.opened,
      own: mine,
    };
  }
  try {
    const source = await movielens();
    return { source };
  } catch (error) {
    standIn = error instanceof Error ? error.message : String(error);
    news();
    return { source: simulated, standIn };
  }
}

async function movielens(): Promise<Source> {
  const { movielens: built } = await siteManifest();
  if (!built) return simulated;
  const answer = await fetch(siteUrl(`data/${built.file}`)).catch(() => undefined);
  const file = answer?.ok ? await answer.blob().catch(() => undefined) : undefined;
  if (!file) {
    const cause = answer && !answer.ok ? String(answer.status) : 'no connection';
    throw new Error(`its file could not be loaded (${cause})`);
  }
  return { kind: 'files', files: [{ path: built.file, file }] };
}
