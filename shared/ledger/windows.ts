import type { TaskRef } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from './errors.ts';
import { insertFiles, type NewFile } from './file-insert.ts';
import { guardAttempt, supersededError } from './guard-attempt.ts';
import { type JsonObject, jsonParam } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

export type WindowMode = 'incremental' | 'full' | 'backfill' | 'replay';
export type WindowStatus = 'open' | 'landed' | 'settled' | 'superseded' | 'abandoned';

/** What one attempt reads of a slice: `[fromCursor, toCursor)`. */
export interface WindowSpec {
  readonly mode: WindowMode;
  /** The watermark it started at; null where the slice has none. */
  readonly fromCursor: bigint | null;
  /** Exclusive bound; null only for windows that move no watermark. */
  readonly toCursor: bigint | null;
  /** Only `incremental` and `full` windows may. */
  readonly movesWatermark: boolean;
  /** How far the bound was held back, and by what (`pid=…`, `gid=…`). */
  readonly heldBackMs?: number;
  readonly heldBackBy?: string;
}

/** What was read, known once it has landed. */
export interface WindowCounts {
  /** Rows in good files. */
  readonly rows: number;
  /** Of those, rows whose cursor is NULL. */
  readonly nullCursorRows: number;
  /** Rows in rejects files. */
  readonly rejectedRows: number;
  /** Position of the snapshot in the source (for PostgreSQL the LSN). */
  readonly sourceOrdinal?: string;
  /** What its task will say of it, for the attempt that follows when the worker dies before it can. */
  readonly result?: JsonObject;
}

export interface LedgerWindow {
  readonly windowId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly runId: string;
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
  readonly mode: WindowMode;
  readonly fromCursor: bigint | null;
  readonly toCursor: bigint | null;
  readonly sourceOrdinal: string | null;
  readonly movesWatermark: boolean;
  readonly status: WindowStatus;
  readonly rows: number | null;
  readonly nullCursorRows: number | null;
  readonly rejectedRows: number | null;
  readonly heldBackMs: number | null;
  readonly heldBackBy: string | null;
  readonly result: JsonObject | null;
}

type WindowRow = Omit<LedgerWindow, 'fromCursor' | 'toCursor'> & {
  fromCursor: string | null;
  toCursor: string | null;
};

const WINDOW_COLUMNS = `
  window_id AS "windowId", task_id AS "taskId", attempt, run_id AS "runId", pipeline, stream, slice, mode,
  from_cursor AS "fromCursor", to_cursor AS "toCursor", source_ordinal AS "sourceOrdinal",
  moves_watermark AS "movesWatermark", status, row_count::float8 AS rows, null_cursor_rows::float8 AS "nullCursorRows",
  rejected_rows::float8 AS "rejectedRows", held_back_ms::float8 AS "heldBackMs", held_back_by AS "heldBackBy", result`;

/**
 * Opens the window of the task's slice. A window of the slice that an earlier attempt left open is abandoned, and its files
 * with it (they were never loaded: only landed windows are).
 *
 * @returns the window id, which also breaks ties between versions.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function openWindow(ledger: Ledger, ref: TaskRef, spec: WindowSpec): Promise<string> {
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    await abandonOpenWindows(tx, task.pipeline, task.stream, task.slice);
    const row = await firstRow(
      tx.rows<{ windowId: string }>(
        `INSERT INTO ops.windows (task_id, attempt, run_id, pipeline, stream, slice, mode, from_cursor, to_cursor,
           moves_watermark, held_back_ms, held_back_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING window_id AS "windowId"`,
        [
          ref.taskId,
          ref.attempt,
          task.runId,
          task.pipeline,
          task.stream,
          task.slice,
          spec.mode,
          spec.fromCursor,
          spec.toCursor,
          spec.movesWatermark,
          spec.heldBackMs === undefined ? null : Math.round(spec.heldBackMs),
          spec.heldBackBy ?? null,
        ],
      ),
    );
    if (row === undefined) throw supersededError(ref);
    return row.windowId;
  });
}

async function abandonOpenWindows(
  tx: Queryable,
  pipeline: string,
  stream: string,
  slice: string,
): Promise<void> {
  await tx.rows(
    `WITH left_open AS (
       UPDATE ops.windows SET status = 'abandoned', closed_at = clock_timestamp()
       WHERE pipeline = $1 AND stream = $2 AND slice = $3 AND status = 'open' RETURNING window_id
     )
     UPDATE ops.files f SET state = 'discarded' FROM left_open w WHERE f.window_id = w.window_id`,
    [pipeline, stream, slice],
  );
}

/**
 * Lands a window: its counts, and in the same transaction the files not yet recorded by `recordFiles`. From here on the
 * loader may take them. Repeatable by the same attempt.
 *
 * @param alongside what becomes true with the landing, in its transaction; left out when the window had landed before.
 * @returns ids of all files of the window, good ones first, by part.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; LEDGER_ILLEGAL_MOVE when the window is abandoned; nothing was changed then.
 */
export function landWindow(
  ledger: Ledger,
  ref: TaskRef,
  windowId: string,
  counts: WindowCounts,
  files: readonly NewFile[] = [],
  alongside: (tx: Queryable) => Promise<void> = async () => {},
): Promise<string[]> {
  return withTransaction(ledger, async (tx) => {
    await guardAttempt(tx, ref);
    const status = await ownWindowStatus(tx, ref, windowId);
    if (status === 'open') {
      await insertFiles(tx, ref, windowId, files);
      await markLanded(tx, windowId, counts);
      await alongside(tx);
    } else if (status === 'abandoned') {
      throw new PenstockError(ledgerErrors.illegalMove, { windowId, status });
    }
    const rows = await tx.rows<{ fileId: string }>(
      `SELECT file_id AS "fileId" FROM ops.files WHERE window_id = $1 ORDER BY is_rejects, part`,
      [windowId],
    );
    return rows.map((row) => row.fileId);
  });
}

async function ownWindowStatus(tx: Queryable, ref: TaskRef, windowId: string): Promise<WindowStatus> {
  const row = await firstRow(
    tx.rows<{ status: WindowStatus }>(
      'SELECT status FROM ops.windows WHERE window_id = $1 AND task_id = $2 AND attempt = $3 FOR UPDATE',
      [windowId, ref.taskId, ref.attempt],
    ),
  );
  if (row === undefined) throw supersededError(ref);
  return row.status;
}

async function markLanded(tx: Queryable, windowId: string, counts: WindowCounts): Promise<void> {
  await tx.rows(
    `UPDATE ops.windows SET status = 'landed', landed_at = clock_timestamp(), row_count = $2, null_cursor_rows = $3,
       rejected_rows = $4, source_ordinal = $5, result = $6 WHERE window_id = $1`,
    [
      windowId,
      counts.rows,
      counts.nullCursorRows,
      counts.rejectedRows,
      counts.sourceOrdinal ?? null,
      jsonParam(counts.result),
    ],
  );
}

/** Windows of a task, oldest first, of any attempt: an attempt finds here what an earlier one has already landed. */
export async function windowsOfTask(ledger: Queryable, taskId: string): Promise<LedgerWindow[]> {
  const rows = await ledger.rows<WindowRow & Record<string, unknown>>(
    `SELECT ${WINDOW_COLUMNS} FROM ops.windows WHERE task_id = $1 ORDER BY window_id`,
    [taskId],
  );
  return rows.map(windowOf);
}

/** Windows of a run, for its manifest, oldest first. */
export async function windowsOfRun(ledger: Queryable, runId: string): Promise<LedgerWindow[]> {
  const rows = await ledger.rows<WindowRow & Record<string, unknown>>(
    `SELECT ${WINDOW_COLUMNS} FROM ops.windows WHERE run_id = $1 ORDER BY window_id`,
    [runId],
  );
  return rows.map(windowOf);
}

/**
 * Where the next window of a slice may start if it is to follow on what has landed but not settled: the bound of the newest
 * landed window that moves the watermark. Null when there is none (start at the watermark).
 */
export async function landedBound(
  ledger: Queryable,
  pipeline: string,
  stream: string,
  slice: string,
): Promise<bigint | null> {
  const row = await firstRow(
    ledger.rows<{ bound: string }>(
      `SELECT to_cursor AS bound FROM ops.windows
       WHERE pipeline = $1 AND stream = $2 AND slice = $3 AND status = 'landed' AND moves_watermark
       ORDER BY window_id DESC LIMIT 1`,
      [pipeline, stream, slice],
    ),
  );
  return row === undefined ? null : BigInt(row.bound);
}

const bigintOrNull = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

function windowOf(row: WindowRow): LedgerWindow {
  return { ...row, fromCursor: bigintOrNull(row.fromCursor), toCursor: bigintOrNull(row.toCursor) };
}
