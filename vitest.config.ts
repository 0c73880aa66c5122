import { configDefaults, defineConfig } from 'vitest/config';

/** Real processes against a real clock: they have the machine to themselves, after the others. */
const HOST_TESTS = 'test/collect-*.test.ts';

export default defineConfig({
  test: {
    // Whole-program tests start processes and a browser: the wall clock of a busy machine is no verdict.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'program',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, HOST_TESTS],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'host',
          include: [HOST_TESTS],
          fileParallelism: false,
          // What is broken fails each time; a machine that was starved by its neighbours does not.
          retry: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
