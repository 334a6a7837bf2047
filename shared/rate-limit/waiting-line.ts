/** One call that waits for its point. */
interface Waiter {
  readonly since: number;
  resolve(waitedMs: number): void;
  reject(reason: unknown): void;
}

/** Those of one process that wait for points of one bucket, in the order they came. */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>();

  get length(): number {
    return this.#waiters.size;
  }

  /** @throws the signal's reason once it aborts; the place in the line is given up. */
  join(signal: AbortSignal | undefined): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const done = (): void => {
        signal?.removeEventListener('abort', abort);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        since: performance.now(),
        resolve: (waitedMs) => {
          done();
          resolve(waitedMs);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      };
      const abort = (): void => waiter.reject(signal?.reason);
      signal?.addEventListener('abort', abort);
      this.#waiters.add(waiter);
    });
  }

  /** Lets the first `count` go; fewer when fewer wait. */
  release(count: number): void {
    const now = performance.now();
    let left = count;
    for (const waiter of this.#waiters) {
      if (left <= 0) return;
      left -= 1;
      waiter.resolve(now - waiter.since);
    }
  }

  rejectAll(reason: unknown): void {
    for (const waiter of [...this.#waiters]) waiter.reject(reason);
  }
}
