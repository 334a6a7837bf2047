import type { Queryable } from './queryable.ts';

/** One source row that broke its contract in one column. Never a value. */
export interface NewReject {
  /** Of the row within its rejects file, from 0. */
  readonly ordinal: number;
  /** `''` when the row as a whole does not fit. */
  readonly column: string;
  /** Stable reason code of the contract's checks. */
  readonly code: string;
  readonly contractVersion: number;
  /** Window the row came in, where the file holds several; default the file's. */
  readonly windowId?: string;
}

/** Bounds the parameters of one statement. */
const CHUNK = 10_000;

/** Lists rejects under their file, inside a transaction that holds the attempt's guard. Those there stay as they are. */
export async function insertRejects(
  tx: Queryable,
  fileId: string,
  rejects: readonly NewReject[],
): Promise<void> {
  for (let start = 0; start < rejects.length; start += CHUNK) {
    const chunk = rejects.slice(start, start + CHUNK);
    await tx.rows(
      `INSERT INTO ops.rejects (file_id, ordinal, column_name, code, contract_version, run_id, window_id, pipeline, stream, slice)
       SELECT f.file_id, r.ordinal, r.column_name, r.code, r.contract_version, w.run_id, w.window_id, w.pipeline, w.stream,
         w.slice
       FROM ops.files f CROSS JOIN unnest($2::bigint[], $3::text[], $4::text[], $5::int[], $6::bigint[])
         AS r (ordinal, column_name, code, contract_version, window_id)
       JOIN ops.windows w ON w.window_id = coalesce(r.window_id, f.window_id)
       WHERE f.file_id = $1 ON CONFLICT (file_id, ordinal, column_name) DO NOTHING`,
      [
        fileId,
        chunk.map((reject) => reject.ordinal),
        chunk.map((reject) => reject.column),
        chunk.map((reject) => reject.code),
        chunk.map((reject) => reject.contractVersion),
        chunk.map((reject) => reject.windowId ?? null),
      ],
    );
  }
}
