// What an engine's trap is told as, and what is an ordinary reason to stop.

import { isTrap } from './life.ts';

/** Why a training ended early, in the engine's words. A trap is no such reason, and goes on. */
export function reason(error: unknown): string {
  if (isTrap(error)) throw error;
  return error instanceof Error ? error.message : String(error);
}

/** Half of what an engine can ever have: a trap beyond it comes from want of memory. */
const MUCH_MEMORY = 2 ** 31;

/** A trap with what is known of its cause, for the page to tell. */
function told(error: unknown, memory: WebAssembly.Memory | undefined): unknown {
  if (!isTrap(error)) return error;
  const trap = new Error();
  trap.name = 'RuntimeError';
  const bytes = memory?.buffer.byteLength ?? 0;
  if (bytes >= MUCH_MEMORY) {
    trap.message =
      `The engine ran out of memory: it held ${(bytes / 2 ** 30).toFixed(1)} of the 4 GB that it can ` +
      'have. Fewer factors or neighbors, or a sample of the ratings, take less. It was ended';
  }
  return trap;
}

/** The engine with every trap of every method told; `memory` is asked for once there is one. */
export function watched<Engine extends object>(
  engine: Engine,
  memory: () => WebAssembly.Memory | undefined,
): Engine {
  return new Proxy(engine, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...list: unknown[]): Promise<unknown> => {
        try {
          return await (Reflect.apply(value, target, list) as unknown);
        } catch (error) {
          throw told(error, memory());
        }
      };
    },
  });
}
