interface Waiter {
  grant(): void;
}

/** A slice that waits. */
interface Line {
  readonly slice: string;
  readonly waiters: Set<Waiter>;
  /** Calls it is known to need. */
  need: number;
}

/**
 * A shard's calls in flight in this process. A free slot goes to the waiting slice that is known to need the fewest calls in all; of two
 * alike to the one first by name, so that which of them is served does not hang on which answer came a millisecond sooner. While more
 * than one slice waits, none holds more than half of the slots; a slice that waits alone may have them all.
 *
 * Slices that begin together so end no later than if they took turns, and the small ones far sooner: whoever needs the most calls ends when
 * all calls are made, in whatever order they are.
 *
 * Source: E. Friedman, S. Henderson, "Fairness and efficiency in web server protocols", SIGMETRICS 2003: jobs served in the order in which
 * they would end if all were served in turns.
 */
export class FairSlots {
  readonly #slots: number;
  readonly #share: number;
  /** By slice. Only slices that wait. */
  readonly #waiting = new Map<string, Line>();
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
   * @param need calls the slice is known to need by now, those made included; it holds for those of it that wait already.
   * @returns gives the slot back; to be called once.
   * @throws the signal's reason once it aborts; the place in the line is given up.
   */
  acquire(slice: string, need: number, signal: AbortSignal): Promise<() => void> {
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
      this.#join(slice, need, waiter);
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

  #join(slice: string, need: number, waiter: Waiter): void {
    const line = this.#waiting.get(slice) ?? { slice, waiters: new Set(), need };
    line.need = need;
    line.waiters.add(waiter);
    this.#waiting.set(slice, line);
  }

  #leave(slice: string, waiter: Waiter): void {
    const line = this.#waiting.get(slice);
    line?.waiters.delete(waiter);
    if (line?.waiters.size === 0) this.#waiting.delete(slice);
  }

  #deal(): void {
    while (this.#inUse < this.#slots) {
      const [waiter] = this.#next()?.waiters ?? [];
      if (waiter === undefined) return;
      waiter.grant();
    }
  }

  #next(): Line | undefined {
    const isAlone = this.#waiting.size === 1;
    let next: Line | undefined;
    for (const line of this.#waiting.values()) {
      if (!isAlone && this.heldBy(line.slice) >= this.#share) continue;
      if (next === undefined || isBefore(line, next)) next = line;
    }
    return next;
  }
}

function isBefore(one: Line, other: Line): boolean {
  return one.need === other.need ? one.slice < other.slice : one.need < other.need;
}
