import type { RunKind, RunStatus } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from './errors.ts';
import { type JsonObject, jsonParam, type RecordedError } from './json.ts';
import { firstRow, type Queryable } from './queryable.ts';

/** A run before it exists. Instants are ISO text, dates `YYYY-MM-DD`. */
export interface NewRun {
  /** Deterministic, see `runIdOf`. */
  readonly runId: string;
  readonly pipeline: string;
  readonly kind: Exclude<RunKind, 'scheduled'>;
  readonly logicalTime: string;
  readonly asOf: string;
  readonly ingestionDate: string;
  readonly streams: readonly string[];
  readonly layers: readonly string[];
  readonly requestedBy: string;
  readonly idempotencyKey?: string;
  readonly params?: JsonObject;
}

/** A run that a schedule asks for. */
export interface DueRun extends Omit<NewRun, 'kind' | 'idempotencyKey'> {
  readonly schedule: string;
  /** Earlier due times that nobody ran and that this run stands for, ISO instants. */
  readonly foldedTimes?: readonly string[];
}

export interface Run {
  readonly runId: string;
  readonly pipeline: string;
  /** Null unless `kind` is `scheduled`. */
  readonly schedule: string | null;
  readonly kind: RunKind;
  readonly logicalTime: string;
  readonly asOf: string;
  readonly ingestionDate: string;
  readonly streams: string[];
  readonly layers: string[];
  readonly status: RunStatus;
  readonly retries: number;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly cancelRequestedAt: string | null;
  readonly idempotencyKey: string | null;
  /** Due times this run stands for besides its own, in no order. */
  readonly foldedTimes: string[];
  readonly params: JsonObject;
  readonly manifest: JsonObject | null;
  readonly error: RecordedError | null;
}

/** What of a run stays as it was asked for. */
export type AskedRun = Pick<
  Run,
  'runId' | 'pipeline' | 'logicalTime' | 'asOf' | 'ingestionDate' | 'requestedAt'
>;

const RUN_COLUMNS = `
  run_id AS "runId", pipeline, schedule, kind, logical_time AS "logicalTime", as_of AS "asOf",
  ingestion_date AS "ingestionDate", streams, layers, status, retries, requested_by AS "requestedBy",
  requested_at AS "requestedAt", started_at AS "startedAt", finished_at AS "finishedAt",
  cancel_requested_at AS "cancelRequestedAt", idempotency_key AS "idempotencyKey",
  folded_times AS "foldedTimes", params, manifest, error`;

const INSERT_RUN = `
  INSERT INTO ops.runs (run_id, pipeline, schedule, kind, logical_time, as_of, ingestion_date, streams, layers,
    requested_by, idempotency_key, folded_times, params)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  ON CONFLICT DO NOTHING
  RETURNING ${RUN_COLUMNS}`;

/** More folded times than this are not listed one by one; the run covers them all the same. */
const MAX_FOLDED_TIMES = 1_000;

/** Tries to find what stood in the way of an insert before giving up; each miss means that it has just gone. */
const MAX_TRIES = 5;

/**
 * Creates a run that a person, a backfill or a replay asks for. Repeating it with the same run id, or the same
 * (pipeline, idempotency key), changes nothing and returns the run that is there.
 */
export async function createRun(
  ledger: Queryable,
  run: NewRun,
): Promise<{ readonly outcome: 'created' | 'exists'; readonly run: Run }> {
  const key = run.idempotencyKey ?? null;
  const created = await insertRun(ledger, { ...run, schedule: null }, key, []);
  if (created !== undefined) return { outcome: 'created', run: created };
  const there = await firstRow(
    ledger.rows<Run>(
      `SELECT ${RUN_COLUMNS} FROM ops.runs WHERE run_id = $1 OR (pipeline = $2 AND idempotency_key = $3)
       ORDER BY (run_id = $1) DESC LIMIT 1`,
      [run.runId, run.pipeline, key],
    ),
  );
  if (there === undefined) throw new PenstockError(ledgerErrors.notFound, { runId: run.runId });
  return { outcome: 'exists', run: there };
}

/** What became of a due time: a run of its own, a run that had been made for it, or a place in the open run's history. */
export type DueOutcome = { readonly outcome: 'created' | 'exists' | 'folded'; readonly run: Run };

/**
 * Creates the run of a due time unless it exists, or folds it: while a run of the schedule is open, the time is only noted
 * on that run. Ask again once that has closed: the next run then takes everything since the watermark.
 *
 * Any number of concurrent callers make one run (partial unique indexes, no lock).
 */
export async function createDueRun(ledger: Queryable, due: DueRun): Promise<DueOutcome> {
  const folded = (due.foldedTimes ?? []).slice(0, MAX_FOLDED_TIMES);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const created = await insertRun(ledger, { ...due, kind: 'scheduled' }, null, folded);
    if (created !== undefined) return { outcome: 'created', run: created };
    const there = await runOfDueTime(ledger, due);
    if (there !== undefined) return { outcome: 'exists', run: there };
    const open = await foldIntoOpenRun(ledger, due);
    if (open !== undefined) return { outcome: 'folded', run: open };
  }
  throw new PenstockError(ledgerErrors.runSlotTaken, { pipeline: due.pipeline, schedule: due.schedule });
}

type InsertedRun = Omit<NewRun, 'kind' | 'idempotencyKey'> & { kind: RunKind; schedule: string | null };

function insertRun(
  ledger: Queryable,
  run: InsertedRun,
  idempotencyKey: string | null,
  foldedTimes: readonly string[],
): Promise<Run | undefined> {
  return firstRow(
    ledger.rows<Run>(INSERT_RUN, [
      run.runId,
      run.pipeline,
      run.schedule,
      run.kind,
      run.logicalTime,
      run.asOf,
      run.ingestionDate,
      run.streams,
      run.layers,
      run.requestedBy,
      idempotencyKey,
      foldedTimes,
      jsonParam(run.params ?? {}),
    ]),
  );
}

function runOfDueTime(ledger: Queryable, due: DueRun): Promise<Run | undefined> {
  return firstRow(
    ledger.rows<Run>(
      `SELECT ${RUN_COLUMNS} FROM ops.runs
       WHERE run_id = $1 OR (pipeline = $2 AND schedule = $3 AND logical_time = $4) LIMIT 1`,
      [due.runId, due.pipeline, due.schedule, due.logicalTime],
    ),
  );
}

/** Repeating it writes nothing: a tick asks every second while the run is open. */
async function foldIntoOpenRun(ledger: Queryable, due: DueRun): Promise<Run | undefined> {
  await ledger.rows(
    `UPDATE ops.runs SET folded_times = folded_times || $3::timestamptz
     WHERE pipeline = $1 AND schedule = $2 AND status IN ('queued', 'running')
       AND NOT $3::timestamptz = ANY (folded_times) AND cardinality(folded_times) < $4`,
    [due.pipeline, due.schedule, due.logicalTime, MAX_FOLDED_TIMES],
  );
  return firstRow(
    ledger.rows<Run>(
      `SELECT ${RUN_COLUMNS} FROM ops.runs
       WHERE pipeline = $1 AND schedule = $2 AND status IN ('queued', 'running')`,
      [due.pipeline, due.schedule],
    ),
  );
}

/** The run, or undefined when the ledger has none of that id. */
export function getRun(ledger: Queryable, runId: string): Promise<Run | undefined> {
  return firstRow(ledger.rows<Run>(`SELECT ${RUN_COLUMNS} FROM ops.runs WHERE run_id = $1`, [runId]));
}

export interface RunFilter {
  readonly pipeline?: string;
  readonly status?: RunStatus;
  /** Default 50. */
  readonly limit?: number;
  /** Run id of the last run of the page before. */
  readonly before?: string;
}

/** Runs, newest request first. */
export function listRuns(ledger: Queryable, filter: RunFilter = {}): Promise<Run[]> {
  return ledger.rows<Run>(
    `SELECT ${RUN_COLUMNS} FROM ops.runs
     WHERE ($1::text IS NULL OR pipeline = $1) AND ($2::text IS NULL OR status = $2)
       AND ($3::text IS NULL OR (requested_at, run_id) <
             (SELECT b.requested_at, b.run_id FROM ops.runs b WHERE b.run_id = $3))
     ORDER BY ops.runs.requested_at DESC, ops.runs.run_id DESC LIMIT $4`,
    [filter.pipeline ?? null, filter.status ?? null, filter.before ?? null, filter.limit ?? 50],
  );
}

/** Every run that is queued or running, oldest request first: what the scheduler walks. */
export function openRuns(ledger: Queryable): Promise<Run[]> {
  return ledger.rows<Run>(
    `SELECT ${RUN_COLUMNS} FROM ops.runs WHERE status IN ('queued', 'running')
     ORDER BY ops.runs.requested_at, ops.runs.run_id`,
  );
}

/**
 * Newest logical time a run was made for. Undefined when the schedule never ran. Times that were folded do not count: the
 * next run, once the open one has closed, is made for the latest of them.
 */
export async function lastDueTime(
  ledger: Queryable,
  pipeline: string,
  schedule: string,
): Promise<string | undefined> {
  const row = await firstRow(
    ledger.rows<{ last: string | null }>(
      'SELECT max(logical_time) AS last FROM ops.runs WHERE pipeline = $1 AND schedule = $2',
      [pipeline, schedule],
    ),
  );
  return row?.last ?? undefined;
}
