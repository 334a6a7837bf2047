import { jobs } from '#shared/contracts/jobs.ts';

export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Share of the delay that is random, 0..1. */
  readonly jitter: number;
}

/**
 * Delay before the next delivery: doubles from `baseMs`, never above `maxMs`, jittered downwards.
 *
 * @param attempt deliveries that failed so far, from 1.
 * @param random in [0, 1).
 * @returns milliseconds.
 */
export function backoffDelayMs(attempt: number, backoff: Backoff, random: number = Math.random()): number {
  const full = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (1 - backoff.jitter * random));
}

const backoffs = new Map<string, Backoff>(Object.values(jobs).map((job) => [job.name, job.backoff]));
const foreign: Backoff = { baseMs: 1000, maxMs: 60_000, jitter: 0.5 };

/** The catalogue's backoff for a job by its name; a default for names it does not know. */
export function backoffOf(jobName: string): Backoff {
  return backoffs.get(jobName) ?? foreign;
}
