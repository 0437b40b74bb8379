// Which data set the page's live parts run on: the reader's own file, MovieLens, or the simulation.

import { del, get, set } from 'idb-keyval';

import type { Source } from '../engine/types.ts';
import { siteUrl } from '../site.ts';

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

/** The reader's own data, in the engine's compact form. */
interface Own {
  name: string;
  bytes: Uint8Array;
}

const OWN = 'own-data';

/** The simulated ratings, the same on every page. */
export const simulated: Source = { kind: 'simulation', seed: 42 };

let manifest: Promise<Manifest> | undefined;
let source: Promise<Source> | undefined;
/** What could not be stored, in a private window for example, still serves until the page is left. */
let unstored: Own | undefined;

/** Tells of a changed data set by an event `change`. */
export const dataChanges = new EventTarget();

/** What the built site has to offer. */
export function siteManifest(): Promise<Manifest> {
  manifest ??= fetch(siteUrl('data/manifest.json')).then(
    async (answer): Promise<Manifest> =>
      answer.ok ? ((await answer.json()) as Manifest) : { movielens: null },
    () => ({ movielens: null }),
  );
  return manifest;
}

/** The data set in use. */
export function currentSource(): Promise<Source> {
  source ??= choose();
  return source;
}

/** Whether the data in use is the reader's own. */
export async function ownName(): Promise<string | undefined> {
  return (await kept())?.name;
}

/** Uses the reader's own data from now on, in this browser only; it is sent nowhere. */
export async function useOwn(name: string, bytes: Uint8Array): Promise<void> {
  const own: Own = { name, bytes };
  unstored = undefined;
  await set(OWN, own).catch(() => (unstored = own));
  source = Promise.resolve({ kind: 'bytes', name, bytes });
  dataChanges.dispatchEvent(new Event('change'));
}

/** Goes back to the site's own data. */
export async function forgetOwn(): Promise<void> {
  unstored = undefined;
  await del(OWN).catch(() => undefined);
  source = undefined;
  dataChanges.dispatchEvent(new Event('change'));
}

async function kept(): Promise<Own | undefined> {
  return unstored ?? get<Own>(OWN).catch(() => undefined);
}

async function choose(): Promise<Source> {
  const own = await kept();
  if (own) return { kind: 'bytes', ...own };
  const { movielens } = await siteManifest();
  if (movielens) {
    const answer = await fetch(siteUrl(`data/${movielens.file}`)).catch(() => undefined);
    if (answer?.ok) {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return { kind: 'bytes', name: movielens.file, bytes };
    }
  }
  return simulated;
}
