import type { TaskRef } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from './errors.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type JsonObject, jsonParam, type RecordedError } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

export interface NewModelRun {
  readonly model: string;
  readonly layer: string;
  readonly materialization: string;
  readonly sqlChecksum?: string;
  /** `YYYY-MM-DD`, where the model depends on the day. */
  readonly asOf?: string;
  /** Version of each input it read, by name. */
  readonly inputVersions?: JsonObject;
}

/** When the work itself began and how long it took, where it is told only afterwards. */
export interface TimeTaken {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly ms: number;
}

export type ModelRunOutcome =
  | { readonly status: 'succeeded'; readonly rowsAffected?: number; readonly took?: TimeTaken }
  | { readonly status: 'failed'; readonly error: RecordedError; readonly took?: TimeTaken }
  | { readonly status: 'skipped' };

export interface ModelRun {
  readonly modelRunId: string;
  readonly runId: string;
  readonly model: string;
  readonly layer: string;
  readonly materialization: string;
  readonly status: 'running' | ModelRunOutcome['status'];
  readonly rowsAffected: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly error: RecordedError | null;
}

/**
 * Notes that an attempt builds a model. Repeatable: the same attempt gets the same id.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function startModelRun(ledger: Ledger, ref: TaskRef, model: NewModelRun): Promise<string> {
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    await tx.rows(
      `INSERT INTO ops.model_runs (run_id, task_id, attempt, pipeline, model, layer, materialization, status, sql_checksum,
         as_of, input_versions)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $10) ON CONFLICT (task_id, attempt, model) DO NOTHING`,
      [
        task.runId,
        ref.taskId,
        ref.attempt,
        task.pipeline,
        model.model,
        model.layer,
        model.materialization,
        model.sqlChecksum ?? null,
        model.asOf ?? null,
        jsonParam(model.inputVersions ?? {}),
      ],
    );
    const row = await firstRow(
      tx.rows<{ id: string }>(
        'SELECT model_run_id AS id FROM ops.model_runs WHERE task_id = $1 AND attempt = $2 AND model = $3',
        [ref.taskId, ref.attempt, model.model],
      ),
    );
    return row?.id ?? '';
  });
}

/**
 * Ends a model run of this attempt.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; LEDGER_ILLEGAL_MOVE when it has ended; LEDGER_NOT_FOUND when it is another
 *   attempt's.
 */
export function finishModelRun(
  ledger: Ledger,
  ref: TaskRef,
  modelRunId: string,
  outcome: ModelRunOutcome,
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    await guardAttempt(tx, ref);
    const took = outcome.status === 'skipped' ? undefined : outcome.took;
    const rows = await tx.rows(
      `UPDATE ops.model_runs SET status = $4, rows_affected = $5, error = $6, started_at = coalesce($7::timestamptz, started_at),
         finished_at = coalesce($7::timestamptz + $8::float8 * interval '1 millisecond', clock_timestamp())
       WHERE model_run_id = $1 AND task_id = $2 AND attempt = $3 RETURNING model_run_id`,
      [
        modelRunId,
        ref.taskId,
        ref.attempt,
        outcome.status,
        outcome.status === 'succeeded' ? (outcome.rowsAffected ?? null) : null,
        outcome.status === 'failed' ? jsonParam(outcome.error) : null,
        took?.startedAt ?? null,
        took?.ms ?? null,
      ],
    );
    if (rows.length === 0) throw new PenstockError(ledgerErrors.notFound, { modelRunId });
  });
}

/** Model runs of a run, in order of their start. */
export function modelRunsOf(ledger: Queryable, runId: string): Promise<ModelRun[]> {
  return ledger.rows<ModelRun & Record<string, unknown>>(
    `SELECT model_run_id AS "modelRunId", run_id AS "runId", model, layer, materialization, status,
       rows_affected::float8 AS "rowsAffected", started_at AS "startedAt", finished_at AS "finishedAt", error
     FROM ops.model_runs WHERE run_id = $1 ORDER BY ops.model_runs.model_run_id`,
    [runId],
  );
}

export interface Publication {
  readonly model: string;
  /** Version of each input it was built from, by name: equal ones and an equal `as_of` need no rebuild. */
  readonly inputVersions: JsonObject;
  readonly sqlChecksum: string;
  readonly asOf?: string;
}

export interface ModelVersion extends Omit<Publication, 'asOf'> {
  readonly version: string;
  readonly asOf: string | null;
  readonly runId: string;
  readonly publishedAt: string;
}

/**
 * Notes that models have been published together: each one's version rises by one.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function publishModelVersions(
  ledger: Ledger,
  ref: TaskRef,
  publications: readonly Publication[],
): Promise<void> {
  const inOrder = publications.toSorted((a, b) => (a.model < b.model ? -1 : 1));
  return withTransaction(ledger, async (tx) => {
    const task = await guardAttempt(tx, ref);
    for (const publication of inOrder) {
      await tx.rows(
        `INSERT INTO ops.model_versions AS v (pipeline, model, version, input_versions, sql_checksum, as_of, run_id)
         VALUES ($1, $2, 1, $3, $4, $5, $6)
         ON CONFLICT (pipeline, model) DO UPDATE SET version = v.version + 1, input_versions = excluded.input_versions,
           sql_checksum = excluded.sql_checksum, as_of = excluded.as_of, run_id = excluded.run_id,
           published_at = clock_timestamp()`,
        [
          task.pipeline,
          publication.model,
          jsonParam(publication.inputVersions),
          publication.sqlChecksum,
          publication.asOf ?? null,
          task.runId,
        ],
      );
    }
  });
}

/** What is published of a pipeline, by model name. */
export async function modelVersions(ledger: Queryable, pipeline: string): Promise<Map<string, ModelVersion>> {
  const rows = await ledger.rows<ModelVersion & Record<string, unknown>>(
    `SELECT model, version, input_versions AS "inputVersions", sql_checksum AS "sqlChecksum", as_of AS "asOf",
       run_id AS "runId", published_at AS "publishedAt"
     FROM ops.model_versions WHERE pipeline = $1 ORDER BY model`,
    [pipeline],
  );
  return new Map(rows.map((row) => [row.model, row]));
}
