import { proxy } from 'comlink';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { Client, EngineDied } from '../../www/engine/client.ts';
import { watched } from '../../www/engine/traps.ts';
import type { ColdSetup, NamedFile, Setup, Source } from '../../www/engine/types.ts';
import { FakeWorker } from './fake-worker.ts';

/** Whether the engine's code traps where it is entered. */
const state = vi.hoisted(() => ({ traps: false }));

vi.mock('../../pkg/factorscope.js', () => {
  const entered = (): void => {
    if (!state.traps) return;
    const trap = new Error('unreachable');
    trap.name = 'RuntimeError';
    throw trap;
  };
  /** An object of the engine: what is asked of it answers nothing, or traps; a pass is done at once. */
  class Thing {
    constructor() {
      return new Proxy(this, {
        get: (_, name): unknown => {
          if (name === 'epochs') return 1;
          if (name === 'then') return undefined;
          return () => {
            entered();
            if (name === 'info') return { users: 1, items: 1 };
            return name === 'advance' ? 1 : [];
          };
        },
      });
    }
    static table(): Thing {
      entered();
      return new Thing();
    }
  }
  class Upload extends Thing {
    constructor() {
      entered();
      super();
    }
  }
  const draw = (): undefined => entered() as undefined;
  return {
    default: () => Promise.resolve({ memory: undefined }),
    ColdStart: Thing,
    Data: Thing,
    Run: Thing,
    Upload,
    Walk: Thing,
    histogramChart: draw,
    lineChart: draw,
  };
});

const table: Source = { kind: 'table', users: 1, items: 1, cells: new Float32Array(1) };
const setup: Setup = {
  model: 'svd',
  settings: [],
  seed: 1,
  splitSeed: 1,
  split: '0.2',
  validation: 0,
};
const cold: ColdSetup = {
  side: 'users',
  known: [0],
  folds: 1,
  seed: 1,
  splitSeed: 1,
  models: [setup],
};
const files: NamedFile[] = [{ path: 'ratings.csv', file: new Blob(['1,1,1']) }];
const color = new Uint8Array(3);

/** What each method of the engine that enters its code is called with. */
const CALLS: Record<string, unknown[]> = {
  ask: ['model', 'run', 'parameters', []],
  bars: ['x', 'y', { edges: [], heights: [], curve: [], marks: [], colors: [] }],
  coldPart: [cold, 0, 0, 0],
  fit: [setup, 1],
  lines: ['x', 'y', [], false],
  load: [files, {}, proxy(() => undefined)],
  open: [table, false],
  preview: [],
  train: [setup],
  walk: ['walk', setup, 1, color, 'rmse'],
};
/** Those that do not: what happens in the first is told as an engine that is missing. */
const OUTSIDE = ['start', 'cancel'];

vi.stubGlobal('addEventListener', vi.fn());
vi.stubGlobal('FileReaderSync', class {});
const { Upload } = await import('../../pkg/factorscope.js');
const { Engine } = await import('../../www/engine/worker.ts');

/** A client whose engine is the page's own, with a model kept and a file that could not be read. */
async function opened(): Promise<{ client: Client; died: EngineDied[] }> {
  const died: EngineDied[] = [];
  const engine = new Engine();
  const client = new Client({
    spawn: () => new FakeWorker(watched(engine, () => undefined)),
    module: () => Promise.resolve({} as WebAssembly.Module),
    lost: (error) => {
      if (error instanceof EngineDied) died.push(error);
    },
  });
  await client.open(table, false);
  await client.call((remote) => remote.train(setup, { keep: 'model' }));
  Reflect.set(engine, 'upload', new Upload());
  return { client, died };
}

beforeEach(() => {
  state.traps = false;
});

describe('a trap of the engine', () => {
  test('is looked for in every method', () => {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(Engine.prototype)).flatMap(
      ([name, { value }]) => (typeof value === 'function' ? [name] : []),
    );
    const own = methods.filter((name) => !['constructor', 'underWay'].includes(name));
    expect(own.sort()).toEqual([...Object.keys(CALLS), ...OUTSIDE].sort());
  });

  test.each(Object.keys(CALLS))('in %s ends the worker and is told', async (name) => {
    const { client, died } = await opened();
    state.traps = true;
    const call = client.call((engine) =>
      (engine as unknown as Record<string, (...list: unknown[]) => Promise<unknown>>)[name]!(
        ...(CALLS[name] ?? []),
      ),
    );
    await expect(call).rejects.toThrow(EngineDied);
    expect(died.length).toBe(1);
  });
});
