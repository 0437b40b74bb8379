import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          // On two cores one alone would be the default.
          maxWorkers: 2,
          // Some build and run programs, on a machine that may be busy: no limit here is a wait.
          testTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          // Each worker has one browser for all its files: two at a time fill two cores.
          maxWorkers: 2,
          isolate: false,
          // A page that computes answers when the machine lets it: no limit here is a wait.
          testTimeout: 600_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 120_000 } },
        },
      },
    ],
  },
});
