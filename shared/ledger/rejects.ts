import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt, supersededError } from './guard-attempt.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';
import { insertRejects, type NewReject } from './reject-insert.ts';

export type RejectStatus = 'rejected' | 'released' | 'discarded';

export interface Reject extends NewReject {
  readonly fileId: string;
  readonly status: RejectStatus;
  readonly runId: string;
  readonly windowId: string;
  readonly slice: string;
}

/**
 * Lists rejects under a rejects file of the attempt's open window; in as many calls as bounded memory asks for. Repeatable.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; LEDGER_ILLEGAL_MOVE once the window has landed.
 */
export function recordRejects(
  ledger: Ledger,
  ref: TaskRef,
  fileId: string,
  rejects: readonly NewReject[],
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    await guardAttempt(tx, ref);
    const own = await tx.rows(
      'SELECT file_id FROM ops.files WHERE file_id = $1 AND task_id = $2 AND attempt = $3 AND is_rejects',
      [fileId, ref.taskId, ref.attempt],
    );
    if (own.length === 0) throw supersededError(ref);
    await insertRejects(tx, fileId, rejects);
  });
}

/** Rejected rows of a run counted by stream, column and reason. One row may count in several columns. */
export function rejectCounts(
  ledger: Queryable,
  runId: string,
): Promise<{ stream: string; column: string; code: string; count: number }[]> {
  return ledger.rows<{ stream: string; column: string; code: string; count: number }>(
    `SELECT stream, column_name AS column, code, count(*)::int AS count FROM ops.rejects WHERE run_id = $1
     GROUP BY stream, column_name, code ORDER BY stream, column_name, code`,
    [runId],
  );
}

/** Rejects of a stream that nobody has dealt with, by file and ordinal. */
export function openRejects(
  ledger: Queryable,
  pipeline: string,
  stream: string,
  limit = 1_000,
): Promise<Reject[]> {
  return ledger.rows<Reject & Record<string, unknown>>(
    `SELECT file_id AS "fileId", ordinal::float8 AS ordinal, column_name AS column, code,
       contract_version AS "contractVersion", status, run_id AS "runId", window_id AS "windowId", slice
     FROM ops.rejects WHERE pipeline = $1 AND stream = $2 AND status = 'rejected'
     ORDER BY ops.rejects.file_id, ops.rejects.ordinal LIMIT $3`,
    [pipeline, stream, limit],
  );
}

/** Rejects that nobody has dealt with, counted by pipeline and stream. One row may count in several columns. */
export function openRejectCounts(
  ledger: Queryable,
): Promise<{ pipeline: string; stream: string; count: number }[]> {
  return ledger.rows<{ pipeline: string; stream: string; count: number }>(
    `SELECT pipeline, stream, count(*)::int AS count FROM ops.rejects WHERE status = 'rejected'
     GROUP BY pipeline, stream ORDER BY pipeline, stream`,
  );
}

/** Marks the open rejects of a file as released (read again under a newer contract) or discarded. Returns how many. */
export async function closeRejects(
  ledger: Queryable,
  fileId: string,
  status: Exclude<RejectStatus, 'rejected'>,
  who: string,
): Promise<number> {
  const rows = await ledger.rows(
    `UPDATE ops.rejects SET status = $2, closed_at = clock_timestamp(), closed_by = $3
     WHERE file_id = $1 AND status = 'rejected' RETURNING ordinal`,
    [fileId, status, who],
  );
  return rows.length;
}
