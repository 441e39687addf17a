import { defineConfig } from 'vitest/config';

function project(name: string, include: string, options: object) {
  return { extends: true as const, test: { name, include: [include], ...options } };
}

/**
 * Tests that start processes, servers or networks. They wait about as long as they compute, so two files at once fill two
 * cores. A file may take twice as long as alone, and more on a busy machine: no limit is close.
 */
const waiting = {
  pool: 'forks',
  maxWorkers: 2,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 10_000 } },
  sequence: { groupOrder: 1 },
} as const;
const withPage = { ...waiting, globalSetup: 'test/support/build-page-setup.ts' };

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    reporters: ['default', './test/support/reporter.ts'],
    // Files are not: projects begin in the order of their names, and the slow file of `chaos` is not what is waited for at the end.
    sequence: { shuffle: { tests: true } },
    projects: [
      // Importing what is tested takes longer than testing it, and no module keeps a state: once is enough for all files.
      project('unit', 'test/unit/**/*.test.{ts,tsx}', { pool: 'threads', isolate: false, testTimeout: 15_000 }),
      project('repo', 'test/repo/**/*.test.ts', waiting),
      project('integration', 'test/{contract,integration}/**/*.test.{ts,tsx}', waiting),
      project('parity', 'test/parity/**/*.test.ts', waiting),
      project('e2e', 'test/e2e/**/*.test.ts', withPage),
      project('chaos', 'test/chaos/**/*.test.ts', withPage),
    ],
  },
});
