import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the lesson checker reads of a hyperparameter in the engine's table of models. */
export interface Hyperparameter {
  name: string;
  default: number;
  min: number;
  max: number;
  kind: { type: 'integer' | 'real' | 'log' } | { type: 'choice'; choices: readonly string[] };
}

/** What the lesson checker reads of a model in the engine's table of models. */
export interface Model {
  id: string;
  title: string;
  hyperparameters: readonly Hyperparameter[];
}

interface Engine {
  initSync?: (options: { module: Uint8Array }) => unknown;
  registry?: () => readonly Model[];
  metrics?: () => unknown;
}

/** Asks the engine itself, built in `folder`, which models there are. */
export async function loadRegistry(folder: string): Promise<readonly Model[]> {
  return (await loadTables(folder)).registry;
}

/** The same, and what is measured of them. */
export async function loadTables(
  folder: string,
): Promise<{ registry: readonly Model[]; metrics: unknown }> {
  const script = path.join(folder, 'factorscope.js');
  const module = path.join(folder, 'factorscope_bg.wasm');
  if (!existsSync(script) || !existsSync(module)) {
    throw new Error(`${folder} holds no WebAssembly package: npm run wasm`);
  }
  // The time keeps Node from answering with the module of an earlier build.
  const url = `${pathToFileURL(script).href}?built=${statSync(module).mtimeMs}`;
  const engine = (await import(/* @vite-ignore */ url)) as Engine;
  if (!engine.initSync || !engine.registry || !engine.metrics) {
    throw new Error(`${script} does not export registry() and metrics()`);
  }
  engine.initSync({ module: readFileSync(module) });
  return { registry: engine.registry(), metrics: engine.metrics() };
}
