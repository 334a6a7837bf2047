import type { RunStatus, TaskKind } from '#shared/contracts/task.ts';
import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import { constraintOf, postgresErrors } from '#shared/errors/postgres-error.ts';
import { ledgerErrors } from './errors.ts';
import { type JsonObject, jsonParam, type RecordedError } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

/** Statuses a run can close with. */
export type ClosingStatus = Exclude<RunStatus, 'queued' | 'running'>;

const OPEN = `status IN ('queued', 'running')`;

/**
 * queued → running. Repeatable.
 *
 * @returns `started`, `already` when it runs, or `closed` when it is final.
 * @throws PenstockError LEDGER_NOT_FOUND.
 */
export async function startRun(ledger: Queryable, runId: string): Promise<'started' | 'already' | 'closed'> {
  const moved = await ledger.rows(
    `UPDATE ops.runs SET status = 'running', started_at = coalesce(started_at, clock_timestamp())
     WHERE run_id = $1 AND status = 'queued' RETURNING run_id`,
    [runId],
  );
  if (moved.length > 0) return 'started';
  return (await statusOf(ledger, runId)) === 'running' ? 'already' : 'closed';
}

/**
 * Closes a run with its manifest. Repeatable: the first one stands.
 *
 * @throws PenstockError LEDGER_RUN_HAS_OPEN_TASKS, LEDGER_ILLEGAL_MOVE (a queued run can only fail or be cancelled),
 *   LEDGER_NOT_FOUND.
 */
export async function closeRun(
  ledger: Queryable,
  runId: string,
  status: ClosingStatus,
  manifest: JsonObject,
  error?: RecordedError,
): Promise<'closed' | 'already'> {
  const moved = await ledger.rows(
    `UPDATE ops.runs SET status = $2, manifest = $3, error = $4, finished_at = clock_timestamp()
     WHERE run_id = $1 AND ${OPEN} RETURNING run_id`,
    [runId, status, jsonParam(manifest), jsonParam(error)],
  );
  if (moved.length > 0) return 'closed';
  await statusOf(ledger, runId);
  return 'already';
}

/**
 * Asks a run to end: its waiting tasks are cancelled at once, its running ones learn of it by their next heartbeat, and no
 * further claim succeeds. The run itself is closed by whoever watches its barrier.
 */
export function requestCancel(
  ledger: Ledger,
  runId: string,
): Promise<'requested' | 'already' | 'closed' | 'not_found'> {
  return withTransaction(ledger, async (tx) => {
    const run = await firstRow(
      tx.rows<{ open: boolean; asked: boolean }>(
        `SELECT ${OPEN} AS open, cancel_requested_at IS NOT NULL AS asked FROM ops.runs WHERE run_id = $1 FOR UPDATE`,
        [runId],
      ),
    );
    if (run === undefined) return 'not_found';
    if (!run.open) return 'closed';
    if (!run.asked) {
      await tx.rows('UPDATE ops.runs SET cancel_requested_at = clock_timestamp() WHERE run_id = $1', [runId]);
    }
    await cancelWaitingTasks(tx, runId);
    return run.asked ? 'already' : 'requested';
  });
}

/** Tasks that nobody runs (a released or expired one may have come back since the request). Returns how many. */
export async function cancelWaitingTasks(ledger: Queryable, runId: string): Promise<number> {
  const moved = await ledger.rows(
    `UPDATE ops.tasks SET status = 'cancelled', finished_at = clock_timestamp()
     WHERE run_id = $1 AND status IN ('pending', 'queued') RETURNING task_id`,
    [runId],
  );
  return moved.length;
}

export interface RetryOptions {
  /** Kinds whose finished tasks are done again too, because they stand behind those that failed, e.g. `load`. */
  readonly again?: readonly TaskKind[];
  /** Kinds that wait: they are pending but held until {@link releaseHeld}. */
  readonly hold?: readonly TaskKind[];
}

/**
 * Opens a closed run again: failed, skipped and cancelled tasks, slices that came in part (and the kinds named by `again`) go back to pending with a
 * fresh failure budget; their attempts go on counting, so writes of earlier attempts stay fenced.
 *
 * @returns how many tasks went back.
 * @throws PenstockError LEDGER_RUN_SLOT_TAKEN while another run of the schedule is open; LEDGER_NOT_FOUND;
 *   LEDGER_ILLEGAL_MOVE when the run is open.
 */
export async function retryRun(ledger: Ledger, runId: string, options: RetryOptions = {}): Promise<number> {
  try {
    return await withTransaction(ledger, (tx) => reopen(tx, runId, options));
  } catch (error) {
    const isSlot = constraintOf(error) === 'runs_one_open_per_schedule';
    if (isError(error, postgresErrors.constraint) && isSlot) {
      throw new PenstockError(ledgerErrors.runSlotTaken, { runId });
    }
    throw error;
  }
}

async function reopen(tx: Queryable, runId: string, options: RetryOptions): Promise<number> {
  const status = await statusOf(tx, runId);
  if (status === 'queued' || status === 'running') {
    throw new PenstockError(ledgerErrors.illegalMove, { runId, status });
  }
  await tx.rows(
    `UPDATE ops.runs SET status = 'running', retries = retries + 1, finished_at = NULL, manifest = NULL, error = NULL,
       cancel_requested_at = NULL, started_at = coalesce(started_at, clock_timestamp())
     WHERE run_id = $1`,
    [runId],
  );
  const moved = await tx.rows(
    `UPDATE ops.tasks SET status = 'pending', retries = retries + 1, failures = 0, error = NULL, result = NULL,
       finished_at = NULL, job_id = NULL, enqueued_at = NULL,
       not_before = CASE WHEN kind = ANY ($3::text[]) THEN 'infinity'::timestamptz END
     WHERE run_id = $1 AND (status IN ('failed', 'skipped', 'cancelled')
       OR (kind IN ('extract', 'discover') AND result ? 'incomplete')
       OR (status IN ('succeeded', 'no_changes') AND kind = ANY ($2::text[]))) RETURNING task_id`,
    [runId, options.again ?? [], options.hold ?? []],
  );
  return moved.length;
}

/** Lets tasks that {@link retryRun} held be enqueued: those of these kinds and streams. */
export async function releaseHeld(
  ledger: Queryable,
  runId: string,
  tasks: readonly { readonly kind: TaskKind; readonly stream: string }[],
): Promise<void> {
  await ledger.rows(
    `UPDATE ops.tasks t SET not_before = NULL FROM unnest($2::text[], $3::text[]) AS w (kind, stream)
     WHERE t.run_id = $1 AND t.kind = w.kind AND t.stream = w.stream AND t.status = 'pending' AND t.not_before = 'infinity'`,
    [runId, tasks.map(({ kind }) => kind), tasks.map(({ stream }) => stream)],
  );
}

async function statusOf(ledger: Queryable, runId: string): Promise<RunStatus> {
  const row = await firstRow(
    ledger.rows<{ status: RunStatus }>('SELECT status FROM ops.runs WHERE run_id = $1', [runId]),
  );
  if (row === undefined) throw new PenstockError(ledgerErrors.notFound, { runId });
  return row.status;
}
