import { defineConfig } from 'vitest/config';

/** Groups run one after the other, so that what is measured in one is not disturbed by another. */
function project(name: string, groupOrder: number, include: string, options: object) {
  return { extends: true as const, test: { name, include: [include], sequence: { groupOrder }, ...options } };
}

/** Tests that start processes, servers or networks: on two cores one file at a time is the fastest. */
const serial = { pool: 'forks', maxWorkers: 1, testTimeout: 60_000, hookTimeout: 120_000 } as const;

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    reporters: ['default', './test/support/reporter.ts'],
    sequence: { shuffle: true },
    projects: [
      project('unit', 0, 'test/unit/**/*.test.{ts,tsx}', { pool: 'threads', testTimeout: 15_000 }),
      project('repo', 1, 'test/repo/**/*.test.ts', serial),
      project('integration', 2, 'test/{contract,integration}/**/*.test.{ts,tsx}', serial),
      project('parity', 3, 'test/parity/**/*.test.ts', serial),
      project('e2e', 4, 'test/e2e/**/*.test.ts', { ...serial, globalSetup: 'test/support/build-page-setup.ts' }),
      project('chaos', 5, 'test/chaos/**/*.test.ts', { ...serial, globalSetup: 'test/support/build-page-setup.ts' }),
    ],
  },
});
