interface Waiter {
  grant(): void;
}

/**
 * A shard's calls in flight in this process, dealt round robin to the slices that wait. While more than one slice waits, none
 * holds more than half of the slots; a slice that waits alone may have them all.
 */
export class FairSlots {
  readonly #slots: number;
  readonly #share: number;
  /** By slice, in the order of their turns. Only slices that wait. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  readonly #held = new Map<string, number>();
  #inUse = 0;

  /** @param slots calls in flight at most, at least 1. */
  constructor(slots: number) {
    this.#slots = slots;
    this.#share = Math.max(1, Math.floor(slots / 2));
  }

  /** How many slots a slice holds now. */
  heldBy(slice: string): number {
    return this.#held.get(slice) ?? 0;
  }

  /**
   * Waits for a slot.
   *
   * @returns gives the slot back; to be called once.
   * @throws the signal's reason once it aborts; the place in the line is given up.
   */
  acquire(slice: string, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = (): void => {
        this.#leave(slice, waiter);
        reject(signal.reason);
        this.#deal();
      };
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener('abort', abort);
          this.#leave(slice, waiter);
          this.#hold(slice, 1);
          resolve(() => this.#release(slice));
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      const line = this.#waiting.get(slice) ?? new Set();
      this.#waiting.set(slice, line.add(waiter));
      this.#deal();
    });
  }

  #release(slice: string): void {
    this.#hold(slice, -1);
    this.#deal();
  }

  #hold(slice: string, change: number): void {
    const held = this.heldBy(slice) + change;
    if (held === 0) this.#held.delete(slice);
    else this.#held.set(slice, held);
    this.#inUse += change;
  }

  #leave(slice: string, waiter: Waiter): void {
    const line = this.#waiting.get(slice);
    line?.delete(waiter);
    if (line?.size === 0) this.#waiting.delete(slice);
  }

  #deal(): void {
    while (this.#inUse < this.#slots) {
      const next = this.#next();
      if (next === undefined) return;
      const [slice, line] = next;
      const [waiter] = line;
      // To the end of the turns, before the grant may remove the slice for good.
      this.#waiting.delete(slice);
      this.#waiting.set(slice, line);
      waiter?.grant();
    }
  }

  #next(): [string, Set<Waiter>] | undefined {
    const alone = this.#waiting.size === 1;
    for (const entry of this.#waiting) {
      if (alone || this.heldBy(entry[0]) < this.#share) return entry;
    }
    return undefined;
  }
}
