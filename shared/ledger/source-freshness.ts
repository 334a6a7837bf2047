import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { jsonParam, type RecordedError } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

/** How old a source table of a pipeline's project was. */
export interface RecordedFreshness {
  /** `source.table`. */
  readonly source: string;
  /** Against what it declares; `unknown` when it could not be measured. */
  readonly status: 'pass' | 'warn' | 'error' | 'unknown';
  /** ISO instant; null when nothing was ever loaded, or it is unknown. */
  readonly maxLoadedAt: string | null;
  readonly ageSeconds: number | null;
  /** Why it is unknown. */
  readonly error: RecordedError | null;
}

/**
 * Records how old source tables were. Repeating it within an attempt replaces what was measured of the same tables.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function recordFreshness(
  ledger: Ledger,
  ref: TaskRef,
  measured: readonly RecordedFreshness[],
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    for (const { source, status, maxLoadedAt, ageSeconds, error } of measured) {
      await tx.rows(
        `INSERT INTO ops.source_freshness (run_id, task_id, attempt, pipeline, source, status, max_loaded_at, age_seconds, error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (task_id, attempt, source) DO UPDATE SET status = excluded.status, max_loaded_at = excluded.max_loaded_at,
           age_seconds = excluded.age_seconds, error = excluded.error, measured_at = clock_timestamp()`,
        [
          ...[task.runId, ref.taskId, ref.attempt, task.pipeline, source, status],
          ...[maxLoadedAt, ageSeconds, error === null ? null : jsonParam(error)],
        ],
      );
    }
  });
}

/** What a run measured, newest attempt of each table, by name. */
export function freshnessOf(ledger: Queryable, runId: string): Promise<RecordedFreshness[]> {
  return ledger.rows<RecordedFreshness & Record<string, unknown>>(
    `SELECT DISTINCT ON (source) source, status, max_loaded_at AS "maxLoadedAt", age_seconds AS "ageSeconds", error
     FROM ops.source_freshness WHERE run_id = $1 ORDER BY source, source_freshness_id DESC`,
    [runId],
  );
}
