import { randomUUID } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import { type JobKind, jobs, type PayloadOf } from '#shared/contracts/jobs.ts';
import { safeJobId } from './job-id.ts';
import type { EnqueueOptions } from './queue-port.ts';

/** Name of the backoff strategy that reads the catalogue; any name BullMQ does not know works. */
const BACKOFF = { type: 'catalogue' } as const;

/**
 * On PostgreSQL a connection cut during the acknowledgement can fail a job whose handler returned, so
 * no job may end at its first failure, whatever the catalogue says.
 */
const MIN_ATTEMPTS = 2;

/** Id of a job in the queue: the catalogue's, made safe. */
export function jobIdOf<K extends JobKind>(kind: K, payload: PayloadOf<K>): string {
  const idOf = jobs[kind].jobId as (payload: PayloadOf<K>) => string;
  return safeJobId(idOf(payload));
}

/** Options of an ordinary job. */
export function jobOptions<K extends JobKind>(
  kind: K,
  payload: PayloadOf<K>,
  options: EnqueueOptions,
): JobsOptions {
  return {
    ...common(kind),
    jobId: jobIdOf(kind, payload),
    ...(options.delayMs === undefined ? {} : { delay: Math.max(0, options.delayMs) }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  };
}

/**
 * Options of a barrier job. Plain deduplication was measured to miss the last check in 13 of 15 trials;
 * `keepLastIfActive` keeps a nudge that arrives while the job runs and runs it again.
 */
export function nudgeOptions<K extends JobKind>(kind: K, payload: PayloadOf<K>): JobsOptions {
  const id = jobIdOf(kind, payload);
  return {
    ...common(kind),
    jobId: `${id}-n${randomUUID().slice(0, 13)}`,
    deduplication: { id, keepLastIfActive: true },
  };
}

/**
 * Options of one period's job. The period's number in the id makes replicas agree on one job per period.
 *
 * No deduplication besides: on PostgreSQL a late replica's add, ignored for its id, would still take the
 * deduplication key for the finished job, and every later period would be ignored with it.
 */
export function periodicOptions<K extends JobKind>(
  kind: K,
  payload: PayloadOf<K>,
  period: number,
): JobsOptions {
  return { ...common(kind), jobId: periodicIdOf(kind, payload, period) };
}

/** Id of one period's job. */
export function periodicIdOf<K extends JobKind>(kind: K, payload: PayloadOf<K>, period: number): string {
  return `${jobIdOf(kind, payload)}-p${period}`;
}

function common(kind: JobKind): JobsOptions {
  return { attempts: Math.max(MIN_ATTEMPTS, jobs[kind].attempts), backoff: BACKOFF };
}
