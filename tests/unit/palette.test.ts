import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { PALETTE } from '../../www/palette.ts';
import { entries } from '../claims/engine.ts';

const css = readFileSync(new URL('../../www/styles/chart.css', import.meta.url), 'utf8');

test('every model has a colour in charts and in their legends', () => {
  const missing = entries.flatMap(({ id }) => [
    ...(id in PALETTE ? [] : [`${id}: no colour in www/palette.ts`]),
    ...(new RegExp(`\\.swatch-${id}[,)\\s]`).test(css)
      ? []
      : [`${id}: no swatch in www/styles/chart.css`]),
  ]);
  expect(missing).toEqual([]);
});
