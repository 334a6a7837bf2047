/** Something that was acquired and must be given back. */
export interface Releaser {
  readonly name: string;
  release(): Promise<void>;
}

/** What releasing brought: the names that failed or did not finish in time. */
export interface ReleaseReport {
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  readonly timedOut: readonly string[];
}

/**
 * A stack of acquired things, released in reverse order. Every release is attempted, whatever the others did,
 * and none may take longer than what is left of the deadline.
 */
export class Releasers {
  readonly #stack: Releaser[] = [];

  /** Adds something to give back; the last added is released first. */
  add(name: string, release: () => Promise<void> | void): void {
    this.#stack.push({ name, release: async () => release() });
  }

  /**
   * Releases everything. Calling it again releases only what was added since.
   *
   * @param deadlineMs for all releases together.
   */
  async releaseAll(deadlineMs: number): Promise<ReleaseReport> {
    const until = performance.now() + deadlineMs;
    const failed: { name: string; error: unknown }[] = [];
    const timedOut: string[] = [];
    for (let next = this.#stack.pop(); next !== undefined; next = this.#stack.pop()) {
      const outcome = await settleWithin(next.release(), Math.max(0, until - performance.now()));
      if (outcome === 'timeout') timedOut.push(next.name);
      else if (outcome.error !== undefined) failed.push({ name: next.name, error: outcome.error });
    }
    return { failed, timedOut };
  }
}

async function settleWithin(
  work: Promise<void>,
  timeoutMs: number,
): Promise<{ error?: unknown } | 'timeout'> {
  const { promise: late, resolve } = Promise.withResolvers<'timeout'>();
  const timer = setTimeout(() => resolve('timeout'), timeoutMs);
  const settled = work.then(
    () => ({}),
    (error: unknown) => ({ error }),
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
