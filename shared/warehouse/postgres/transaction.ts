import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { postgresErrors } from '#shared/errors/postgres-error.ts';
import { classified, classifyServerError } from './classify.ts';

export interface TransactionOptions {
  readonly signal?: AbortSignal;
  /** Longest wait for one lock; the transaction then fails with POSTGRES_CONFLICT (55P03). */
  readonly lockTimeoutMs?: number;
}

/** After an abort a server that does not even answer the cancelling gets this long. */
const CANCEL_GRACE_MS = 5_000;

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
  signal?.throwIfAborted();
  const client = await classified(() => warehouse.pool.connect());
  const guard = guardClient(warehouse.pool, client, signal);
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
    await guard.release();
    // A cancel may still be on its way, and would hit the next borrower's statement.
    client.release(!reusable || signal?.aborted === true);
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

/** Listens for what can happen to a borrowed connection: it breaks, or its user goes away. */
function guardClient(
  pool: pg.Pool,
  client: pg.PoolClient,
  signal: AbortSignal | undefined,
): { release(): Promise<void> } {
  let cancelling = Promise.resolve();
  const onAbort = (): void => {
    cancelling = cancelStatement(pool, client);
  };
  // The statement that runs into it reports it; unheard, the event would end the process.
  const onError = (): void => {};
  const over = new AbortController();
  client.on('error', onError);
  signal?.addEventListener('abort', onAbort, { once: true, signal: over.signal });
  // The socket of a server that hangs is closed, so that `work` gets an error to end with.
  const onHang = (): void => {
    delay(CANCEL_GRACE_MS, undefined, { signal: over.signal, ref: false }).then(
      () => client.end().catch(() => undefined),
      () => undefined,
    );
  };
  signal?.addEventListener('abort', onHang, { once: true, signal: over.signal });
  return {
    release: async () => {
      over.abort();
      await cancelling;
      client.off('error', onError);
    },
  };
}

/** By a connection of its own: the pool may have none left exactly when everything is being cancelled. */
async function cancelStatement(pool: pg.Pool, client: pg.PoolClient): Promise<void> {
  const pid = 'processID' in client ? client.processID : undefined;
  const canceller = new pg.Client({
    ...pool.options,
    connectionTimeoutMillis: CANCEL_GRACE_MS,
    query_timeout: CANCEL_GRACE_MS,
  });
  canceller.on('error', () => {});
  try {
    await canceller.connect();
    await canceller.query('SELECT pg_cancel_backend($1)', [pid]);
  } catch {
    // The server is gone or full; the closed socket stops the statement at its next output.
  } finally {
    await canceller.end().catch(() => undefined);
  }
}
