import { PenstockError } from '#shared/errors/penstock-error.ts';
import { CallsNeeded } from './calls-needed.ts';
import { Deadline } from './deadline.ts';
import { httpErrors } from './errors.ts';
import type { CallContext } from './shard-client.ts';
import type { StatsCollector } from './stats-collector.ts';

export interface SliceRunOptions {
  readonly shard: string;
  readonly slice: string;
  /** The caller's. */
  readonly signal: AbortSignal;
  /** Fires when the source is closed. */
  readonly closing: AbortSignal;
  readonly timeoutMs: number;
  readonly stats: StatsCollector;
}

/**
 * The reading of one slice within its time. Every wait and call of it sees one signal, whose reason is what is thrown:
 * HTTP_ABORTED, HTTP_SOURCE_CLOSED or HTTP_SLICE_TIMED_OUT.
 */
export class SliceRun {
  readonly context: CallContext;
  readonly #deadline: Deadline;

  /** Its time begins now. @throws the reason when it is over before it begins. */
  constructor({ shard, slice, signal, closing, timeoutMs, stats }: SliceRunOptions) {
    this.#deadline = new Deadline(
      [signal, closing],
      timeoutMs,
      () => new PenstockError(httpErrors.sliceTimedOut, { shard, timeoutMs }),
      (fired) => {
        const definition = fired === closing ? httpErrors.closed : httpErrors.aborted;
        return new PenstockError(definition, { shard }, { cause: fired.reason });
      },
    );
    this.context = {
      slice,
      calls: new CallsNeeded(),
      signal: this.#deadline.signal,
      report: (call) => stats.ended(call),
      retried: () => {
        stats.retries += 1;
      },
    };
    this.context.signal.throwIfAborted();
  }

  /** To be called whatever has happened. */
  end(): void {
    this.#deadline.clear();
  }
}

/** Runs a generator as a slice; its time begins when it is first asked for something. */
export async function* runSlice<T>(
  options: SliceRunOptions,
  read: (context: CallContext) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const run = new SliceRun(options);
  try {
    yield* read(run.context);
  } finally {
    run.end();
  }
}
