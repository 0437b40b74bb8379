// How a data set gets into the engine, and what a page is told of it.

import { Data, Upload } from '../../pkg/factorscope.js';
import type {
  Cutout,
  Loaded,
  LoadProgress,
  ReadingOptions,
  NamedFile,
  Opened,
  Source,
} from './types.ts';

/** Reads a part of a file at once; only workers have it, and TypeScript's types are those of a page. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

/** Between two reports of how far a file is. */
const PROGRESS_MS = 100;

/** The data set of a source, or what is cut out of it. */
export function opened(source: Source, cutout: Cutout): Data {
  const whole = read(source);
  if (!cutout) return whole;
  const data = cutout === 'similar' ? whole.similar() : whole.cutout(cutout === 'uneven');
  whole.free();
  return data;
}

/** The ratings of files that have been read. */
export function ratingsOf(
  upload: Upload,
  meant: ReadingOptions,
  tell: (progress: LoadProgress) => unknown,
): Data {
  return upload.load(
    meant,
    throttled((done: number, of: number) => tell({ step: 'ratings', done, of })),
  );
}

/** What a page shares of a data set, which is given up for it. */
export function shared(data: Data): Loaded {
  const cutout = data.cutout(false);
  const all = {
    opened: described(data),
    bytes: packed(data),
    cutout: packed(cutout),
    report: data.report(),
  };
  cutout.free();
  data.free();
  return all;
}

function read(source: Source): Data {
  switch (source.kind) {
    case 'table':
      return Data.table(source.users, source.items, source.cells);
    case 'simulation':
      return Data.simulation(source.seed);
    case 'files':
      return readFiles(source.files);
  }
}

function readFiles(files: readonly NamedFile[]): Data {
  const upload = uploaded(files, () => undefined);
  try {
    return upload.load(undefined, () => undefined);
  } finally {
    upload.free();
  }
}

/** Files as the engine reads them, piece by piece and as often as it likes: none is whole anywhere. */
export function uploaded(
  files: readonly NamedFile[],
  tell: (progress: LoadProgress) => unknown,
): Upload {
  const reader = new FileReaderSync();
  const of = files.reduce((sum, { file }) => sum + file.size, 0);
  const heard = throttled((done: number) => tell({ step: 'bytes', done, of }));
  const upload = new Upload();
  let done = 0;
  for (const { file, path } of files) {
    upload.file(path, file.size, (from, to) => {
      done = Math.min(of, done + to - from);
      heard(done);
      return new Uint8Array(reader.readAsArrayBuffer(file.slice(from, to)));
    });
  }
  return upload;
}

/** Passes on how far reading has come; while ratings are told of, bytes are read for the second time. */
export function onward(
  tell: (progress: LoadProgress) => unknown,
): (progress: LoadProgress) => void {
  let counted = false;
  return (progress) => {
    counted ||= progress.step === 'ratings';
    if (!counted || progress.step !== 'bytes') tell(progress);
  };
}

/** Passes on what comes often only now and then. */
function throttled<A extends unknown[]>(
  tell: (...progress: A) => unknown,
): (...progress: A) => void {
  let told = performance.now();
  return (...progress) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    tell(...progress);
  };
}

/** What a page is told of a data set. */
export function described(data: Data): Opened {
  const info = data.info();
  const isSmall = info.users * info.items <= 1024;
  return {
    info,
    items: data.catalogue(),
    users: data.userIds(),
    cells: isSmall ? data.cells() : undefined,
    moments: isSmall ? data.moments() : undefined,
  };
}

function packed(data: Data): Blob {
  // The engine's own copy is handed over whole, so that nothing else can write to it.
  return new Blob([data.encode() as Uint8Array<ArrayBuffer>]);
}
