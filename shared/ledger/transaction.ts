import type pg from 'pg';
import type { QueryResultRow } from 'pg';
import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import { postgresErrors } from '#shared/errors/postgres-error.ts';
import { arrayParam } from './array-param.ts';
import { toLedgerError } from './ledger-error.ts';
import type { Queryable } from './queryable.ts';

/** Runs one statement on a borrowed connection. */
export async function runOnPool<R extends QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[],
  name?: string,
): Promise<R[]> {
  return withClient(pool, (client) => runOnClient<R>(client, text, values, name));
}

/**
 * Runs `work` in one READ COMMITTED transaction; commits, or rolls back when it throws.
 *
 * @throws what `work` threw, or the classified error of BEGIN or COMMIT. After a COMMIT whose answer was lost
 *   (POSTGRES_UNAVAILABLE) the outcome is unknown and has to be looked up.
 */
export async function runTransaction<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return withClient(pool, async (client, discard) => {
    const tx: Queryable = { rows: (text, values = [], name) => runOnClient(client, text, values, name) };
    await runOnClient(client, 'BEGIN', []);
    try {
      const result = await work(tx);
      await commit(client);
      return result;
    } catch (error) {
      await runOnClient(client, 'ROLLBACK', []).catch(discard);
      throw error;
    }
  });
}

/** PostgreSQL answers COMMIT of an aborted transaction with a silent ROLLBACK. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    throw toLedgerError(error);
  });
  if (command !== 'COMMIT') throw new PenstockError(postgresErrors.statement, { command });
}

async function withClient<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient, discard: () => void) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toLedgerError(error);
  });
  // Between checkout and release the pool does not listen, and an unheard 'error' event ends the process.
  const ignore = (): void => {};
  client.on('error', ignore);
  let broken = false;
  try {
    return await work(client, () => {
      broken = true;
    });
  } catch (error) {
    broken ||= isError(error, postgresErrors.unavailable);
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

async function runOnClient<R extends QueryResultRow>(
  client: pg.PoolClient,
  text: string,
  values: readonly unknown[],
  name?: string,
): Promise<R[]> {
  try {
    const config = { text, values: values.map(arrayParam), ...(name === undefined ? {} : { name }) };
    return (await client.query<R>(config)).rows;
  } catch (error) {
    throw toLedgerError(error);
  }
}
