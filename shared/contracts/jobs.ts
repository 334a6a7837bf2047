import { z } from 'zod';

/** Ids only: row values never travel in a job. */
const runPayload = z.strictObject({ runId: z.string().min(1) });
const taskPayload = z.strictObject({ taskId: z.string().regex(/^\d+$/), generation: z.int().nonnegative() });

export type RunPayload = z.infer<typeof runPayload>;
export type TaskPayload = z.infer<typeof taskPayload>;

/** One kind of job: where it goes, what it carries, and how it is repeated. */
export interface JobDefinition<P> {
  readonly name: string;
  readonly payload: z.ZodType<P>;
  /** Deterministic; letters, digits, `-`, `.`, `_` only. */
  readonly jobId: (payload: P) => string;
  /** Deliveries the queue makes by itself; the ledger decides the real budget. */
  readonly attempts: number;
  readonly backoff: { readonly baseMs: number; readonly maxMs: number; readonly jitter: number };
  /** A handler that runs longer has its signal aborted. */
  readonly timeoutMs: number;
}

const backoff = { baseMs: 500, maxMs: 60_000, jitter: 0.5 } as const;

const taskJob = (name: string, timeoutMs: number): JobDefinition<TaskPayload> => ({
  name,
  payload: taskPayload,
  jobId: ({ taskId, generation }) => `${name}-${taskId}-${generation}`,
  attempts: 3,
  backoff,
  timeoutMs,
});

const runJob = (name: string): JobDefinition<RunPayload> => ({
  name,
  payload: runPayload,
  jobId: ({ runId }) => `${name}-${runId}`,
  attempts: 5,
  backoff,
  timeoutMs: 60_000,
});

const hours = (count: number): number => count * 3_600_000;

/** The whole catalogue. `advance-run` is the barrier: deduplicated, and never missed. */
export const jobs = {
  tick: {
    name: 'tick',
    payload: z.strictObject({}),
    jobId: () => 'tick',
    attempts: 1,
    backoff,
    timeoutMs: 30_000,
  } satisfies JobDefinition<Record<string, never>>,
  advanceRun: runJob('advance-run'),
  discover: taskJob('discover', hours(1)),
  extract: taskJob('extract', hours(6)),
  load: taskJob('load', hours(6)),
  merge: taskJob('merge', hours(6)),
  models: taskJob('models', hours(6)),
  noop: taskJob('noop', 60_000),
} as const;

export type JobKind = keyof typeof jobs;
export type PayloadOf<K extends JobKind> = z.infer<(typeof jobs)[K]['payload']>;

/** Queue names. Extraction has one per shard, so that a slow shard holds only its own slots. */
export const queues = {
  scheduler: 'scheduler',
  extract: (shard: string): string => `extract-${shard}`,
  load: 'load',
  transform: 'transform',
} as const;

/** The shard of a stream that has none. */
export const DEFAULT_SHARD = 'main';
