import type { QueryResult, QueryResultRow } from 'pg';

/** What runs one statement: a pool, a client, or a client inside a transaction. */
export interface SqlClient {
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<QueryResult<Row>>;
}
