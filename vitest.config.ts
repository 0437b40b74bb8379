import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          // One browser at a time: what is timed in a page shares the machine with nothing else.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // A page that computes answers when the machine lets it.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
