import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { jsonParam, type RecordedError } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

/** How old a source table of a pipeline's project was. */
export interface RecordedFreshness {
  /** `source.table`. */
  readonly source: string;
  /** Against what it declares; `unknown` when it could not be measured. */
  readonly status: 'pass' | 'warn' | 'error' | 'unknown';
  /** ISO instant; null when nothing was ever loaded, or it is unknown. */
  readonly maxLoadedAt: string | null;
  readonly ageSeconds: number | null;
  /** Why it is unknown. */
  readonly error: RecordedError | null;
  /** What it declares of its age; null where it declares none. */
  readonly warnAfterSeconds: number | null;
  readonly errorAfterSeconds: number | null;
}

/**
 * Records how old source tables were. Repeating it within an attempt replaces what was measured of the same tables.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function recordFreshness(
  ledger: Ledger,
  ref: TaskRef,
  measured: readonly RecordedFreshness[],
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    for (const one of measured) {
      const { source, status, maxLoadedAt, ageSeconds, error } = one;
      await tx.rows(
        `INSERT INTO ops.source_freshness (run_id, task_id, attempt, pipeline, source, status, max_loaded_at, age_seconds, error,
           warn_after_seconds, error_after_seconds)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (task_id, attempt, source) DO UPDATE SET status = excluded.status, max_loaded_at = excluded.max_loaded_at,
           age_seconds = excluded.age_seconds, error = excluded.error, measured_at = clock_timestamp()`,
        [
          ...[task.runId, ref.taskId, ref.attempt, task.pipeline, source, status],
          ...[maxLoadedAt, ageSeconds, error === null ? null : jsonParam(error)],
          ...[one.warnAfterSeconds, one.errorAfterSeconds],
        ],
      );
    }
  });
}

/** What a run measured, newest attempt of each table, by name. */
export function freshnessOf(ledger: Queryable, runId: string): Promise<RecordedFreshness[]> {
  return ledger.rows<RecordedFreshness & Record<string, unknown>>(
    `SELECT DISTINCT ON (source) source, status, max_loaded_at AS "maxLoadedAt", age_seconds AS "ageSeconds", error,
       warn_after_seconds AS "warnAfterSeconds", error_after_seconds AS "errorAfterSeconds"
     FROM ops.source_freshness WHERE run_id = $1 ORDER BY source, source_freshness_id DESC`,
    [runId],
  );
}

/** The last measurement of each source of all pipelines. */
export type LastFreshness = Omit<RecordedFreshness, 'status' | 'ageSeconds'> & { readonly pipeline: string };

/** See {@link LastFreshness}; by pipeline and source. */
export function lastFreshness(ledger: Queryable): Promise<LastFreshness[]> {
  return ledger.rows<LastFreshness & Record<string, unknown>>(
    `SELECT DISTINCT ON (pipeline, source) pipeline, source, max_loaded_at AS "maxLoadedAt", error,
       warn_after_seconds AS "warnAfterSeconds", error_after_seconds AS "errorAfterSeconds"
     FROM ops.source_freshness ORDER BY pipeline, source, source_freshness_id DESC`,
  );
}

/** How old a source is as time goes by. */
export type FreshnessState = 'pass' | 'suspended' | 'warn' | 'error' | 'unknown';

export interface JudgedSource {
  readonly pipeline: string;
  readonly source: string;
  readonly state: FreshnessState;
  readonly maxLoadedAt: string | null;
}

/**
 * Notes how old a source is now.
 *
 * @returns the state before when it was another one (null: it was never judged); undefined when nothing changed.
 */
export async function noteFreshness(
  ledger: Queryable,
  judged: JudgedSource,
): Promise<{ readonly before: FreshnessState | null } | undefined> {
  const [row] = await ledger.rows<{ before: FreshnessState | null }>(
    `WITH before AS (SELECT state FROM ops.freshness_states WHERE pipeline = $1 AND source = $2 FOR UPDATE),
     changed AS (
       UPDATE ops.freshness_states f SET state = $3, max_loaded_at = $4, since = clock_timestamp(), judged_at = clock_timestamp()
       FROM before b WHERE f.pipeline = $1 AND f.source = $2 AND b.state <> $3 RETURNING b.state
     ), added AS (
       INSERT INTO ops.freshness_states (pipeline, source, state, max_loaded_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (pipeline, source) DO NOTHING RETURNING state
     ) SELECT state AS before FROM changed UNION ALL SELECT NULL FROM added`,
    [judged.pipeline, judged.source, judged.state, judged.maxLoadedAt],
  );
  return row;
}

/** How old every source is, as last judged. */
export function freshnessStates(ledger: Queryable): Promise<(JudgedSource & { readonly since: string })[]> {
  return ledger.rows<JudgedSource & { since: string } & Record<string, unknown>>(
    `SELECT pipeline, source, state, max_loaded_at AS "maxLoadedAt", since FROM ops.freshness_states
     ORDER BY pipeline, source`,
  );
}
