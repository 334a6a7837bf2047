/** What is known of one run's nudges. */
interface Pending {
  /** A task ended after the last nudge had been sent. */
  again: boolean;
  wake: () => void;
}

export interface RunNudgerOptions {
  /** Asks for the run's barrier to be looked at, at least once after the call. */
  readonly send: (runId: string) => Promise<void>;
  /** Told of a nudge that could not be sent; the reconciler's comes in its place. */
  readonly onError: (error: unknown) => void;
  /** Nudges of one run are at least so far apart, default 25 ms. */
  readonly everyMs?: number;
}

/**
 * Nudges runs whose tasks end, the first time at once. Of a run with many short tasks the endings within `everyMs`
 * share one nudge, sent after the last of them: the barrier looks at the whole run every time, and tasks by the
 * thousand would have it look after each.
 */
export class RunNudger {
  readonly #options: RunNudgerOptions;
  readonly #everyMs: number;
  readonly #pending = new Map<string, Pending>();
  readonly #sending = new Set<Promise<void>>();
  #flushing = false;

  constructor(options: RunNudgerOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? 25;
  }

  /** Never throws and never waits. A nudge of the run is sent after this call. */
  nudge(runId: string): void {
    const pending = this.#pending.get(runId);
    if (pending !== undefined) {
      pending.again = true;
      return;
    }
    const begun = { again: false, wake: () => {} };
    this.#pending.set(runId, begun);
    const sending = this.#sendWhileNeeded(runId, begun).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  /** Sends what waits without waiting any longer, and returns when all is sent. */
  async flush(): Promise<void> {
    this.#flushing = true;
    for (const { wake } of this.#pending.values()) wake();
    await Promise.all(this.#sending);
    this.#flushing = false;
  }

  async #sendWhileNeeded(runId: string, pending: Pending): Promise<void> {
    do {
      pending.again = false;
      await this.#options.send(runId).catch(this.#options.onError);
      await this.#pause(pending);
    } while (pending.again);
    this.#pending.delete(runId);
  }

  #pause(pending: Pending): Promise<void> {
    if (this.#flushing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#everyMs);
      pending.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
