import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Whole-program tests start processes and a browser: the wall clock of a busy machine is no verdict.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
