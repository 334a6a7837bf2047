import type { Queryable } from './queryable.ts';

/** `fresh`: all of it is in bronze. `incomplete`: it came, but not whole. `stale`: not this time. `missing`: it never came. */
export type SliceStanding = 'fresh' | 'incomplete' | 'stale' | 'missing' | 'gone';

/** How a slice of a stream stands after the last run that concerned it. */
export type SliceStatus = {
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
  readonly shard: string;
  readonly runId: string;
  readonly status: SliceStanding;
  readonly code: string | null;
  readonly reason: string | null;
  readonly lastAttemptAt: string;
  readonly lastSuccessAt: string | null;
  readonly expectedEntities: number | null;
  readonly answeredEntities: number | null;
  /** Newest time an entity of the slice reported, by the source's own clock. */
  readonly newestEventAt: string | null;
};

/** A slice whose rows of a run are not all in bronze, and why. */
export interface NotFresh {
  readonly stream: string;
  readonly slice: string;
  readonly reason: string;
}

/**
 * Takes over how the slices of a run stand: from its extract tasks, and from what its loads and merges left out. A slice of
 * the run that `notFresh` does not name is fresh. Repeatable; a later run's word is not overwritten by an earlier one's.
 */
export async function recordSliceStatus(
  ledger: Queryable,
  runId: string,
  notFresh: readonly NotFresh[],
): Promise<void> {
  await ledger.rows(
    `WITH why AS (
       SELECT * FROM unnest($2::text[], $3::text[], $4::text[]) AS w (stream, slice, reason)
     ), ended AS (
       SELECT t.pipeline, t.stream, t.slice, t.run_id,
         CASE WHEN strpos(t.slice, '/') > 0 THEN split_part(t.slice, '/', 1) ELSE t.shard END AS shard, t.status IN ('succeeded', 'no_changes') AS came,
         t.error ->> 'code' AS code, w.reason, t.result ->> 'incomplete' AS incomplete, t.result,
         coalesce(t.finished_at, clock_timestamp()) AS at, r.requested_at
       FROM ops.tasks t JOIN ops.runs r USING (run_id)
       LEFT JOIN why w ON w.stream = t.stream AND w.slice = t.slice
       WHERE t.run_id = $1 AND t.kind = 'extract' AND t.finished_at IS NOT NULL
     )
     INSERT INTO ops.slice_status AS s (pipeline, stream, slice, shard, run_id, status, code, reason, last_attempt_at,
       last_success_at, expected_entities, answered_entities, newest_event_at, last_calls)
     SELECT e.pipeline, e.stream, e.slice, e.shard, e.run_id,
       CASE WHEN e.reason IS NULL THEN 'fresh' WHEN e.came AND e.incomplete IS NOT NULL THEN 'incomplete'
         WHEN o.last_success_at IS NULL THEN 'missing' ELSE 'stale' END,
       CASE WHEN e.reason IS NOT NULL THEN e.code END, e.reason, e.at,
       CASE WHEN e.reason IS NULL THEN e.at ELSE o.last_success_at END,
       coalesce((e.result ->> 'expected')::bigint, o.expected_entities),
       CASE WHEN e.came THEN (e.result ->> 'answered')::bigint ELSE 0 END,
       greatest(to_timestamp((e.result ->> 'newestEventUs')::numeric / 1000000), o.newest_event_at),
       coalesce((e.result ->> 'calls')::float8, o.last_calls)
     FROM ended e LEFT JOIN ops.slice_status o USING (pipeline, stream, slice)
     ON CONFLICT (pipeline, stream, slice) DO UPDATE SET shard = excluded.shard, run_id = excluded.run_id,
       status = excluded.status, code = excluded.code, reason = excluded.reason, last_attempt_at = excluded.last_attempt_at,
       last_success_at = excluded.last_success_at, expected_entities = excluded.expected_entities,
       answered_entities = excluded.answered_entities, newest_event_at = excluded.newest_event_at,
       last_calls = excluded.last_calls, updated_at = clock_timestamp()
     WHERE s.last_attempt_at <= excluded.last_attempt_at`,
    [
      runId,
      notFresh.map((one) => one.stream),
      notFresh.map((one) => one.slice),
      notFresh.map((one) => one.reason),
    ],
  );
}

/** Slices of a stream that a run could not even ask for, because their shard did not answer. */
export interface UnreachedShard {
  readonly pipeline: string;
  readonly source: string;
  readonly shard: string;
  readonly streams: readonly string[];
  readonly runId: string;
  readonly code: string;
  readonly reason: string;
}

/** Every slice the ledger knows of a shard becomes stale, or stays missing. @returns what became so, for the manifest. */
export function recordUnreachedShard(ledger: Queryable, of: UnreachedShard): Promise<NotFresh[]> {
  return ledger.rows<NotFresh & Record<string, unknown>>(
    `INSERT INTO ops.slice_status AS s (pipeline, stream, slice, shard, run_id, status, code, reason, last_attempt_at,
       expected_entities)
     SELECT k.pipeline, t.stream, k.slice, k.shard, $5, 'missing', $6, $7, clock_timestamp(), k.entities
     FROM ops.slices k CROSS JOIN unnest($4::text[]) AS t (stream)
     WHERE k.pipeline = $1 AND k.source = $2 AND k.shard = $3 AND k.gone_at IS NULL
     ON CONFLICT (pipeline, stream, slice) DO UPDATE SET run_id = excluded.run_id, code = excluded.code, reason = excluded.reason,
       status = CASE WHEN s.last_success_at IS NULL THEN 'missing' ELSE 'stale' END,
       last_attempt_at = excluded.last_attempt_at, answered_entities = 0, updated_at = clock_timestamp()
     RETURNING s.stream, s.slice, s.reason`,
    [of.pipeline, of.source, of.shard, of.streams, of.runId, of.code, of.reason],
  );
}

/** Slices that their source lists no more: no dashboard should wait for them. */
export async function recordGoneSlices(
  ledger: Queryable,
  pipeline: string,
  source: string,
  streams: readonly string[],
): Promise<void> {
  await ledger.rows(
    `UPDATE ops.slice_status s SET status = 'gone', code = NULL, reason = 'its source lists it no more',
       updated_at = clock_timestamp()
     FROM ops.slices k WHERE k.pipeline = $1 AND k.source = $2 AND k.gone_at IS NOT NULL
       AND s.pipeline = k.pipeline AND s.slice = k.slice AND s.stream = ANY ($3::text[]) AND s.status <> 'gone'`,
    [pipeline, source, streams],
  );
}

/** How every slice of a pipeline stands, by stream and slice. */
export function sliceStatuses(ledger: Queryable, pipeline: string): Promise<SliceStatus[]> {
  return ledger.rows<SliceStatus>(
    `SELECT pipeline, stream, slice, shard, run_id AS "runId", status, code, reason,
       last_attempt_at AS "lastAttemptAt", last_success_at AS "lastSuccessAt",
       expected_entities::float8 AS "expectedEntities", answered_entities::float8 AS "answeredEntities",
       newest_event_at AS "newestEventAt"
     FROM ops.slice_status WHERE pipeline = $1 ORDER BY stream, slice`,
    [pipeline],
  );
}

/** How many slices of a stream stand how, where it has any. */
export type SliceCounts = {
  readonly pipeline: string;
  readonly stream: string;
  readonly fresh: number;
  readonly incomplete: number;
  readonly stale: number;
  readonly missing: number;
  /** Of slices that are not gone; the one that came longest ago. Null when one never came. */
  readonly oldestSuccessAt: string | null;
  readonly expectedEntities: number;
  readonly answeredEntities: number;
};

/** The slices of every stream whose slices are listed, counted. */
export function sliceCounts(ledger: Queryable, pipelines: readonly string[]): Promise<SliceCounts[]> {
  return ledger.rows<SliceCounts>(
    `SELECT pipeline, stream, count(*) FILTER (WHERE status = 'fresh')::int AS fresh,
       count(*) FILTER (WHERE status = 'incomplete')::int AS incomplete,
       count(*) FILTER (WHERE status = 'stale')::int AS stale, count(*) FILTER (WHERE status = 'missing')::int AS missing,
       CASE WHEN bool_and(last_success_at IS NOT NULL) THEN min(last_success_at) END AS "oldestSuccessAt",
       coalesce(sum(expected_entities), 0)::float8 AS "expectedEntities",
       coalesce(sum(answered_entities), 0)::float8 AS "answeredEntities"
     FROM ops.slice_status WHERE pipeline = ANY ($1::text[]) AND status <> 'gone' AND slice LIKE '%/%'
     GROUP BY pipeline, stream ORDER BY pipeline, stream`,
    [pipelines],
  );
}

/** Slices that are neither fresh nor gone, those that came longest ago first. */
export function slicesNotFresh(
  ledger: Queryable,
  pipelines: readonly string[],
  limit: number,
): Promise<
  Pick<SliceStatus, 'pipeline' | 'stream' | 'slice' | 'status' | 'reason' | 'lastSuccessAt' | 'runId'>[]
> {
  return ledger.rows(
    `SELECT pipeline, stream, slice, status, reason, last_success_at AS "lastSuccessAt", run_id AS "runId"
     FROM ops.slice_status WHERE pipeline = ANY ($1::text[]) AND status NOT IN ('fresh', 'gone')
     ORDER BY last_success_at NULLS FIRST, pipeline, stream, slice LIMIT $2`,
    [pipelines, limit],
  );
}

/** Calls each slice of a stream took the last time, where the ledger saw it. */
export async function lastCalls(
  ledger: Queryable,
  pipeline: string,
  stream: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await ledger.rows<{ slice: string; calls: number }>(
    `SELECT slice, last_calls AS calls FROM ops.slice_status
     WHERE pipeline = $1 AND stream = $2 AND last_calls IS NOT NULL`,
    [pipeline, stream],
  );
  return new Map(rows.map((row) => [row.slice, row.calls]));
}
