import type { QueryResultRow } from 'pg';

/** A ledger, or a transaction on one. */
export interface Queryable {
  /**
   * Runs one statement and returns its rows. Columns are named by the statement (`run_id AS "runId"`); int8 and date
   * arrive as text, timestamptz as ISO text in UTC with milliseconds. A `name` keeps the plan on each connection.
   *
   * @throws PenstockError of `postgresErrors`, or of `ledgerErrors` where a rule of the schema refused.
   */
  rows<R extends QueryResultRow>(text: string, values?: readonly unknown[], name?: string): Promise<R[]>;
}

/** The first row of an answer, for statements that return at most one. */
export async function firstRow<R extends QueryResultRow>(answer: Promise<R[]>): Promise<R | undefined> {
  return (await answer)[0];
}
