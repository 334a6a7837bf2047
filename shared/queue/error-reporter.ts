import type { PenstockError } from '#shared/errors/penstock-error.ts';
import { classifyQueueError } from './classify-queue-error.ts';

const QUIET_MS = 1000;

/**
 * Hands background errors of the queue to the service's listener, each code and operation at most once
 * a second: at its memory limit Redis was measured to cause thousands of errors a second.
 */
export class ErrorReporter {
  readonly #listener: (error: PenstockError) => void;
  readonly #lastAtMs = new Map<string, number>();

  constructor(listener: (error: PenstockError) => void) {
    this.#listener = listener;
  }

  /** Never throws. */
  report(error: unknown, operation: string): void {
    const known = classifyQueueError(error, operation);
    const key = `${known.code} ${operation}`;
    const nowMs = Date.now();
    if (nowMs - (this.#lastAtMs.get(key) ?? 0) < QUIET_MS) return;
    this.#lastAtMs.set(key, nowMs);
    try {
      this.#listener(known);
    } catch {
      // A broken listener must not take the worker down with it.
    }
  }
}
