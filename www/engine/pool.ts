// Several engines at work on independent parts of one job.

/** Most engines that work for one job: each holds the data set. */
const MOST = 4;
/** What the engines of a job may take together, what one takes of itself, and for each rating. */
const MEMORY = 2 ** 30;
const BASE = 64 * 2 ** 20;
const PER_RATING = 100;

/** In how many engines a job on so many ratings is done: one core stays with the page. */
export function poolSize(ratings: number, cores = navigator.hardwareConcurrency || 2): number {
  const fit = Math.floor(MEMORY / (BASE + PER_RATING * ratings));
  return Math.max(1, Math.min(MOST, cores - 1, fit));
}

/**
 * Does all parts, each in the next engine that is free. A part depends on nothing but itself, and is heard of
 * after all those before it: what comes out does not depend on how many engines there are. Where parts fail,
 * the first of them is thrown once those before it have been heard. The first engine has to be there; one of
 * the others that cannot be had is done without.
 */
export async function each<Engine, T>(
  engines: readonly [Promise<Engine>, ...Promise<Engine>[]],
  parts: readonly ((engine: Engine) => Promise<T>)[],
  /** Whether nobody waits for it any more. */
  over: () => boolean,
  heard: (found: T, at: number) => void,
): Promise<void> {
  const found = new Map<number, T>();
  const failures = new Map<number, unknown>();
  let [next, told] = [0, 0];
  const tell = (): void => {
    for (; found.has(told) && !over(); told++) {
      heard(found.get(told) as T, told);
      found.delete(told);
    }
  };
  const work = async (engine: Engine): Promise<void> => {
    while (next < parts.length && failures.size === 0 && !over()) {
      const at = next++;
      try {
        found.set(at, await (parts[at] as (engine: Engine) => Promise<T>)(engine));
      } catch (error) {
        failures.set(at, error);
        return;
      }
      tell();
    }
  };
  const [first, ...others] = engines;
  await Promise.all([
    first.then(work),
    ...others.map(async (other) => {
      const engine = await other.catch(() => undefined);
      if (engine !== undefined) await work(engine);
    }),
  ]);
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
}
