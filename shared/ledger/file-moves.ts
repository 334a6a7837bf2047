import { keyInPlace, type Place } from '#shared/contracts/names.ts';
import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

/** Who moves files: a task's attempt, or the reconciler that ends what a dead process began. */
export type Mover = TaskRef | 'reconciler';

/** A move that has begun. Bring the bytes from `key` to `toKey` (a repeatable move), then {@link finishMoves}. */
export interface FileMove {
  readonly fileId: string;
  readonly key: string;
  readonly toKey: string;
  readonly to: Place;
  readonly bytes: number;
  readonly sha256: string;
}

type MoveRow = Omit<FileMove, 'toKey'>;

const MOVE_COLUMNS = `f.file_id AS "fileId", f.key, f.moving_to AS "to", f.bytes::float8 AS bytes, f.sha256`;

const moveOf = (row: MoveRow): FileMove => ({ ...row, toKey: keyInPlace(row.key, row.to) });

/**
 * Notes that files are being moved: landed and merged ones to `archive`, quarantined ones to `quarantine`, released ones back
 * to `landing`. Files already there, and files whose state forbids the place, are left out.
 *
 * @returns every move to that place that is under way for these files, begun now or before.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function beginMoves(
  ledger: Ledger,
  by: Mover,
  fileIds: readonly string[],
  to: Place,
): Promise<FileMove[]> {
  return withTransaction(ledger, async (tx) => {
    if (by !== 'reconciler') await guardAttempt(tx, by);
    await tx.rows(
      'SELECT FROM ops.files WHERE file_id = ANY ($1::bigint[]) ORDER BY file_id FOR NO KEY UPDATE',
      [fileIds],
    );
    await tx.rows(
      `UPDATE ops.files SET moving_to = $2
       WHERE file_id = ANY ($1::bigint[]) AND place <> $2 AND moving_to IS NULL AND CASE $2
         WHEN 'archive' THEN state IN ('landed', 'merged') AND place = 'landing'
         WHEN 'quarantine' THEN state = 'quarantined'
         ELSE state = 'landed' END`,
      [fileIds, to],
    );
    const rows = await tx.rows<MoveRow & Record<string, unknown>>(
      `SELECT ${MOVE_COLUMNS} FROM ops.files f
       WHERE f.file_id = ANY ($1::bigint[]) AND f.moving_to = $2 ORDER BY f.file_id`,
      [fileIds, to],
    );
    return rows.map(moveOf);
  });
}

/**
 * Notes that the bytes have arrived: place and key change together. Repeatable; files that are not moving stay.
 *
 * @returns ids of the files that arrived now.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function finishMoves(ledger: Ledger, by: Mover, fileIds: readonly string[]): Promise<string[]> {
  return withTransaction(ledger, async (tx) => {
    if (by !== 'reconciler') await guardAttempt(tx, by);
    const rows = await tx.rows<{ fileId: string }>(
      `WITH held AS MATERIALIZED (
         SELECT file_id FROM ops.files WHERE file_id = ANY ($1::bigint[]) AND moving_to IS NOT NULL
         ORDER BY file_id FOR UPDATE
       )
       UPDATE ops.files f SET place = f.moving_to, key = f.moving_to || substr(f.key, strpos(f.key, '/')), moving_to = NULL
       FROM held h WHERE f.file_id = h.file_id RETURNING f.file_id AS "fileId"`,
      [fileIds],
    );
    return rows.map((row) => row.fileId);
  });
}

/** Moves under way, by file id: what a reconciler ends when the mover has died. */
export async function movesUnderWay(ledger: Queryable, limit = 1_000): Promise<FileMove[]> {
  const rows = await ledger.rows<MoveRow & Record<string, unknown>>(
    `SELECT ${MOVE_COLUMNS} FROM ops.files f WHERE f.moving_to IS NOT NULL ORDER BY f.file_id LIMIT $1`,
    [limit],
  );
  return rows.map(moveOf);
}

/** A discarded file whose bytes are still there. */
export interface DiscardedFile {
  readonly fileId: string;
  readonly key: string;
  readonly place: Place;
}

/** Discarded files whose bytes may be deleted: of abandoned windows, and those a person gave up. */
export function discardedFiles(ledger: Queryable, limit = 1_000): Promise<DiscardedFile[]> {
  return ledger.rows<DiscardedFile & Record<string, unknown>>(
    `SELECT file_id AS "fileId", key, place FROM ops.files
     WHERE state = 'discarded' AND deleted_at IS NULL ORDER BY ops.files.file_id LIMIT $1`,
    [limit],
  );
}

/** Notes that the bytes of discarded files are gone. Returns how many. */
export async function markFilesDeleted(ledger: Queryable, fileIds: readonly string[]): Promise<number> {
  const rows = await ledger.rows(
    `UPDATE ops.files SET deleted_at = clock_timestamp()
     WHERE file_id = ANY ($1::bigint[]) AND state = 'discarded' AND deleted_at IS NULL RETURNING file_id`,
    [fileIds],
  );
  return rows.length;
}
