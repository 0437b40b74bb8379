// The engine in Node, for tests; whoever imports it may use the package.

import { readFileSync } from 'node:fs';

import { type Entry, initSync, type Metric, metrics, registry } from '../../pkg/factorscope.js';

initSync({ module: readFileSync(new URL('../../pkg/factorscope_bg.wasm', import.meta.url)) });

/** All models, as the build hands them to the pages. */
export const entries: readonly Entry[] = registry();

/** All that is measured, likewise. */
export const measured: readonly Metric[] = metrics();
