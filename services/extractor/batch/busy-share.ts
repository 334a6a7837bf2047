const WINDOW_MS = 10_000;

/** How much of the last seconds something took; older ones count less and less. */
export class BusyShare {
  #busyMs = 0;
  #sinceMs: number;

  /** @param nowMs of a clock that only goes forward, as below. */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs - WINDOW_MS;
  }

  /** It was busy for so long until now. */
  add(busyMs: number, nowMs: number): void {
    this.#forget(nowMs);
    this.#busyMs += busyMs;
  }

  /** From 0 to 1. */
  at(nowMs: number): number {
    this.#forget(nowMs);
    return Math.min(1, this.#busyMs / (nowMs - this.#sinceMs));
  }

  /** What is older than two windows is halved, so that it is as if it had been spread over one. */
  #forget(nowMs: number): void {
    while (nowMs - this.#sinceMs > 2 * WINDOW_MS) {
      this.#busyMs /= 2;
      this.#sinceMs += WINDOW_MS;
    }
  }
}
