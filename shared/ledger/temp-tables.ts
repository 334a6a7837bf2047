import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

export interface TempTable {
  /** `schema.name`, unquoted; see `hashedTableOf`. */
  readonly relation: string;
  readonly pipeline: string;
  readonly stream: string;
  readonly runId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly createdAt: string;
}

/**
 * Notes a temp table before it is created, so that a crash leaves none unknown. Repeatable.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function recordTempTable(ledger: Ledger, ref: TaskRef, relation: string): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    await tx.rows(
      `INSERT INTO ops.temp_tables (relation, pipeline, stream, run_id, task_id, attempt) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (relation) DO UPDATE SET dropped_at = NULL, task_id = excluded.task_id, attempt = excluded.attempt`,
      [relation, task.pipeline, task.stream, task.runId, ref.taskId, ref.attempt],
    );
  });
}

const TABLE_COLUMNS = `
  t.relation, t.pipeline, t.stream, t.run_id AS "runId", t.task_id AS "taskId", t.attempt, t.created_at AS "createdAt"`;

/** Temp tables of a run that should be there, newest first (the load's last attempt is the first of its stream). */
export function tempTablesOf(ledger: Queryable, runId: string): Promise<TempTable[]> {
  return ledger.rows<TempTable & Record<string, unknown>>(
    `SELECT ${TABLE_COLUMNS} FROM ops.temp_tables t WHERE t.run_id = $1 AND t.dropped_at IS NULL
     ORDER BY t.created_at DESC, t.relation`,
    [runId],
  );
}

/** Temp tables nobody needs: their run is closed, or a later attempt of their task has taken over. */
export function orphanTempTables(ledger: Queryable, limit = 500): Promise<TempTable[]> {
  return ledger.rows<TempTable & Record<string, unknown>>(
    `SELECT ${TABLE_COLUMNS} FROM ops.temp_tables t JOIN ops.runs r ON r.run_id = t.run_id
       JOIN ops.tasks k ON k.task_id = t.task_id
     WHERE t.dropped_at IS NULL AND (r.status NOT IN ('queued', 'running') OR t.attempt < k.attempt)
     ORDER BY t.created_at, t.relation LIMIT $1`,
    [limit],
  );
}

/** Notes that temp tables are gone from the warehouse. Repeatable; no guard, since any process may clean. */
export async function markTempTablesDropped(ledger: Queryable, relations: readonly string[]): Promise<void> {
  await ledger.rows(
    `UPDATE ops.temp_tables SET dropped_at = clock_timestamp() WHERE relation = ANY ($1::text[]) AND dropped_at IS NULL`,
    [relations],
  );
}
