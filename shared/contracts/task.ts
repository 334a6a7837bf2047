/**
 * One unit inside a run. `discover` = ask a shard for its slices; `merge` = blocking tests, bronze merge, watermark; `models` = silver, gold, tests, publish.
 */
export type TaskKind = 'discover' | 'extract' | 'load' | 'merge' | 'models' | 'noop';

/** `pending` waits in the ledger, `queued` has a job; the last five are final. */
export type TaskStatus =
  | 'pending'
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'no_changes'
  | 'failed'
  | 'skipped'
  | 'cancelled';

export type RunKind = 'scheduled' | 'manual' | 'backfill' | 'replay' | 'full_refresh';
export type RunStatus =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'no_changes'
  | 'partial'
  | 'failed'
  | 'cancelled';

/** What every ledger write of a task carries. A superseded attempt changes no row and aborts. */
export interface TaskRef {
  readonly taskId: string;
  readonly attempt: number;
}

/** A claimed task as its handler sees it. */
export interface ClaimedTask extends TaskRef {
  readonly runId: string;
  readonly kind: TaskKind;
  readonly pipeline: string;
  /** `''` for tasks of a whole run. */
  readonly stream: string;
  /** Slice key, `''` where a stream has one slice. */
  readonly slice: string;
  readonly shard: string;
  readonly maxAttempts: number;
}
