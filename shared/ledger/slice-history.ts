import { firstRow, type Queryable } from './queryable.ts';

/**
 * Logical time of the last run that read a slice from its beginning; undefined when none did. What decides whether a
 * full comparison is due.
 */
export async function lastFullWindowAt(
  ledger: Queryable,
  pipeline: string,
  stream: string,
  slice: string,
): Promise<Date | undefined> {
  const row = await firstRow(
    ledger.rows<{ at: string | null }>(
      `SELECT max(r.logical_time) AS at FROM ops.windows w JOIN ops.runs r USING (run_id)
       WHERE w.pipeline = $1 AND w.stream = $2 AND w.slice = $3 AND w.mode = 'full'
         AND w.status IN ('landed', 'settled', 'superseded')`,
      [pipeline, stream, slice],
    ),
  );
  return row?.at == null ? undefined : new Date(row.at);
}
