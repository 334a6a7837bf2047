interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (answer: O) => void;
  readonly reject: (error: unknown) => void;
}

export interface CoalescerOptions<I, O> {
  /** Does all items at once; answers in their order. Never sees two items of one key. */
  readonly together: (items: readonly I[]) => Promise<O[]>;
  /** What must not appear twice in one batch; a repeat waits for the next. */
  readonly keyOf: (item: I) => string;
  readonly maxBatch: number;
  /** True when the batch failed for one item's sake: each is then done by itself. */
  readonly isOneItemsFault: (error: unknown) => boolean;
}

/**
 * Coalesces calls made while an earlier batch is under way (or in the same turn of the event loop) into one. A call that is
 * alone starts within the same turn: batching adds no waiting, it only uses the waiting there is.
 */
export class Coalescer<I, O> {
  readonly #options: CoalescerOptions<I, O>;
  #waiting: Waiting<I, O>[] = [];
  #pumping = false;

  constructor(options: CoalescerOptions<I, O>) {
    this.#options = options;
  }

  /** Joins the next batch; settles with this item's own answer or error. */
  add(item: I): Promise<O> {
    const { promise, resolve, reject } = Promise.withResolvers<O>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#pumping) {
      this.#pumping = true;
      setImmediate(() => void this.#pump());
    }
    return promise;
  }

  async #pump(): Promise<void> {
    while (this.#waiting.length > 0) await this.#doBatch(this.#takeBatch());
    this.#pumping = false;
  }

  #takeBatch(): Waiting<I, O>[] {
    const batch: Waiting<I, O>[] = [];
    const later: Waiting<I, O>[] = [];
    const keys = new Set<string>();
    for (const one of this.#waiting) {
      const key = this.#options.keyOf(one.item);
      const fits = batch.length < this.#options.maxBatch && !keys.has(key);
      if (fits) keys.add(key);
      (fits ? batch : later).push(one);
    }
    this.#waiting = later;
    return batch;
  }

  async #doBatch(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const answers = await this.#options.together(batch.map((one) => one.item));
      batch.forEach((one, index) => {
        const answer = answers[index];
        if (answer === undefined) one.reject(new Error('a batch answered fewer items than it was given'));
        else one.resolve(answer);
      });
    } catch (error) {
      const alone = batch.length > 1 && this.#options.isOneItemsFault(error);
      if (!alone) for (const one of batch) one.reject(error);
      else for (const one of batch) await this.#doBatch([one]);
    }
  }
}
