import type { BreakerState } from './http-source.ts';

/**
 * Who a failed call speaks against. `shard`: nobody would have been served (no connection). `slice`: perhaps only this slice
 * (a 5xx, a time-out, a reset), so that repeating it proves nothing more.
 */
export type Blame = 'shard' | 'slice';

/** A call let through. Exactly one of its methods is called when it has ended. */
export interface Permit {
  /** The shard answered, whatever it said. */
  answered(): void;
  failed(blame: Blame): void;
  /** The call was given up by us; it says nothing about the shard. */
  abandoned(): void;
}

export interface BreakerOptions {
  /** Failures in a row that open it: each one without a connection, and each slice once. */
  readonly failures: number;
  /** How long it then lets nobody through. */
  readonly resetMs: number;
  readonly onChange: (state: BreakerState) => void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * Stops calling a shard that is dead. Closed: every call passes. Open: none. Half-open, once `resetMs` is over: one call
 * passes, and decides.
 */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  readonly #now: () => number;
  #state: BreakerState = 'closed';
  #unconnected = 0;
  readonly #failedSlices = new Set<string>();
  #openUntil = 0;
  #probing = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Whether a call would be let through now. */
  get passable(): boolean {
    if (this.#state === 'closed') return true;
    return !this.#probing && this.#now() >= this.#openUntil;
  }

  /** Lets a call of a slice through; undefined when the shard is to be left alone. */
  enter(slice: string): Permit | undefined {
    if (!this.passable) return undefined;
    if (this.#state === 'closed') return this.#permit(slice, false);
    this.#probing = true;
    this.#become('half-open');
    return this.#permit(slice, true);
  }

  #permit(slice: string, probe: boolean): Permit {
    const ended = (): void => {
      if (probe) this.#probing = false;
    };
    return {
      answered: () => {
        ended();
        this.#close();
      },
      failed: (blame) => {
        ended();
        this.#fail(slice, blame, probe);
      },
      abandoned: ended,
    };
  }

  #close(): void {
    this.#unconnected = 0;
    this.#failedSlices.clear();
    this.#become('closed');
  }

  #fail(slice: string, blame: Blame, probe: boolean): void {
    // What was on its way when the breaker opened prolongs nothing; only the probe does.
    if (this.#state !== 'closed' && !probe) return;
    if (blame === 'shard') this.#unconnected += 1;
    else this.#failedSlices.add(slice);
    const failures = this.#unconnected + this.#failedSlices.size;
    if (probe || failures >= this.#options.failures) this.#open();
  }

  #open(): void {
    this.#openUntil = this.#now() + this.#options.resetMs;
    this.#become('open');
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange(state);
  }
}
