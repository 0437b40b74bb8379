// The page of the benchmark: compiles the engine once and, like the site, hands it to the workers.

/**
 * @typedef {object} Job
 * @property {string} model
 * @property {string[]} settings `name=value`
 * @property {number} folds
 * @property {number} seed
 * @property {string | null} zip the address of the data as seen from this page; the simulation if null
 */

/** @typedef {import('../../pkg/factorscope.js').CrossValidated} CrossValidated */

const engine = WebAssembly.compileStreaming(fetch('../../pkg/factorscope_bg.wasm'));

/**
 * Cross-validates in a fresh worker.
 *
 * @param {Job} job
 * @returns {Promise<CrossValidated>}
 */
async function bench(job) {
  const module = await engine;
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onerror = ({ message }) => reject(new Error(message || 'the worker died'));
      worker.onmessage = ({ data }) =>
        data.wrong === undefined ? resolve(data.result) : reject(new Error(data.wrong));
      worker.postMessage({ module, job });
    });
  } finally {
    worker.terminate();
  }
}

Object.assign(globalThis, { bench });
