import { DEFAULT_SHARD } from '#shared/contracts/jobs.ts';
import type { TaskKind, TaskStatus } from '#shared/contracts/task.ts';
import type { JsonObject, RecordedError } from './json.ts';
import { firstRow, type Queryable } from './queryable.ts';

/** A task to insert. */
export interface TaskSpec {
  readonly kind: TaskKind;
  /** Default `''`: a task of the whole run. */
  readonly stream?: string;
  /** Default `''`: the stream has one slice. */
  readonly slice?: string;
  /** Default `main`. */
  readonly shard?: string;
  /** Failures after which the task is given up, default 5. */
  readonly maxAttempts?: number;
  /** What the ledger saw last time, e.g. calls; smaller goes first within a run. Default 0. */
  readonly expectedCost?: number;
}

export interface Task {
  readonly taskId: string;
  readonly runId: string;
  readonly kind: TaskKind;
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
  readonly shard: string;
  readonly status: TaskStatus;
  readonly attempt: number;
  readonly generation: number;
  readonly maxAttempts: number;
  readonly failures: number;
  /** Times a claim took the task from a worker that had died or lost its lease. */
  readonly lostLeases: number;
  /** Waits for `releaseHeld` after a retry of its run. */
  readonly held: boolean;
  readonly notBefore: string | null;
  readonly owner: string | null;
  readonly leaseUntil: string | null;
  readonly jobId: string | null;
  readonly enqueuedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly error: RecordedError | null;
  readonly result: JsonObject | null;
}

const TASK_COLUMNS = `
  task_id AS "taskId", run_id AS "runId", kind, pipeline, stream, slice, shard, status, attempt, generation,
  max_attempts AS "maxAttempts", failures, lost_leases AS "lostLeases", coalesce(not_before = 'infinity', false) AS held,
  nullif(not_before, 'infinity') AS "notBefore", owner, lease_until AS "leaseUntil", job_id AS "jobId",
  enqueued_at AS "enqueuedAt", started_at AS "startedAt", finished_at AS "finishedAt", error, result`;

/** Rows per statement: bounds the parameters' size, not the run's. */
const INSERT_CHUNK = 5_000;

/**
 * Inserts tasks as `pending`. Those whose (kind, stream, slice) the run already has stay as they are.
 *
 * @returns how many are new.
 * @throws PenstockError LEDGER_ILLEGAL_MOVE when the run is closed (even if every task is there).
 */
export async function insertTasks(
  ledger: Queryable,
  runId: string,
  specs: readonly TaskSpec[],
): Promise<number> {
  let inserted = 0;
  for (let start = 0; start < specs.length; start += INSERT_CHUNK) {
    inserted += await insertChunk(ledger, runId, specs.slice(start, start + INSERT_CHUNK));
  }
  return inserted;
}

async function insertChunk(ledger: Queryable, runId: string, specs: readonly TaskSpec[]): Promise<number> {
  const rows = await ledger.rows<{ inserted: number }>(
    `WITH spec AS (
       SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::float8[])
         AS s (kind, stream, slice, shard, max_attempts, expected_cost)
     ), added AS (
       INSERT INTO ops.tasks (run_id, kind, pipeline, stream, slice, shard, max_attempts, expected_cost)
       SELECT r.run_id, s.kind, r.pipeline, s.stream, s.slice, s.shard, s.max_attempts, s.expected_cost
       FROM ops.runs r CROSS JOIN spec s WHERE r.run_id = $1
       ON CONFLICT (run_id, kind, stream, slice) DO NOTHING RETURNING 1
     ) SELECT count(*)::int AS inserted FROM added`,
    [
      runId,
      specs.map((spec) => spec.kind),
      specs.map((spec) => spec.stream ?? ''),
      specs.map((spec) => spec.slice ?? ''),
      specs.map((spec) => spec.shard ?? DEFAULT_SHARD),
      specs.map((spec) => spec.maxAttempts ?? 5),
      specs.map((spec) => spec.expectedCost ?? 0),
    ],
  );
  return rows[0]?.inserted ?? 0;
}

/** All tasks of a run in insertion order. For runs of many thousands prefer {@link taskCounts}. */
export function tasksOf(ledger: Queryable, runId: string): Promise<Task[]> {
  return ledger.rows<Task>(`SELECT ${TASK_COLUMNS} FROM ops.tasks WHERE run_id = $1 ORDER BY task_id`, [
    runId,
  ]);
}

/** Tasks of one kind and stream of a run, in insertion order. */
export function tasksOfStream(
  ledger: Queryable,
  runId: string,
  kind: TaskKind,
  stream: string,
): Promise<Task[]> {
  return ledger.rows<Task>(
    `SELECT ${TASK_COLUMNS} FROM ops.tasks WHERE run_id = $1 AND kind = $2 AND stream = $3 ORDER BY task_id`,
    [runId, kind, stream],
  );
}

/** The task, or undefined when the ledger has none of that id. */
export function getTask(ledger: Queryable, taskId: string): Promise<Task | undefined> {
  return firstRow(ledger.rows<Task>(`SELECT ${TASK_COLUMNS} FROM ops.tasks WHERE task_id = $1`, [taskId]));
}

/** Tasks of a run that ended `failed`, `skipped` or `cancelled`: what a manifest names. */
export function unsuccessfulTasks(ledger: Queryable, runId: string, limit = 1_000): Promise<Task[]> {
  return ledger.rows<Task>(
    `SELECT ${TASK_COLUMNS} FROM ops.tasks
     WHERE run_id = $1 AND status IN ('failed', 'skipped', 'cancelled') ORDER BY ops.tasks.task_id LIMIT $2`,
    [runId, limit],
  );
}

/** Shards of a run that listed slices without a valid id, and what is known of them. */
export function incompleteDiscoveries(
  ledger: Queryable,
  runId: string,
): Promise<{ readonly slice: string; readonly reason: string }[]> {
  return ledger.rows(
    `SELECT slice, result ->> 'incomplete' AS reason FROM ops.tasks
     WHERE run_id = $1 AND kind = 'discover' AND result ? 'incomplete' ORDER BY slice`,
    [runId],
  );
}

export interface TaskCount {
  readonly kind: TaskKind;
  readonly stream: string;
  readonly status: TaskStatus;
  readonly count: number;
}

/** A run's tasks counted by kind, stream and status: one small answer whatever the number of tasks. */
export function taskCounts(ledger: Queryable, runId: string): Promise<TaskCount[]> {
  return ledger.rows<TaskCount>(
    `SELECT kind, stream, status, count(*)::int AS count FROM ops.tasks WHERE run_id = $1
     GROUP BY kind, stream, status ORDER BY kind, stream, status`,
    [runId],
  );
}

/** A status that at least one task of the kind and stream has. */
export interface TaskState extends Omit<TaskCount, 'count'> {
  /** All of them wait for `releaseHeld` after a retry of their run. */
  readonly held: boolean;
}

/**
 * Which statuses there are per kind and stream: all that a barrier needs. Skips from one to the next, so that asking after
 * every task costs the same for 50,000 tasks as for 50.
 */
export function taskStates(ledger: Queryable, runId: string): Promise<TaskState[]> {
  return ledger.rows<TaskState & Record<string, unknown>>(
    `WITH RECURSIVE found AS (
       (SELECT kind, stream, status FROM ops.tasks WHERE run_id = $1 ORDER BY kind, stream, status LIMIT 1)
       UNION ALL
       SELECT n.kind, n.stream, n.status FROM found f CROSS JOIN LATERAL (
         SELECT t.kind, t.stream, t.status FROM ops.tasks t
         WHERE t.run_id = $1 AND (t.kind, t.stream, t.status) > (f.kind, f.stream, f.status)
         ORDER BY t.kind, t.stream, t.status LIMIT 1
       ) n
     ) SELECT f.kind, f.stream, f.status, f.status = 'pending' AND f.kind IN ('load', 'merge', 'models') AND EXISTS (
         SELECT FROM ops.tasks t WHERE t.run_id = $1 AND t.kind = f.kind AND t.stream = f.stream AND t.status = 'pending'
           AND t.not_before = 'infinity') AS held
       FROM found f`,
    [runId],
    'ledger-task-states',
  );
}

export interface OpenTaskCounts {
  readonly pending: number;
  readonly queued: number;
  readonly running: number;
}

/** How many tasks of a run are open; walks only those (a partial index). */
export async function openTaskCounts(ledger: Queryable, runId: string): Promise<OpenTaskCounts> {
  const rows = await ledger.rows<{ status: keyof OpenTaskCounts; count: number }>(
    `SELECT status, count(*)::int AS count FROM ops.tasks
     WHERE run_id = $1 AND finished_at IS NULL GROUP BY status`,
    [runId],
  );
  const counts = { pending: 0, queued: 0, running: 0 };
  for (const row of rows) counts[row.status] = row.count;
  return counts;
}

/** The cheapest question of a barrier: is anything of the run still open? */
export async function hasOpenTasks(ledger: Queryable, runId: string): Promise<boolean> {
  const rows = await ledger.rows<{ open: boolean }>(
    `SELECT EXISTS (SELECT FROM ops.tasks WHERE run_id = $1 AND finished_at IS NULL) AS open`,
    [runId],
  );
  return rows[0]?.open === true;
}
