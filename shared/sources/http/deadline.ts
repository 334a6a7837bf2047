/** The longest time a timer can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A signal that fires when one of the outer ones does, or when its time is over. The time can be stopped while somebody else
 * holds the work up. `clear` must be called when the work has ended.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #late: () => Error;
  readonly #outer: readonly AbortSignal[];
  readonly #reasonOf: (signal: AbortSignal) => unknown;
  #leftMs: number;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;

  /**
   * @param late makes the reason when the time is over.
   * @param reasonOf makes the reason when an outer signal fires; default its own.
   */
  constructor(
    outer: readonly AbortSignal[],
    timeoutMs: number,
    late: () => Error,
    reasonOf: (signal: AbortSignal) => unknown = (signal) => signal.reason,
  ) {
    this.#outer = outer;
    this.#reasonOf = reasonOf;
    this.#leftMs = Math.min(timeoutMs, MAX_TIMER_MS);
    this.#late = late;
    for (const signal of outer) {
      if (signal.aborted) this.#controller.abort(reasonOf(signal));
      else signal.addEventListener('abort', this.#follow);
    }
    this.resume();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leftMs -= performance.now() - this.#startedAt;
  }

  resume(): void {
    if (this.#timer !== undefined || this.signal.aborted) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.#controller.abort(this.#late()), Math.max(0, this.#leftMs));
  }

  clear(): void {
    clearTimeout(this.#timer);
    for (const signal of this.#outer) signal.removeEventListener('abort', this.#follow);
  }

  readonly #follow = (): void => {
    const first = this.#outer.find((signal) => signal.aborted);
    clearTimeout(this.#timer);
    if (first !== undefined) this.#controller.abort(this.#reasonOf(first));
  };
}
