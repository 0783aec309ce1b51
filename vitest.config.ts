import { defineConfig } from 'vitest/config';

/** Vitest's own second is too short for processes that start and end while a machine is busy. */
const patience = { poll: { timeout: 30_000 } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect: patience,
          include: ['{src,tools,memory,web}/**/*.test.ts', 'test/hooks/**/*.test.ts'],
          exclude: ['**/*.lab.test.ts'],
          testTimeout: 60_000,
        },
      },
      { test: { name: 'law', include: ['test/laws/**/*.test.ts'], testTimeout: 60_000, expect: patience } },
      {
        test: {
          name: 'lab',
          expect: patience,
          include: ['test/lab/**/*.test.ts', '{src,tools,memory}/**/*.lab.test.ts'],
          globalSetup: ['test/lab/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          expect: patience,
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/lab/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
