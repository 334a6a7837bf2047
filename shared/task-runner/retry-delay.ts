/** Longest pause between two tries of a task. */
const MAX_DELAY_MS = 300_000;

/**
 * Pause before the next try: exponential, capped, jittered over its upper half so that tasks which failed
 * together do not come back together.
 *
 * @param failures so far, at least 1.
 * @param random 0 ≤ x < 1.
 */
export function retryDelayMs(baseMs: number, failures: number, random: number): number {
  const full = Math.min(MAX_DELAY_MS, baseMs * 2 ** Math.min(30, failures - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
