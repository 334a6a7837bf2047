import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { jsonParam, type RecordedError } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

export interface TestResult {
  /** Model, or stream where the test ran on a temp table. */
  readonly model: string;
  readonly test: string;
  /** Where it ran: `landing`, `silver`, `gold`, … */
  readonly stage: string;
  readonly severity: 'error' | 'warn';
  readonly blocking: boolean;
  readonly status: 'pass' | 'warn' | 'fail' | 'error' | 'skipped';
  /** How many rows failed; never which. */
  readonly failingRows: number | null;
  readonly durationMs: number | null;
  readonly error: RecordedError | null;
}

/**
 * Records what tests found. Repeating it within an attempt replaces the results of the same tests.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function recordTestResults(
  ledger: Ledger,
  ref: TaskRef,
  results: readonly TestResult[],
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    for (const result of results) {
      await tx.rows(
        `INSERT INTO ops.test_results (run_id, task_id, attempt, pipeline, model, test, stage, severity, blocking, status,
           failing_rows, duration_ms, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (task_id, attempt, stage, model, test) DO UPDATE SET status = excluded.status,
           failing_rows = excluded.failing_rows, duration_ms = excluded.duration_ms, error = excluded.error,
           tested_at = clock_timestamp()`,
        [
          task.runId,
          ref.taskId,
          ref.attempt,
          task.pipeline,
          result.model,
          result.test,
          result.stage,
          result.severity,
          result.blocking,
          result.status,
          result.failingRows,
          result.durationMs === null ? null : Math.round(result.durationMs),
          jsonParam(result.error),
        ],
      );
    }
  });
}

/** Test results of a run, of all attempts, in the order they came. */
export function testResultsOf(
  ledger: Queryable,
  runId: string,
): Promise<(TestResult & { readonly attempt: number; readonly testedAt: string })[]> {
  return ledger.rows<TestResult & { attempt: number; testedAt: string }>(
    `SELECT model, test, stage, severity, blocking, status, failing_rows::float8 AS "failingRows",
       duration_ms AS "durationMs", error, attempt, tested_at AS "testedAt"
     FROM ops.test_results WHERE run_id = $1 ORDER BY test_result_id`,
    [runId],
  );
}
