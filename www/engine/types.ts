import type {
  Chart,
  ColdPoint,
  DataInfo,
  Epoch,
  Item,
  Note,
  Options,
  ParameterValues,
  Position,
  Step,
} from '../../pkg/factorscope.js';

/** Where a data set comes from. */
export type Source =
  | { kind: 'table'; users: number; items: number; cells: Float32Array }
  | { kind: 'simulation'; seed: number }
  | { kind: 'files'; files: NamedFile[] };

/** Which small piece of a data set is opened instead of the whole, by the users it takes, or by films much alike. */
export type Cutout = 'alike' | 'uneven' | 'similar' | false;

/** A file with the folders it came in: they may tell the edition of a data set. */
export interface NamedFile {
  path: string;
  file: Blob;
}

/** How far reading has come. */
export type LoadProgress =
  { step: 'bytes' | 'ratings'; done: number; of: number } | { step: 'packing' | 'keeping' };

/** A data set read from files, in the forms in which pages share it. */
export interface Loaded {
  opened: Opened;
  /** All of it in the engine's compact form. */
  bytes: Blob;
  /** Its cut-out in that form. */
  cutout: Blob;
  /** What reading it left out, took for something, or has a remark about. */
  report: Note[];
}

/** What a reader may say about how files are meant; the rest is recognized. */
export type ReadingOptions = Partial<Pick<Options, 'columns' | 'withoutRating'>>;

/** A data set that is open in a worker. */
export interface Opened {
  info: DataInfo;
  items: Item[];
  users: string[];
  /** All cells, row by row, NaN where empty; only of a small data set. */
  cells: Float32Array | undefined;
  /** When each cell was rated, in seconds since 1970, NaN where nobody knows; only of a small data set. */
  moments: Float64Array | undefined;
}

/** Everything that decides a run. */
export interface Setup {
  model: string;
  /** `name=value`. */
  settings: string[];
  /** Decides start values and order of visits. */
  seed: number;
  /** Decides which ratings are held back at random. */
  splitSeed: number;
  /** `everything`, `latest`, `time` or a share such as `0.2`. */
  split: string;
  /** The share of what is left for training that is held back for choosing; 0 where nothing is. */
  validation: number;
}

/** What tells whether another run came to the same. */
export interface Print {
  /** Hash of the parameters. */
  fingerprint: string;
  /** Hash of settings, ratings, seed, parameters and predictions. */
  receipt: string;
}

/** A model trained at once. */
export interface Fit extends Print {
  history: Epoch[];
  predictions: Float32Array;
  parameters: ParameterValues[];
  objective: number;
  /** Why it ended early. */
  stopped: string | undefined;
}

/** What is drawn over the steps of a walk. */
export type Drawn = 'rmse' | 'objective';

/** A walk as it stands. */
export interface Walked extends Print {
  position: Position;
  /** The last step taken. */
  step: Step | undefined;
  parameters: ParameterValues[];
  predictions: Float32Array;
  /** RMSE before the first step and after each; not numbers of a model that only ranks. */
  errors: Float64Array;
  /** The objective, likewise. */
  objectives: Float64Array;
  objective: number;
  chart: Chart | undefined;
  /** Whether it could not get as far as asked. */
  end: boolean;
}

/** The colour of the curve of each part of the ratings. */
export type PartColors = Readonly<Record<'train' | 'validation' | 'test', Uint8Array>>;

/** What is wanted of a training beside its errors. */
export interface Wanted {
  /** The name under which the model stays to be asked; without one it is let go. */
  keep?: string;
  /** How many passes, where not as many as its settings say. */
  passes?: number;
  /** The colours of the errors, where they are to be drawn. */
  chart?: PartColors;
}

/** A training under way. */
export interface Progress {
  history: Epoch[];
  epochs: number;
  /** How much of the pass at hand is done, as a share. */
  within: number;
  chart: Chart | undefined;
}

/** A training that has ended. */
export interface Trained extends Progress, Print {
  /** What a reader of the errors and parameters should know beside them. */
  remarks: readonly string[];
  cancelled: boolean;
  /** Why it ended early, for example because it diverged. */
  stopped: string | undefined;
}

/** A line of a chart: red, green, blue, and its points. */
export interface DrawnLine {
  color: Uint8Array;
  points: readonly (readonly [number, number])[];
}

/** What a chart of bars shows. */
export interface Bars {
  /** One more than there are bars. */
  edges: number[];
  heights: number[];
  curve: [number, number][];
  marks: number[];
  /** Of the bars, the curve, and each mark. */
  colors: Uint8Array[];
}

/** What a cold start is measured on. */
export interface ColdSetup {
  /** Who is new. */
  side: 'users' | 'items';
  /** How many ratings of each are known. */
  known: number[];
  /** How many groups become cold, one after the other. */
  folds: number;
  seed: number;
  splitSeed: number;
  /** The models compared, each with its settings. */
  models: { model: string; settings: string[] }[];
}

/** One training of a cold start: which model and which group it was. */
export interface ColdPart extends ColdPoint {
  at: number;
  fold: number;
}
