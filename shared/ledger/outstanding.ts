import { firstRow, type Queryable } from './queryable.ts';

/**
 * Whether rows of a stream may still arrive that are older than what the given windows read: quarantined files, windows
 * being read, and landed files of other windows that no merge has taken.
 *
 * @param windowIds windows of the batch in hand.
 */
export async function hasOutstandingCopies(
  ledger: Queryable,
  pipeline: string,
  stream: string,
  windowIds: readonly string[],
): Promise<boolean> {
  const row = await firstRow(
    ledger.rows<{ outstanding: boolean }>(
      `SELECT EXISTS (
         SELECT FROM ops.windows w WHERE w.pipeline = $1 AND w.stream = $2 AND w.status = 'open'
       ) OR EXISTS (
         SELECT FROM ops.files f WHERE f.pipeline = $1 AND f.stream = $2 AND NOT f.is_rejects
           AND (f.state = 'quarantined' OR (f.state = 'landed' AND NOT f.window_id = ANY ($3::bigint[])))
       ) AS outstanding`,
      [pipeline, stream, windowIds],
    ),
  );
  return row?.outstanding !== false;
}
