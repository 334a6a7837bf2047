import type pg from 'pg';
import type { QueryResult, QueryResultRow } from 'pg';
import { toPostgresError } from '#shared/errors/postgres-error.ts';
import { withWarehouseTransaction } from '#shared/warehouse/postgres/transaction.ts';

/** One connection inside a transaction. Errors are PenstockErrors without any value of a row. */
export interface Session {
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<QueryResult<Row>>;
  /** Runs several statements that return nothing in one round trip. */
  script(statements: readonly string[]): Promise<void>;
}

/**
 * Runs `work` in one transaction: commits, or rolls back when it throws. Aborting `signal` cancels the running
 * statement on the server and throws the signal's reason.
 */
export function withTransaction<T>(
  pool: pg.Pool,
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withWarehouseTransaction(
    { pool },
    (client) => work(sessionOn(client, signal)),
    signal ? { signal } : {},
  );
}

function sessionOn(client: pg.PoolClient, signal: AbortSignal | undefined): Session {
  const run = async <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => {
    signal?.throwIfAborted();
    try {
      return await client.query<Row>(sql, values === undefined ? undefined : [...values]);
    } catch (error) {
      throw toPostgresError(error, lineOfError(error, sql));
    }
  };
  return {
    query: run,
    script: async (statements) => {
      if (statements.length > 0) await run(statements.join(';\n'));
    },
  };
}

/** The line of the statement the server points at; compiled models are printed with their lines. */
export function lineOfError(error: unknown, sql: string): { line?: number } {
  if (typeof error !== 'object' || error === null || !('position' in error)) return {};
  const position = Number(error.position);
  return Number.isInteger(position) && position > 0
    ? { line: sql.slice(0, position).split('\n').length }
    : {};
}
