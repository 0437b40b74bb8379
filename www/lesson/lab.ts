import { Fault } from './fault.ts';
import { escapeHtml } from './html.ts';
import type { Hyperparameter, Model } from './registry.ts';
import { DATA, type Data, type View, VIEWS } from './views.ts';

/** A live part of a lesson, checked: what a `model-lab` element finds in `data-lab`. */
export interface Lab {
  id: string;
  model: string;
  /** A second model to run beside the first, at its own defaults. */
  rival?: string;
  data: Data;
  seed?: number;
  /** What is held back for testing, where it is not the usual share at random. */
  split?: string;
  /** Hyperparameters that differ from the defaults; a choice is given by its position. */
  settings: Record<string, number>;
  show: View[];
  /** Hyperparameters (and `seed`) whose controls stand open; the others fold away. */
  controls?: string[];
}

interface Entry {
  value: string | string[];
  line: number;
}

const NAMES = Object.keys(VIEWS) as View[];
/** What can be held back for testing. */
export const SPLIT = /^(everything|latest|time|0\.\d{1,2})$/;
const MOST_SEED = 2 ** 32 - 1;

/** A line of a block. */
export interface Line {
  key: string;
  value: string;
  line: number;
}

/** The `key: value` lines of a block whose first line is `line`; `block` is what it is called. */
export function lines(text: string, file: string, line: number, block: string): Line[] {
  return text.split('\n').flatMap((content, index) => {
    if (content.trim() === '') return [];
    const [, key, value] = /^\s*([\w-]+):\s*(.*?)\s*$/.exec(content) ?? [];
    if (key === undefined || !value) {
      const expected = `expected \`key: value\` in the ${block}`;
      throw new Fault(file, line + index, `${expected}, found \`${content.trim()}\``);
    }
    return [{ key, value, line: line + index }];
  });
}

/** The same, with each key once and lists read as such. */
function entries(text: string, file: string, line: number): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const { key, line: here, value } of lines(text, file, line, 'lab')) {
    if (found.has(key)) throw new Fault(file, here, `\`${key}\` stands in this lab a second time`);
    const list = /^\[(.*)\]$/.exec(value)?.[1];
    const words = list?.split(',').map((word) => word.trim()) ?? value;
    found.set(key, { value: words, line: here });
  }
  return found;
}

function word({ value, line }: Entry, key: string, file: string): string {
  if (typeof value === 'string') return value;
  throw new Fault(file, line, `expected one value for \`${key}\`, found a list`);
}

/** One of the known names, or a fault that lists them. */
export function oneOf<T extends string>(
  found: string,
  known: readonly T[],
  what: string,
  at: At,
): T {
  const match = known.find((name) => name === found);
  if (match !== undefined) return match;
  throw new Fault(at.file, at.line, `unknown ${what} \`${found}\`; there is ${known.join(', ')}`);
}

/** A place in a lesson. */
export interface At {
  file: string;
  line: number;
}

/** The number that the engine knows a setting by. */
export function setting(
  text: string,
  hyperparameter: Hyperparameter,
  model: string,
  at: At,
): number {
  const { kind, max, min, name } = hyperparameter;
  if (kind.type === 'choice') {
    return kind.choices.indexOf(oneOf(text, kind.choices, `value for \`${name}\``, at));
  }
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) {
    throw new Fault(at.file, at.line, `expected a number for \`${name}\`, found \`${text}\``);
  }
  if (kind.type === 'integer' && !Number.isInteger(value)) {
    throw new Fault(at.file, at.line, `expected a whole number for \`${name}\`, found ${text}`);
  }
  if (value < min || value > max) {
    const range = `${min} to ${max}`;
    throw new Fault(at.file, at.line, `\`${name}\` of ${model} goes from ${range}, found ${text}`);
  }
  return value;
}

/** Reads and checks a fenced lab whose first line inside the fence is `line`. */
export function readLab(
  text: string,
  { file, line, id, registry }: At & { id: string; registry: readonly Model[] },
): Lab {
  const found = entries(text, file, line);
  const fence = { file, line: line - 1 };
  const take = (key: string): Entry | undefined => {
    const entry = found.get(key);
    found.delete(key);
    return entry;
  };
  const needed = (key: string): Entry => {
    const entry = take(key);
    if (entry) return entry;
    throw new Fault(fence.file, fence.line, `the lab names no \`${key}\``);
  };
  const model = (entry: Entry, key: string): Model => {
    const ids = registry.map((known) => known.id);
    const name = oneOf(word(entry, key, file), ids, 'model', { file, line: entry.line });
    return registry.find((known) => known.id === name) as Model;
  };

  const first = model(needed('model'), 'model');
  const rival = take('rival');
  const data = needed('data');
  const show = needed('show');
  const seed = take('seed');
  const split = take('split');
  const controls = take('controls');
  const lab: Lab = {
    id,
    model: first.id,
    ...(rival ? { rival: model(rival, 'rival').id } : {}),
    data: oneOf(word(data, 'data', file), DATA, 'data', { file, line: data.line }),
    ...(seed ? { seed: readSeed(word(seed, 'seed', file), { file, line: seed.line }) } : {}),
    ...(split ? { split: readSplit(word(split, 'split', file), { file, line: split.line }) } : {}),
    settings: {},
    ...(controls ? { controls: readControls(controls, first, file) } : {}),
    show: [show.value].flat().map((view) => oneOf(view, NAMES, 'view', { file, line: show.line })),
  };
  for (const [key, entry] of found) {
    const at = { file, line: entry.line };
    const names = first.hyperparameters.map(({ name }) => name);
    const what = `hyperparameter of ${first.id}`;
    oneOf(key, names, what, at);
    const hyperparameter = first.hyperparameters.find(({ name }) => name === key) as Hyperparameter;
    lab.settings[key] = setting(word(entry, key, file), hyperparameter, first.id, at);
  }
  return lab;
}

function readControls({ value, line }: Entry, model: Model, file: string): string[] {
  const names = [...model.hyperparameters.map(({ name }) => name), 'seed'];
  return [value].flat().map((name) => oneOf(name, names, `control of ${model.id}`, { file, line }));
}

/** A seed as the engine takes it. */
export function readSeed(text: string, at: At): number {
  if (/^\d+$/.test(text) && Number(text) <= MOST_SEED) return Number(text);
  throw new Fault(at.file, at.line, `expected a seed from 0 to ${MOST_SEED}, found \`${text}\``);
}

function readSplit(text: string, at: At): string {
  if (SPLIT.test(text)) return text;
  throw new Fault(
    at.file,
    at.line,
    `expected everything, latest, time or a share such as 0.2 for \`split\`, found \`${text}\``,
  );
}

/** The element that a script brings to life, and what stands in its place until then. */
export function renderLab(lab: Lab): string {
  return (
    `<model-lab id="${escapeHtml(lab.id)}" data-lab="${escapeHtml(JSON.stringify(lab))}">` +
    '<p>This live part needs JavaScript, WebAssembly and a page that comes from a server; the text around it needs none of them.</p>' +
    '</model-lab>\n'
  );
}
