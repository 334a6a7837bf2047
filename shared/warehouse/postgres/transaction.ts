import type pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { postgresErrors } from '#shared/errors/postgres-error.ts';
import { borrowClient } from './borrow-client.ts';
import { classifyServerError } from './classify.ts';

export interface TransactionOptions {
  readonly signal?: AbortSignal;
  /** Longest wait for one lock; the transaction then fails with POSTGRES_CONFLICT (55P03). */
  readonly lockTimeoutMs?: number;
}

/**
 * Runs `work` in one READ COMMITTED transaction: commits, or rolls back when it throws.
 *
 * On abort the running statement is cancelled at the server, everything is rolled back, and the signal's reason
 * is thrown. After POSTGRES_UNAVAILABLE the outcome is unknown: look it up (`isApplied`).
 *
 * @param work gets the connection; it must not keep it, nor end the transaction itself.
 */
export async function withWarehouseTransaction<T>(
  warehouse: { readonly pool: pg.Pool },
  work: (client: pg.PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { signal } = options;
  const { client, release } = await borrowClient(warehouse.pool, signal);
  let reusable = false;
  try {
    await begin(client, options);
    const result = await work(client);
    signal?.throwIfAborted();
    await commit(client);
    reusable = true;
    return result;
  } catch (error) {
    reusable = await rollback(client);
    signal?.throwIfAborted();
    throw classifyServerError(error);
  } finally {
    await release(reusable);
  }
}

async function begin(client: pg.PoolClient, { lockTimeoutMs }: TransactionOptions): Promise<void> {
  await client.query('BEGIN');
  if (lockTimeoutMs !== undefined) {
    await client.query("SELECT set_config('lock_timeout', $1, true)", [`${lockTimeoutMs}ms`]);
  }
}

/** PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new PenstockError(postgresErrors.statement, { command });
}

/** False when the connection is of no more use. */
async function rollback(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
