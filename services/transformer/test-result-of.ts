import type { TestResult as LedgerTestResult } from '#shared/ledger/test-results.ts';
import type { TestResult } from '#shared/models/tests/run-tests.ts';

/** A test's result as the ledger keeps it: counts, never rows. */
export function testResultOf(result: TestResult, model: string, stage: string): LedgerTestResult {
  const { name, status, blocking, failures, ms, error } = result;
  return {
    model,
    test: name,
    stage,
    severity: status === 'warn' ? 'warn' : 'error',
    blocking,
    status,
    failingRows: failures,
    durationMs: ms,
    error: error === '' ? null : { code: error, message: 'the test itself could not run', actor: 'author' },
  };
}
