import type { TaskRef } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from './errors.ts';
import { insertFiles, type NewFile } from './file-insert.ts';
import { jsonParam } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';
import { insertRejects } from './reject-insert.ts';
import type { WindowCounts, WindowSpec } from './windows.ts';

/** A slice about to land together with others of its stream and run. */
export interface BatchedWindow {
  readonly ref: TaskRef;
  readonly spec: WindowSpec;
}

/** Slice of a file that holds rows of several. */
export const SHARED_SLICE = '*';

/** What a batch landed of one slice. */
export interface LandedWindow {
  readonly ref: TaskRef;
  readonly windowId: string;
  readonly counts: WindowCounts;
}

/** The files of a batch; each may hold rows of every window. */
export interface BatchFiles {
  readonly good: NewFile | undefined;
  /** Its rejects name their windows. */
  readonly rejects: NewFile | undefined;
}

/**
 * Opens the windows of slices that will land together, abandoning what earlier attempts left open.
 *
 * @returns window ids by task id; tasks whose attempt was superseded are left out, and nothing is opened for them.
 */
export function openBatch(ledger: Ledger, windows: readonly BatchedWindow[]): Promise<Map<string, string>> {
  return withTransaction(ledger, async (tx) => {
    const current = await guardAttempts(
      tx,
      windows.map(({ ref }) => ref),
    );
    const wanted = windows.filter(({ ref }) => current.has(ref.taskId));
    if (wanted.length === 0) return new Map<string, string>();
    await abandonOpenOf(tx, wanted);
    const rows = await tx.rows<{ taskId: string; windowId: string }>(
      `INSERT INTO ops.windows (task_id, attempt, run_id, pipeline, stream, slice, mode, from_cursor, to_cursor, moves_watermark)
       SELECT t.task_id, t.attempt, t.run_id, t.pipeline, t.stream, t.slice, w.mode, w.from_cursor, w.to_cursor, w.moves
       FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::boolean[])
         AS w (task_id, mode, from_cursor, to_cursor, moves)
       JOIN ops.tasks t ON t.task_id = w.task_id ORDER BY t.task_id
       RETURNING task_id AS "taskId", window_id AS "windowId"`,
      [
        wanted.map(({ ref }) => ref.taskId),
        wanted.map(({ spec }) => spec.mode),
        wanted.map(({ spec }) => spec.fromCursor?.toString() ?? null),
        wanted.map(({ spec }) => spec.toCursor?.toString() ?? null),
        wanted.map(({ spec }) => spec.movesWatermark),
      ],
    );
    return new Map(rows.map((row) => [row.taskId, row.windowId]));
  });
}

/** Windows earlier attempts left open, and their files: those were never loaded, since only landed windows are. */
async function abandonOpenOf(tx: Queryable, windows: readonly BatchedWindow[]): Promise<void> {
  await tx.rows(
    `WITH left_open AS (
       UPDATE ops.windows o SET status = 'abandoned', closed_at = clock_timestamp()
       FROM ops.tasks t WHERE t.task_id = ANY ($1::bigint[]) AND o.status = 'open'
         AND (o.pipeline, o.stream, o.slice) = (t.pipeline, t.stream, t.slice) RETURNING o.window_id
     )
     UPDATE ops.files f SET state = 'discarded' FROM left_open w WHERE f.window_id = w.window_id`,
    [windows.map(({ ref }) => ref.taskId)],
  );
}

/**
 * Lands the windows of a batch with its files, all in one transaction or none. A batch of one slice is a file of that slice.
 *
 * @throws PenstockError LEDGER_BATCH_SUPERSEDED when an attempt is not current any more: its rows stand in the file, so the
 *   caller writes another without them; nothing was changed.
 */
export function landBatch(
  ledger: Ledger,
  windows: readonly LandedWindow[],
  { good, rejects }: BatchFiles,
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    const refs = windows.map(({ ref }) => ref);
    const current = await guardAttempts(tx, refs);
    const superseded = refs.filter(({ taskId }) => !current.has(taskId)).map(({ taskId }) => taskId);
    if (superseded.length > 0) {
      throw new PenstockError(ledgerErrors.batchSuperseded, { tasks: superseded.join(',') });
    }
    if (good !== undefined) await insertBatchFile(tx, windows, good);
    if (rejects !== undefined) await insertBatchFile(tx, windows, { ...rejects, isRejects: true });
    await markLanded(tx, windows);
  });
}

async function insertBatchFile(
  tx: Queryable,
  windows: readonly LandedWindow[],
  file: NewFile,
): Promise<void> {
  const [carrier] = windows;
  if (carrier === undefined) throw new PenstockError(ledgerErrors.notFound, { windows: 0 });
  const { rejects = [], ...alone } = file;
  const shared = windows.length > 1;
  const [fileId] = await insertFiles(
    tx,
    carrier.ref,
    carrier.windowId,
    [alone],
    shared ? SHARED_SLICE : undefined,
  );
  if (fileId === undefined) throw new PenstockError(ledgerErrors.notFound, { key: file.key });
  if (shared) await insertShares(tx, fileId, windows, file.isRejects === true);
  await insertRejects(tx, fileId, rejects);
}

async function insertShares(
  tx: Queryable,
  fileId: string,
  windows: readonly LandedWindow[],
  isRejects: boolean,
): Promise<void> {
  await tx.rows(
    `INSERT INTO ops.file_slices (file_id, window_id, row_count)
     SELECT $1, w.window_id, w.row_count FROM unnest($2::bigint[], $3::bigint[]) AS w (window_id, row_count)
     WHERE w.row_count > 0`,
    [
      fileId,
      windows.map(({ windowId }) => windowId),
      windows.map(({ counts }) => (isRejects ? counts.rejectedRows : counts.rows)),
    ],
  );
}

async function markLanded(tx: Queryable, windows: readonly LandedWindow[]): Promise<void> {
  await tx.rows(
    `UPDATE ops.windows o SET status = 'landed', landed_at = clock_timestamp(), row_count = w.rows,
       null_cursor_rows = w.null_rows, rejected_rows = w.rejected, source_ordinal = w.ordinal, result = w.result::jsonb
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
       AS w (window_id, rows, null_rows, rejected, ordinal, result)
     WHERE o.window_id = w.window_id`,
    [
      windows.map(({ windowId }) => windowId),
      windows.map(({ counts }) => counts.rows),
      windows.map(({ counts }) => counts.nullCursorRows),
      windows.map(({ counts }) => counts.rejectedRows),
      windows.map(({ counts }) => counts.sourceOrdinal ?? null),
      windows.map(({ counts }) => jsonParam(counts.result)),
    ],
  );
}

/** The tasks whose attempts are current, locked in the order of their ids. */
async function guardAttempts(tx: Queryable, refs: readonly TaskRef[]): Promise<Set<string>> {
  const rows = await tx.rows<{ taskId: string }>(
    `SELECT t.task_id AS "taskId" FROM ops.tasks t
     JOIN unnest($1::bigint[], $2::int[]) AS w (task_id, attempt) ON w.task_id = t.task_id AND w.attempt = t.attempt
     WHERE t.status = 'running' ORDER BY t.task_id FOR SHARE OF t`,
    [refs.map(({ taskId }) => taskId), refs.map(({ attempt }) => attempt)],
  );
  return new Set(rows.map((row) => row.taskId));
}
