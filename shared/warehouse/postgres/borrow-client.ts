import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { classified } from './classify.ts';

/** After an abort a server that does not even answer the cancelling gets this long. */
const CANCEL_GRACE_MS = 5_000;

/** A connection of a pool for one piece of work. */
export interface BorrowedClient {
  readonly client: pg.PoolClient;
  /** @param reusable false when the connection is of no more use, default true. */
  release(reusable?: boolean): Promise<void>;
}

/**
 * Borrows a connection. On abort the running statement is cancelled at the server; a server that hangs loses its socket, so
 * that the work gets an error to end with.
 *
 * @throws the signal's reason; PenstockError of the server, classified.
 */
export async function borrowClient(pool: pg.Pool, signal: AbortSignal | undefined): Promise<BorrowedClient> {
  signal?.throwIfAborted();
  const client = await classified(() => pool.connect());
  const guard = guardClient(pool, client, signal);
  return {
    client,
    release: async (reusable = true) => {
      await guard.release();
      // A cancel may still be on its way, and would hit the next borrower's statement.
      client.release(!reusable || signal?.aborted === true);
    },
  };
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
