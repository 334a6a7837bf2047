import { setTimeout as delay } from 'node:timers/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import { warehouseErrors } from '#shared/warehouse/errors.ts';
import type { SwapOptions } from '#shared/warehouse/warehouse-port.ts';

/** A waiting exclusive lock makes every later reader wait behind it: so long, and no longer. */
export const LOCK_TIMEOUT_MS = 100;

const GIVE_UP_AFTER_MS = 60_000;
/** Lock not available, deadlock. */
const LOCK_STATES = new Set(['55P03', '40P01']);

/**
 * Repeats short work that needs an exclusive lock until it gets it. Pauses are 50 to 250 ms at random, so that
 * readers pass in between and two who want the same lock do not meet again and again.
 *
 * @throws WAREHOUSE_LOCK_BLOCKED after `giveUpAfterMs`.
 */
export async function retryOnLock<T>(
  subject: string,
  options: SwapOptions,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + (options.giveUpAfterMs ?? GIVE_UP_AFTER_MS);
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await work();
    } catch (error) {
      if (!LOCK_STATES.has(sqlstateOf(error) ?? '')) throw error;
      if (performance.now() >= deadline) {
        throw new PenstockError(
          warehouseErrors.lockBlocked,
          { relation: subject, attempts },
          { cause: error },
        );
      }
    }
    await pause(50 + Math.random() * 200, options.signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
}
