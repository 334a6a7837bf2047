import { setTimeout as sleep } from 'node:timers/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { BucketStore, PointsTaken } from './bucket-store.ts';
import { rateErrors } from './errors.ts';
import type { BucketShape, RateBucket } from './rate-buckets.ts';
import { WaitingLine } from './waiting-line.ts';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

export interface SharedBucketOptions {
  readonly store: BucketStore;
  readonly key: string;
  readonly shape: BucketShape;
  /** How long a server that does not answer is waited for before those in the line are told. */
  readonly patienceMs: number;
}

/**
 * The part of a bucket that one process holds: a line of waiters, and one loop that takes points for the first of it.
 * The loop runs only while someone waits, and asks for as many points at once as there are waiters.
 */
export class SharedBucket implements RateBucket {
  readonly #options: SharedBucketOptions;
  readonly #intervalMicros: number;
  readonly #line = new WaitingLine();
  readonly #closing = new AbortController();
  #serving = false;
  #pausedUntil = 0;

  constructor(options: SharedBucketOptions) {
    this.#options = options;
    this.#intervalMicros = Math.ceil(1_000_000 / options.shape.ratePerSecond);
  }

  take(signal?: AbortSignal): Promise<number> {
    if (this.#closing.signal.aborted) return Promise.reject(new PenstockError(rateErrors.closed));
    const point = this.#line.join(signal);
    if (!this.#serving) void this.#serve();
    return point;
  }

  pause(pauseMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + pauseMs);
  }

  close(): void {
    this.#closing.abort();
    this.#line.rejectAll(new PenstockError(rateErrors.closed));
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    try {
      while (this.#line.length > 0) await this.#serveOnce();
    } catch (error) {
      this.#line.rejectAll(error);
    } finally {
      this.#serving = false;
    }
  }

  async #serveOnce(): Promise<void> {
    const pausedMs = this.#pausedUntil - performance.now();
    if (pausedMs > 0) return this.#wait(pausedMs);
    const { granted, waitMs } = await this.#takePatiently();
    // Points that came during a pause are given up: handed out later, they would come on top of those grown since.
    if (this.#pausedUntil > performance.now()) return;
    this.#line.release(granted);
    if (this.#line.length > 0) await this.#wait(waitMs);
  }

  /** Whole milliseconds, at least one: a timer that fires early would ask in vain. */
  async #wait(waitMs: number): Promise<void> {
    await sleep(Math.ceil(Math.max(waitMs, 1)), undefined, { signal: this.#closing.signal }).catch(
      () => undefined,
    );
  }

  async #takePatiently(): Promise<PointsTaken> {
    const { store, key, shape, patienceMs } = this.#options;
    const deadline = performance.now() + patienceMs;
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(LAST_RETRY_MS, pauseMs * 2)) {
      try {
        const wanted = Math.min(Math.max(this.#line.length, 1), shape.burst);
        return await store.take(key, { intervalMicros: this.#intervalMicros, burst: shape.burst, wanted });
      } catch (error) {
        const passing = error instanceof PenstockError && error.retry === 'retryable';
        const over = performance.now() + pauseMs > deadline || this.#line.length === 0;
        if (!passing || over || this.#closing.signal.aborted) throw error;
        await this.#wait(pauseMs);
      }
    }
  }
}
