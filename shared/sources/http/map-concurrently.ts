import { raceSignal } from './race-signal.ts';

/**
 * Works on many items at once and yields what becomes of them, in the order in which they are done. Runs ahead of whoever
 * takes the results by at most as many as work at once. When one fails, or the results are left early, the others are
 * aborted and waited for.
 *
 * @param lanes items at once, at least 1.
 * @param work must heed its signal.
 */
export async function* mapConcurrently<T, R>(
  items: Iterable<T>,
  lanes: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  const stop = new AbortController();
  const follow = (): void => stop.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  const results = new Handover<R>(lanes);
  const queue = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      stop.signal.throwIfAborted();
      await results.put(await work(next.value, stop.signal), stop.signal);
    }
  };
  const running = Array.from({ length: lanes }, async () => {
    try {
      await lane();
    } catch (error) {
      results.fail(error);
      stop.abort(new Error('another one failed'));
    }
  });
  void Promise.all(running).then(() => results.end());
  try {
    yield* results.take();
  } finally {
    signal.removeEventListener('abort', follow);
    stop.abort(new Error('nobody takes the results any more'));
    await Promise.all(running);
  }
}

/** A few results on their way from many who make them to one who takes them. */
class Handover<R> {
  readonly #limit: number;
  readonly #ready: R[] = [];
  #state: 'open' | 'ended' | 'failed' = 'open';
  #error: unknown;
  #changed = Promise.withResolvers<void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  async put(result: R, signal: AbortSignal): Promise<void> {
    this.#ready.push(result);
    this.#change();
    while (this.#ready.length > this.#limit) await raceSignal(this.#changed.promise, signal);
  }

  fail(error: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#error = error;
    this.#change();
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended';
    this.#change();
  }

  async *take(): AsyncGenerator<R, void, undefined> {
    for (;;) {
      while (this.#ready.length > 0 && this.#state !== 'failed') {
        const result = this.#ready.shift() as R;
        this.#change();
        yield result;
      }
      if (this.#state === 'failed') throw this.#error;
      if (this.#state === 'ended') return;
      await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
