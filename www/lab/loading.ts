import type { LoadProgress } from '../engine/types.ts';
import { count } from '../format.ts';

const MB = 1_000_000;

/** How far reading has come, in words. */
export function loadingText(progress: LoadProgress): string {
  switch (progress.step) {
    case 'bytes':
      return `${bytes(progress.done, progress.of)} of ${bytes(progress.of, progress.of)} read`;
    case 'ratings':
      return `${count(progress.done)} of ${count(progress.of)} ratings`;
    case 'packing':
      return 'packing the ratings …';
    case 'keeping':
      return 'keeping them in this browser …';
  }
}

/** In the unit that suits the whole. */
function bytes(some: number, of: number): string {
  if (of < MB) return `${count(Math.ceil(some / 1000))} KB`;
  return `${count(Math.floor(some / MB))} MB`;
}
