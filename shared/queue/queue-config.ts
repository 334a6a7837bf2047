import type { PenstockError } from '#shared/errors/penstock-error.ts';
import type { DeadLetterSink, JobOutcome } from './queue-port.ts';

/** How to open a queue. */
export interface QueueConfig {
  /** `redis://`, `rediss://`, `postgres://` or `postgresql://`; decides the backend. */
  readonly url: string;
  /** Key prefix on Redis, schema on PostgreSQL: a lower-case identifier. */
  readonly prefix: string;
  readonly dead: DeadLetterSink;
  /** Background errors, each code at most once a second. Never row values. */
  readonly onError: (error: PenstockError) => void;
  /** One call per delivery, for counters; must be fast. What it throws is ignored. */
  readonly onOutcome?: (outcome: JobOutcome) => void;
  /** A job whose worker died runs again after about this long. Default 10 s. */
  readonly lockMs?: number;
  /** How often dead workers' jobs are looked for. Default 5 s. */
  readonly stalledIntervalMs?: number;
  /** How long a producer waits for the server before it throws. Default 2 s; a chunk may take 3 times that. */
  readonly producerTimeoutMs?: number;
  readonly retention?: Partial<Retention>;
}

export interface Retention {
  readonly completedCount: number;
  readonly completedAgeSeconds: number;
  readonly failedCount: number;
  readonly failedAgeSeconds: number;
}

export interface QueueSettings {
  readonly url: string;
  readonly prefix: string;
  readonly lockMs: number;
  readonly stalledIntervalMs: number;
  readonly producerTimeoutMs: number;
  readonly retention: Retention;
}

export const QUEUE_DEFAULTS = {
  lockMs: 10_000,
  stalledIntervalMs: 5_000,
  producerTimeoutMs: 2_000,
  retention: {
    completedCount: 1_000,
    completedAgeSeconds: 3_600,
    failedCount: 5_000,
    failedAgeSeconds: 7 * 24 * 3_600,
  },
} as const;

/**
 * Crashes of its worker that a job survives. Far above what a bad deployment causes; a job that kills
 * every worker still ends, and the ledger has counted its attempts long before.
 */
export const MAX_STALLED_COUNT = 25;

export function settingsOf(config: QueueConfig): QueueSettings {
  return {
    url: config.url,
    prefix: config.prefix,
    lockMs: config.lockMs ?? QUEUE_DEFAULTS.lockMs,
    stalledIntervalMs: config.stalledIntervalMs ?? QUEUE_DEFAULTS.stalledIntervalMs,
    producerTimeoutMs: config.producerTimeoutMs ?? QUEUE_DEFAULTS.producerTimeoutMs,
    retention: { ...QUEUE_DEFAULTS.retention, ...config.retention },
  };
}

/**
 * Longest time after which a dead worker's job is taken again while another worker runs: the rest of its
 * lock, then up to two looks (one marks, the next takes).
 */
export function recoveryBoundMs(settings: Pick<QueueSettings, 'lockMs' | 'stalledIntervalMs'>): number {
  return settings.lockMs + 2 * settings.stalledIntervalMs;
}
