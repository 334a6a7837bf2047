/** Calls `fire` once per period, at multiples of the period since the epoch, so that replicas fire together. */
export class PeriodTicker {
  readonly #everyMs: number;
  readonly #fire: (period: number) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param fire must not reject; the next call waits for it. */
  constructor(everyMs: number, fire: (period: number) => Promise<void>) {
    this.#everyMs = everyMs;
    this.#fire = fire;
  }

  async start(): Promise<void> {
    await this.#fire(Math.floor(Date.now() / this.#everyMs));
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#stopped) return;
    const nowMs = Date.now();
    const period = Math.floor(nowMs / this.#everyMs) + 1;
    // A timer may be a millisecond early; the period it was set for counts.
    this.#timer = setTimeout(
      () => void this.#fire(period).then(() => this.#arm()),
      period * this.#everyMs - nowMs,
    );
  }
}
