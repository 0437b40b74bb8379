// The reader's own data in this browser's storage, which may refuse, throw or never answer.

import { del, get, set } from 'idb-keyval';

import type { Loaded } from '../engine/types.ts';

/** How long storage may take before the page goes on without it. */
const PATIENCE_MS = 3_000;

const OWN = 'own-data';

/** What earlier versions of the site kept. */
interface Old {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The reader's own data, as it is kept: without what is known of it where an earlier version kept it. */
export interface Own extends Partial<Omit<Loaded, 'bytes'>> {
  name: string;
  bytes: Blob;
}

/**
 * What storage answers, and a failure where it throws at once, refuses, or has not answered after some
 * seconds. `late` hears of an answer that comes after that.
 */
export function answered<T>(
  work: () => Promise<T>,
  patience = PATIENCE_MS,
  late: (answer: T) => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let waiting = true;
    const timer = setTimeout(() => {
      waiting = false;
      reject(new Error('The storage of this browser does not answer.'));
    }, patience);
    Promise.resolve()
      .then(work)
      .then((answer) => (waiting ? resolve(answer) : late(answer)), reject)
      .finally(() => clearTimeout(timer));
  });
}

/** What is kept; nothing where storage does not work. `late` hears of what comes after some seconds. */
export async function keptOwn(late: (own: Own) => void): Promise<Own | undefined> {
  const read = async (): Promise<Own | undefined> => current(await get<Own | Old>(OWN));
  return answered(read, PATIENCE_MS, (own) => own && late(own)).catch(() => undefined);
}

/** Keeps the reader's data, and tells whether that worked. */
export function keepOwn(own: Own): Promise<boolean> {
  return answered(() => set(OWN, own)).then(
    () => true,
    () => false,
  );
}

/** Forgets what is kept, where there is anything and storage works. */
export async function dropOwn(): Promise<void> {
  await answered(() => del(OWN)).catch(() => undefined);
}

function current(kept: Own | Old | undefined): Own | undefined {
  if (!kept || kept.bytes instanceof Blob) return kept as Own | undefined;
  return { name: kept.name, bytes: new Blob([kept.bytes]) };
}
