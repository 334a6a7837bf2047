import { raceSignal } from './race-signal.ts';

/** A token as it was issued. */
export interface IssuedToken {
  readonly token: string;
  /** Counted from before it was asked for, so that it ends here no later than at the API. */
  readonly lifetimeMs: number;
}

export interface TokenProviderOptions {
  /** Asks for a token; the signal fires when nobody waits for it any more. */
  readonly issue: (signal: AbortSignal) => Promise<IssuedToken>;
  /** Renewed this long before it expires; at most half of its life. */
  readonly renewBeforeMs: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

interface HeldToken {
  readonly token: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

interface Renewal {
  readonly result: Promise<HeldToken>;
  readonly unwanted: AbortController;
  waiting: number;
}

/**
 * The token of one shard, shared by all tasks of the process. However many ask, one renewal is on its way at a time. A token
 * that is due for renewal but still good is used when the renewal fails.
 */
export class TokenProvider {
  readonly #options: TokenProviderOptions;
  readonly #now: () => number;
  #held: HeldToken | undefined;
  #renewal: Renewal | undefined;

  constructor(options: TokenProviderOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @throws what `issue` throws, or the signal's reason once it aborts. */
  async get(signal: AbortSignal): Promise<string> {
    const held = this.#held;
    if (held !== undefined && this.#now() < held.renewAt) return held.token;
    try {
      return (await this.#renewed(signal)).token;
    } catch (error) {
      const stillGood = held !== undefined && held === this.#held && this.#now() < held.expiresAt;
      if (stillGood && !signal.aborted) return held.token;
      throw error;
    }
  }

  /** The API refused this token. Nothing happens when another has taken its place by now. */
  refuse(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  async #renewed(signal: AbortSignal): Promise<HeldToken> {
    const renewal = this.#renewal ?? this.#start();
    renewal.waiting += 1;
    try {
      return await raceSignal(renewal.result, signal);
    } finally {
      renewal.waiting -= 1;
      if (renewal.waiting === 0) renewal.unwanted.abort(signal.reason);
    }
  }

  #start(): Renewal {
    const unwanted = new AbortController();
    const renewal: Renewal = { result: this.#issue(unwanted.signal), unwanted, waiting: 0 };
    this.#renewal = renewal;
    const ended = (): void => {
      if (this.#renewal === renewal) this.#renewal = undefined;
    };
    // Whoever comes after it was given up must not share its end.
    unwanted.signal.addEventListener('abort', ended, { once: true });
    renewal.result.then(ended, ended);
    return renewal;
  }

  async #issue(signal: AbortSignal): Promise<HeldToken> {
    const askedAt = this.#now();
    const { token, lifetimeMs } = await this.#options.issue(signal);
    const early = Math.min(this.#options.renewBeforeMs, lifetimeMs / 2);
    const held = { token, renewAt: askedAt + lifetimeMs - early, expiresAt: askedAt + lifetimeMs };
    this.#held = held;
    return held;
  }
}
