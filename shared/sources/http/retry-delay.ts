const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

/** The longest time a shard may ask to be left alone, and be obeyed; a longer one is cut to this. */
export const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Pause before a call is repeated: exponential, capped, jittered over its upper half; or what the API asked for, if longer.
 *
 * @param failures so far, at least 1.
 * @param retryAfterMs what the API asked for, 0 for nothing.
 * @param random 0 ≤ x < 1.
 */
export function callRetryDelayMs(failures: number, retryAfterMs: number, random: number): number {
  const full = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(30, failures - 1));
  const jittered = full / 2 + (full / 2) * random;
  // Those told the same time must not come back at the same instant either.
  return Math.round(Math.max(jittered, retryAfterMs + (retryAfterMs > 0 ? 0.1 * jittered : 0)));
}

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3), cut to {@link MAX_RETRY_AFTER_MS}.
 *
 * @param nowMs milliseconds since 1970 UTC.
 * @returns milliseconds, or null when there is none or it can't be read.
 */
export function retryAfterMs(header: unknown, nowMs: number): number | null {
  if (typeof header !== 'string') return null;
  const text = header.trim();
  const asked = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : dateMs(text) - nowMs;
  return Number.isFinite(asked) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, asked)) : null;
}

/** `Sun, 06 Nov 1994 08:49:37 GMT` and the two obsolete forms; all three start with a weekday. */
function dateMs(text: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
