import type { Place } from '#shared/contracts/names.ts';
import type { TaskRef } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from './errors.ts';
import { recordEvent } from './events.ts';
import { insertFiles, type NewFile } from './file-insert.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type JsonObject, jsonParam } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

export type { NewFile } from './file-insert.ts';

export type FileState = 'landed' | 'merged' | 'quarantined' | 'discarded';

/** A landing file as the ledger sees it: in exactly one place. */
export interface LedgerFile {
  readonly fileId: string;
  readonly windowId: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly runId: string;
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
  readonly part: number;
  /** Of its current place. */
  readonly key: string;
  readonly place: Place;
  /** Where a move has begun to; finish that before doing anything else with the file. */
  readonly movingTo: Place | null;
  readonly state: FileState;
  readonly isRejects: boolean;
  readonly bytes: number;
  readonly rows: number;
  readonly sha256: string;
  readonly cursorMin: bigint | null;
  readonly cursorMax: bigint | null;
  readonly schemaFingerprint: string;
  readonly contractVersion: number;
  readonly quarantineReason: JsonObject | null;
  readonly mergedByRun: string | null;
}

type FileRow = Omit<LedgerFile, 'cursorMin' | 'cursorMax'> & {
  cursorMin: string | null;
  cursorMax: string | null;
};

const FILE_COLUMNS = `
  f.file_id AS "fileId", f.window_id AS "windowId", f.task_id AS "taskId", f.attempt, f.run_id AS "runId", f.pipeline,
  f.stream, f.slice, f.part, f.key, f.place, f.moving_to AS "movingTo", f.state, f.is_rejects AS "isRejects",
  f.bytes::float8 AS bytes, f.row_count::float8 AS rows, f.sha256, f.cursor_min AS "cursorMin", f.cursor_max AS "cursorMax",
  f.schema_fingerprint AS "schemaFingerprint", f.contract_version AS "contractVersion",
  f.quarantine_reason AS "quarantineReason", f.merged_by_run AS "mergedByRun"`;

const bigintOrNull = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

/** Runs a query that selects {@link FILE_COLUMNS} of `ops.files f`. */
async function selectFiles(
  ledger: Queryable,
  where: string,
  values: readonly unknown[],
): Promise<LedgerFile[]> {
  const rows = await ledger.rows<FileRow & Record<string, unknown>>(
    `SELECT ${FILE_COLUMNS} FROM ops.files f ${where}`,
    values,
  );
  return rows.map((row) => ({
    ...row,
    cursorMin: bigintOrNull(row.cursorMin),
    cursorMax: bigintOrNull(row.cursorMax),
  }));
}

/**
 * Records files of the attempt's open window as they land. The loader hears of them only when the window has landed.
 * Repeatable: a file with the same key and checksum stays as it is.
 *
 * @returns ids in the order of `files`.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT, LEDGER_ILLEGAL_MOVE when the window is not open,
 *   POSTGRES_CONSTRAINT `files_key_once` when another file has the key; nothing was changed then.
 */
export function recordFiles(
  ledger: Ledger,
  ref: TaskRef,
  windowId: string,
  files: readonly NewFile[],
): Promise<string[]> {
  return withTransaction(ledger, async (tx) => {
    await guardAttempt(tx, ref);
    await insertFiles(tx, ref, windowId, files);
    const rows = await tx.rows<{ fileId: string; key: string }>(
      'SELECT file_id AS "fileId", key FROM ops.files WHERE window_id = $1 AND task_id = $2 AND attempt = $3',
      [windowId, ref.taskId, ref.attempt],
    );
    const idByKey = new Map(rows.map((row) => [row.key, row.fileId]));
    return files.map((file) => {
      const fileId = idByKey.get(file.key);
      if (fileId === undefined) throw new PenstockError(ledgerErrors.notFound, { windowId, part: file.part });
      return fileId;
    });
  });
}

/** Everything a load of the stream takes: landed, unmerged good files of landed windows, whatever run landed them. */
export function unmergedFiles(ledger: Queryable, pipeline: string, stream: string): Promise<LedgerFile[]> {
  return selectFiles(
    ledger,
    `JOIN ops.windows w ON w.window_id = f.window_id AND w.status IN ('landed', 'settled', 'superseded')
     WHERE f.pipeline = $1 AND f.stream = $2 AND f.state = 'landed' AND NOT f.is_rejects ORDER BY f.file_id`,
    [pipeline, stream],
  );
}

/** The files with these ids, by id. */
export function getFiles(ledger: Queryable, fileIds: readonly string[]): Promise<LedgerFile[]> {
  return selectFiles(ledger, 'WHERE f.file_id = ANY ($1::bigint[]) ORDER BY f.file_id', [fileIds]);
}

/** All files that a run landed, rejects files included, by id. */
export function filesOfRun(ledger: Queryable, runId: string): Promise<LedgerFile[]> {
  return selectFiles(ledger, 'WHERE f.run_id = $1 ORDER BY f.file_id', [runId]);
}

/** Quarantined files of a pipeline, by id. */
export function quarantinedFiles(ledger: Queryable, pipeline: string): Promise<LedgerFile[]> {
  return selectFiles(ledger, `WHERE f.pipeline = $1 AND f.state = 'quarantined' ORDER BY f.file_id`, [
    pipeline,
  ]);
}

/** What is known of an object's key, undefined when the ledger never heard of it (an orphan of a crash). */
export async function fileByKey(ledger: Queryable, key: string): Promise<LedgerFile | undefined> {
  return (await selectFiles(ledger, 'WHERE f.key = $1', [key]))[0];
}

export interface MergeMarks {
  /** Merged by this call. */
  readonly merged: string[];
  /** Were merged before, by this run or another: a merge repeated changes nothing. */
  readonly already: string[];
  /** Quarantined or discarded meanwhile: they keep that state, and their window its watermark. */
  readonly refused: string[];
}

/**
 * Notes that bronze holds these files.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function markMerged(ledger: Ledger, ref: TaskRef, fileIds: readonly string[]): Promise<MergeMarks> {
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    const rows = await tx.rows<{ fileId: string; was: FileState }>(
      `WITH held AS MATERIALIZED (
         SELECT file_id, state FROM ops.files WHERE file_id = ANY ($1::bigint[]) AND NOT is_rejects
         ORDER BY file_id FOR NO KEY UPDATE
       ), moved AS (
         UPDATE ops.files f SET state = 'merged', merged_by_run = $2, merged_at = clock_timestamp()
         FROM held h WHERE f.file_id = h.file_id AND h.state = 'landed'
       )
       SELECT file_id AS "fileId", state AS was FROM held`,
      [fileIds, task.runId],
    );
    const withState = (...states: FileState[]): string[] =>
      rows.filter((row) => states.includes(row.was)).map((row) => row.fileId);
    return {
      merged: withState('landed'),
      already: withState('merged'),
      refused: withState('quarantined', 'discarded'),
    };
  });
}

/**
 * Stops a file at the door: quarantined, and on its way to `quarantine/` (then move the bytes and `finishMoves`). Repeatable:
 * the first reason stands.
 *
 * @param reason code, column, row ordinal, …; never a value.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; LEDGER_ILLEGAL_MOVE when it is merged, discarded or moving elsewhere.
 */
export function quarantineFile(
  ledger: Ledger,
  ref: TaskRef,
  fileId: string,
  reason: JsonObject,
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    await guardAttempt(tx, ref);
    const file = await lockFile(tx, fileId);
    if (file.state === 'quarantined') return;
    if (file.state !== 'landed' || (file.movingTo !== null && file.movingTo !== 'quarantine')) {
      throw new PenstockError(ledgerErrors.illegalMove, {
        fileId,
        state: file.state,
        movingTo: file.movingTo,
      });
    }
    await tx.rows(
      `UPDATE ops.files SET state = 'quarantined', quarantine_reason = $2,
         moving_to = CASE WHEN place <> 'quarantine' THEN 'quarantine' ELSE NULL END WHERE file_id = $1`,
      [fileId, jsonParam(reason)],
    );
  });
}

/**
 * A person lets a quarantined file through: landed again, and on its way back to `landing/`; the next load takes it.
 *
 * @throws PenstockError LEDGER_ILLEGAL_MOVE unless it is quarantined and its move there has ended.
 */
export function releaseFile(ledger: Ledger, fileId: string, who: string): Promise<void> {
  return decide(ledger, fileId, who, 'released', `state = 'landed', moving_to = 'landing'`);
}

/**
 * A person gives a quarantined file up. Its window settles only where the caller of `settleWindows` accepts that.
 *
 * @throws PenstockError LEDGER_ILLEGAL_MOVE unless it is quarantined and its move there has ended.
 */
export function discardFile(ledger: Ledger, fileId: string, who: string): Promise<void> {
  return decide(ledger, fileId, who, 'discarded', `state = 'discarded'`);
}

function decide(ledger: Ledger, fileId: string, who: string, verb: string, change: string): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    const file = await lockFile(tx, fileId);
    if (file.state !== 'quarantined' || file.movingTo !== null) {
      throw new PenstockError(ledgerErrors.illegalMove, {
        fileId,
        state: file.state,
        movingTo: file.movingTo,
      });
    }
    await tx.rows(`UPDATE ops.files SET ${change} WHERE file_id = $1`, [fileId]);
    const facts = { fileId, who, stream: file.stream };
    await recordEvent(tx, { level: 'info', type: `file.${verb}`, pipeline: file.pipeline, facts });
  });
}

async function lockFile(
  tx: Queryable,
  fileId: string,
): Promise<Pick<LedgerFile, 'state' | 'movingTo' | 'pipeline' | 'stream'>> {
  const file = await firstRow(
    tx.rows<Pick<LedgerFile, 'state' | 'movingTo' | 'pipeline' | 'stream'>>(
      'SELECT state, moving_to AS "movingTo", pipeline, stream FROM ops.files WHERE file_id = $1 FOR NO KEY UPDATE',
      [fileId],
    ),
  );
  if (file === undefined) throw new PenstockError(ledgerErrors.notFound, { fileId });
  return file;
}
