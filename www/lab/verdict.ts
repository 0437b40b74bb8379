// Whether a run is the one that a link promised.

import type { Print } from '../engine/types.ts';
import type { Receipt } from './state.ts';

/** What a link proves to be: wholly the same, the same parameters as far as an older link can tell, another. */
export type Verdict = 'same' | 'same parameters' | 'other';

/** The verdict on a link, or nothing where it promised nothing. */
export function verdictOf({ all, run }: Receipt, print: Print): Verdict | undefined {
  if (all) return all === print.receipt ? 'same' : 'other';
  if (run) return run === print.fingerprint ? 'same parameters' : 'other';
  return undefined;
}

/** The verdict as a sentence. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  same: 'The same bits as in the link you followed.',
  'same parameters':
    'The same parameters as in the link you followed; it is older and says nothing of the predictions.',
  other:
    'Not the numbers of the link you followed: its settings, the data or the site have changed since it was made.',
};
