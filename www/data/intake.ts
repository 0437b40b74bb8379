// A reader's own files on their way into the page: from a drop, a file choice or a folder choice.

import { proxy } from 'comlink';

import type { Note, Preview } from '../../pkg/factorscope.js';
import { Client, EngineDied } from '../engine/client.ts';
import type { LoadProgress, ReadingOptions, NamedFile } from '../engine/types.ts';
import { dataChanges, ownData, useOwn } from './store.ts';

/** More than any published rating set has (the Netflix Prize comes as 17,770 files). */
const MOST_FILES = 50_000;

/** A user, an item and a rating. */
const LEAST_COLUMNS = 3;

/** Whether something that is dragged holds files. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/** Whether a file can belong to a rating set: none of what file managers leave behind. */
export function isUseful(path: string): boolean {
  const parts = path.split('/').filter(Boolean);
  const hidden = parts.some((part) => part.startsWith('.') || part === '__MACOSX');
  return !hidden && !/^(thumbs\.db|desktop\.ini)$/i.test(parts.at(-1) ?? '');
}

/** The files of a file or folder choice. */
export function chosenFiles(files: Iterable<File>): NamedFile[] {
  return [...files]
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter(({ path }) => isUseful(path));
}

/** The files of a drop, those of folders included. Must be called while the event is handled. */
export async function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  // Both lists are empty as soon as the event has been handled.
  const plain = chosenFiles(transfer.files);
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (!entries.some(({ isDirectory }) => isDirectory)) return plain;
  const files: NamedFile[] = [];
  for (const entry of entries) await collect(entry, files);
  return files.filter(({ path }) => isUseful(path));
}

async function collect(entry: FileSystemEntry, files: NamedFile[]): Promise<void> {
  if (files.length >= MOST_FILES) return;
  if (entry.isFile) {
    const of = entry as FileSystemFileEntry;
    const file = await new Promise<File>((resolve, reject) => of.file(resolve, reject));
    files.push({ path: entry.fullPath.replace(/^\//, ''), file });
  } else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A reader hands out a hundred at a time, and none at the end.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) return;
      for (const child of some) await collect(child, files);
    }
  }
}

/** How far reading has come: bytes of the files first, then ratings. */
export interface Loading {
  name: string;
  progress: LoadProgress;
}

/** Thrown instead of a data set where the reader did not want to wait for it. */
export class Cancelled extends Error {
  constructor() {
    super('Reading was cancelled');
  }
}

/** Files of which the engine cannot tell how they are meant, and what it sees in them. */
export interface Unclear {
  files: readonly NamedFile[];
  preview: Preview;
}

/** The way of the reader's files into the page: one set at a time, whichever live part took it. */
class Intake extends EventTarget {
  /** What is being read; `change` tells of a change. */
  loading: Loading | undefined;
  /** What the reader has to say more about. */
  unclear: Unclear | undefined;
  /** The files that were read last, and the report on them, as long as the page is open. */
  private read: { files: readonly NamedFile[]; report: readonly Note[] } | undefined;
  private client: Client | undefined;

  /**
   * Reads files in a worker of their own and uses them as the page's data from then on. Fails with the
   * engine's sentence, and then nothing has changed; `unclear` is set where the reader can say more.
   */
  async take(files: readonly NamedFile[], meant: ReadingOptions = {}): Promise<{ kept: boolean }> {
    if (files.length === 0) throw new Error('There is no file in what was handed over.');
    if (this.client) throw new Error('Another file is being read.');
    const client = new Client();
    this.client = client;
    this.unclear = undefined;
    const name = files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`;
    const tell = (progress: LoadProgress): void => {
      if (this.client !== client) return;
      this.loading = { name, progress };
      this.dispatchEvent(new Event('change'));
    };
    tell({ step: 'bytes', done: 0, of: files.reduce((sum, { file }) => sum + file.size, 0) });
    try {
      const loaded = await client.call((engine) => engine.load([...files], meant, proxy(tell)));
      tell({ step: 'keeping' });
      this.read = { files, report: loaded.report };
      return await useOwn(loaded);
    } catch (error) {
      if (this.client !== client) throw new Cancelled();
      if (error instanceof EngineDied) {
        throw new Error(
          `${name}: the engine stopped while reading it, most likely because it needs more memory ` +
            'than a tab has. Take a sample of the ratings, or the command line.',
        );
      }
      await this.look(client, files);
      throw error;
    } finally {
      client.stop();
      if (this.client === client) this.end();
    }
  }

  /** Reads the files that were read last once more, as they are meant. */
  again(meant: ReadingOptions): Promise<{ kept: boolean }> {
    return this.take(this.read?.files ?? [], meant);
  }

  /** Whether the files that a report is on are still at hand: not after a reload, or from another tab. */
  atHand(report: readonly Note[]): boolean {
    return this.read?.report === report;
  }

  /** Lets go of the files, with the data set that was made of them. */
  forget(): void {
    this.read = undefined;
    this.unclear = undefined;
    this.dispatchEvent(new Event('change'));
  }

  /** Ends the reading at once; the data in use stays. */
  cancel(): void {
    const { client } = this;
    this.end();
    client?.stop();
  }

  /** Keeps the first rows of files that could not be read, where there are any to choose from. */
  private async look(client: Client, files: readonly NamedFile[]): Promise<void> {
    const preview = await client.call((engine) => engine.preview()).catch(() => undefined);
    const columns = preview?.rows[0]?.length ?? 0;
    if (preview && !preview.wide && columns >= LEAST_COLUMNS) this.unclear = { files, preview };
  }

  private end(): void {
    this.client = undefined;
    this.loading = undefined;
    this.dispatchEvent(new Event('change'));
  }
}

export const intake = new Intake();

// Another tab's file, or the site's own data, has taken the place of what these files were.
dataChanges.addEventListener('change', () => {
  void ownData().then((own) => {
    if (!own) intake.forget();
  });
});
