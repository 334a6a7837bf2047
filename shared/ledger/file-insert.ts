import type { TaskRef } from '#shared/contracts/task.ts';
import { jsonParam } from './json.ts';
import type { Queryable } from './queryable.ts';
import { insertRejects, type NewReject } from './reject-insert.ts';

/** A landing file as its writer knows it. */
export interface NewFile {
  /** From 0, apart for good and rejects files of a window. */
  readonly part: number;
  /** `landing/…`, see `fileKeyOf`. */
  readonly key: string;
  readonly bytes: number;
  readonly rows: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly cursorMin: bigint | null;
  readonly cursorMax: bigint | null;
  readonly schemaFingerprint: string;
  readonly contractVersion: number;
  /** Default false. */
  readonly isRejects?: boolean;
  /** Rows of a rejects file. */
  readonly rejects?: readonly NewReject[];
}

/**
 * Inserts files (and the rejects they list) of an open window, inside a transaction that holds the attempt's guard. A file the
 * window has already under the same key stays as it is.
 *
 * @param slice default the window's; `*` for a file that holds rows of several windows.
 * @returns ids of the files that are new, in the order of `files`.
 */
export async function insertFiles(
  tx: Queryable,
  ref: TaskRef,
  windowId: string,
  files: readonly NewFile[],
  slice?: string,
): Promise<string[]> {
  const added = await tx.rows<{ fileId: string; key: string }>(
    `INSERT INTO ops.files (window_id, task_id, attempt, run_id, pipeline, stream, slice, part, key, bytes, row_count, sha256,
       cursor_min, cursor_max, schema_fingerprint, contract_version, is_rejects)
     SELECT w.window_id, w.task_id, w.attempt, w.run_id, w.pipeline, w.stream, coalesce($5, w.slice), f.part, f.key, f.bytes, f.rows,
       f.sha256, f."cursorMin", f."cursorMax", f."schemaFingerprint", f."contractVersion", f."isRejects"
     FROM ops.windows w CROSS JOIN jsonb_to_recordset($4::jsonb) AS f (part int, key text, bytes bigint, rows bigint,
       sha256 text, "cursorMin" bigint, "cursorMax" bigint, "schemaFingerprint" text, "contractVersion" int,
       "isRejects" boolean)
     WHERE w.window_id = $1 AND w.task_id = $2 AND w.attempt = $3 AND NOT EXISTS (
       SELECT FROM ops.files t WHERE t.key = f.key AND t.window_id = w.window_id AND t.sha256 = f.sha256)
     RETURNING file_id AS "fileId", key`,
    [windowId, ref.taskId, ref.attempt, jsonParam(files.map(recordOf)), slice ?? null],
  );
  const idByKey = new Map(added.map((row) => [row.key, row.fileId]));
  for (const file of files) {
    const fileId = idByKey.get(file.key);
    if (fileId !== undefined) await insertRejects(tx, fileId, file.rejects ?? []);
  }
  return files.flatMap((file) => idByKey.get(file.key) ?? []);
}

/** Cursors travel as text: a JSON number past 2^53 would be rounded. */
function recordOf(file: NewFile) {
  const { rejects: _, ...columns } = file;
  return {
    ...columns,
    cursorMin: file.cursorMin?.toString() ?? null,
    cursorMax: file.cursorMax?.toString() ?? null,
    isRejects: file.isRejects ?? false,
  };
}
