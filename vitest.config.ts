import { defineConfig } from 'vitest/config';

const everyFile = { setupFiles: ['./test/support/check-leaks.ts'] };

/** Files at once on a machine of two cores: these wait for servers more than they work. */
const WAITING_WORKERS = 2;

/** Tests that share real servers, a folder each under test/. */
function serverSuite(name: string, order: number, testTimeoutMs: number) {
  return {
    extends: true as const,
    test: {
      ...everyFile,
      name,
      // What others rest on first; two kinds together, so that no worker waits while the other has a long file.
      sequence: { groupOrder: order },
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: testTimeoutMs,
      maxWorkers: WAITING_WORKERS,
      hookTimeout: 60_000,
      // These kill servers and race processes on two shared cores. A retried test is named in the run's output.
      retry: 2,
    },
  };
}

export default defineConfig({
  test: {
    pool: 'forks',
    globalSetup: ['./test/support/global-setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          ...everyFile,
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{bootstrap,shared,services,pipelines,cli,dev,deploy,bench,test/support}/**/*.test.ts'],
          testTimeout: 10_000,
          maxWorkers: WAITING_WORKERS,
        },
      },
      serverSuite('conformance', 1, 60_000),
      serverSuite('integration', 1, 120_000),
      serverSuite('e2e', 2, 180_000),
      serverSuite('chaos', 2, 180_000),
    ],
  },
});
