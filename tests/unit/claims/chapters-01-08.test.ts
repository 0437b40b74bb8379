import { vi } from 'vitest';

import { entries } from '../../claims/engine.ts';
import { tryChapters } from '../../claims/chapters-on-engine.ts';

// What the build hands to the pages comes from the engine itself here.
vi.mock('virtual:registry', () => ({ default: entries }));

tryChapters((chapter) => chapter <= 8);
