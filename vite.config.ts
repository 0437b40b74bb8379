import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { licences, plainLinks } from './scripts/lib/licences.mjs';
import { lessons } from './www/lesson/plugin.ts';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses everywhere: the site works from any path of any host.
  base: './',
  publicDir: 'www/public',
  plugins: [lessons(), licences(), plainLinks()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Data URLs would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
