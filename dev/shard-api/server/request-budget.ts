/** Calls a shard allows: a token bucket. */
export class RequestBudget {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  #left: number;
  #atMs: number;

  /**
   * @param burst calls that may follow one another at once.
   * @param now monotonic milliseconds.
   */
  constructor(requestsPerSecond: number, burst: number, now: () => number) {
    this.#perMs = requestsPerSecond / 1_000;
    this.#burst = burst;
    this.#now = now;
    this.#left = burst;
    this.#atMs = now();
  }

  /** Takes one call. @returns 0, or the milliseconds after which there will be one. */
  take(): number {
    const nowMs = this.#now();
    this.#left = Math.min(this.#burst, this.#left + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#left < 1) return (1 - this.#left) / this.#perMs;
    this.#left -= 1;
    return 0;
  }
}
