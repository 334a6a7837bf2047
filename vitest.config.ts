import { defineConfig } from 'vitest/config';

const everyFile = { setupFiles: ['./test/support/check-leaks.ts'] };

/** Tests that share real servers, a folder each under test/. */
function serverSuite(name: string, testTimeoutMs: number) {
  return {
    extends: true as const,
    test: {
      ...everyFile,
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: testTimeoutMs,
      hookTimeout: 60_000,
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
          include: ['{shared,services,pipelines,cli,dev,deploy,bench,test/support}/**/*.test.ts'],
          testTimeout: 10_000,
        },
      },
      serverSuite('conformance', 60_000),
      serverSuite('integration', 120_000),
      serverSuite('e2e', 180_000),
      serverSuite('chaos', 180_000),
    ],
  },
});
