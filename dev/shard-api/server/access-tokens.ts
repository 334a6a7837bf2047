import { randomBytes } from 'node:crypto';

interface Issued {
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** Access tokens of one shard. They look like `tok-<hex>`, carry no mark, and may be cached wherever the client likes. */
export class AccessTokens {
  readonly #ttlMs: number;
  readonly #now: () => number;
  readonly #issued = new Map<string, Issued>();

  /** @param now monotonic milliseconds. */
  constructor(ttlMs: number, now: () => number) {
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** @returns the token and its life in whole seconds, rounded up as careless servers do. */
  issue(): { readonly token: string; readonly expiresInSeconds: number } {
    this.#forgetExpired();
    const token = `tok-${randomBytes(16).toString('hex')}`;
    const issuedAtMs = this.#now();
    this.#issued.set(token, { issuedAtMs, expiresAtMs: issuedAtMs + this.#ttlMs });
    return { token, expiresInSeconds: Math.ceil(this.#ttlMs / 1_000) };
  }

  /** @param refusedAfterMs age from which a token is refused although it was promised longer. */
  accepts(token: string, refusedAfterMs = Number.POSITIVE_INFINITY): boolean {
    const issued = this.#issued.get(token);
    const nowMs = this.#now();
    return issued !== undefined && nowMs < Math.min(issued.expiresAtMs, issued.issuedAtMs + refusedAfterMs);
  }

  #forgetExpired(): void {
    for (const [token, { expiresAtMs }] of this.#issued) {
      if (expiresAtMs <= this.#now()) this.#issued.delete(token);
    }
  }
}
