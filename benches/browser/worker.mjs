// One cross-validation in a worker, from the data's bytes to its times.

import init, { crossValidate, Data } from '../../pkg/factorscope.js';

/** @param {import('./page.mjs').Job} job */
async function data({ zip, seed }) {
  if (zip === null) return Data.simulation(seed);
  const answer = await fetch(zip);
  if (!answer.ok) throw new Error(`${zip}: ${answer.status}`);
  return Data.load([zip], [new Uint8Array(await answer.arrayBuffer())]);
}

/** @param {MessageEvent<{ module: WebAssembly.Module, job: import('./page.mjs').Job }>} message */
globalThis.onmessage = async ({ data: { module, job } }) => {
  try {
    await init({ module_or_path: module });
    const { model, settings, folds, seed } = job;
    const result = crossValidate(await data(job), model, settings, folds, seed);
    globalThis.postMessage({ result });
  } catch (error) {
    globalThis.postMessage({ wrong: error instanceof Error ? error.message : String(error) });
  }
};
