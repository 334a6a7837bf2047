import type { Queryable } from './queryable.ts';

/** What was left out of rows because the contract does not name it. */
export interface DroppedKeyCount {
  /** Path of the object it stood in, made of contract and declared names only. */
  readonly parent: string;
  /** Null where the name may not be told. */
  readonly key: string | null;
  readonly entities: number;
  readonly occurrences: number;
}

/** Whose count it is. */
export interface DroppedBy {
  readonly runId: string;
  readonly pipeline: string;
  readonly stream: string;
  readonly processId: string;
}

/**
 * Replaces what a process has counted of a run's stream so far. Only names that recorders let through come here; the table
 * refuses others. One statement, since it is written with every file.
 */
export async function replaceDroppedKeys(
  ledger: Queryable,
  by: DroppedBy,
  dropped: readonly DroppedKeyCount[],
): Promise<void> {
  await ledger.rows(
    `WITH counted AS (
       SELECT k.parent, k.key, k.entities, k.occurrences
       FROM unnest($5::text[], $6::text[], $7::bigint[], $8::bigint[]) AS k (parent, key, entities, occurrences)
     ), kept AS (
       INSERT INTO ops.dropped_keys (run_id, pipeline, stream, process_id, parent, key, entities, occurrences)
       SELECT $1, $2, $3, $4, c.parent, c.key, c.entities, c.occurrences FROM counted AS c
       ON CONFLICT (run_id, stream, parent, key, process_id)
       DO UPDATE SET entities = excluded.entities, occurrences = excluded.occurrences
     )
     DELETE FROM ops.dropped_keys AS d
     WHERE d.run_id = $1 AND d.stream = $3 AND d.process_id = $4
       AND NOT EXISTS (SELECT FROM counted AS c WHERE c.parent = d.parent AND c.key = d.key)`,
    [
      by.runId,
      by.pipeline,
      by.stream,
      by.processId,
      dropped.map(({ parent }) => parent),
      dropped.map(({ key }) => key ?? ''),
      dropped.map(({ entities }) => entities),
      dropped.map(({ occurrences }) => occurrences),
    ],
  );
}

/** What a run dropped, by all processes together, most first. */
export type DroppedReport = {
  readonly stream: string;
  readonly parent: string;
  readonly key: string | null;
  readonly entities: number;
  readonly occurrences: number;
};

/** See {@link DroppedReport}. */
export function droppedKeys(ledger: Queryable, runId: string): Promise<DroppedReport[]> {
  return ledger.rows<DroppedReport>(
    `SELECT stream, parent, nullif(key, '') AS key, sum(entities)::float8 AS entities,
       sum(occurrences)::float8 AS occurrences
     FROM ops.dropped_keys WHERE run_id = $1 GROUP BY stream, parent, ops.dropped_keys.key
     ORDER BY stream, sum(ops.dropped_keys.occurrences) DESC, parent, key`,
    [runId],
  );
}
