import type { RelationName } from '#shared/contracts/names.ts';
import { FILE_ID_COLUMN } from '#shared/contracts/system-columns.ts';
import { contractPostgresDdl } from '#shared/parquet/contract-columns.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { classified } from './classify.ts';
import type { SqlClient } from './sql-client.ts';

/**
 * Creates the hashed table of one run and attempt anew: unlogged, columns from the contract, then the engine's,
 * NOT NULL where the contract says so. No index: it is read whole, once.
 *
 * @param client inside a transaction; the schema exists.
 */
export async function createHashedTable(
  client: SqlClient,
  relation: RelationName,
  contract: Contract,
): Promise<void> {
  const name = quoteRelation(relation);
  await client.query(`DROP TABLE IF EXISTS ${name}`);
  await client.query(`CREATE UNLOGGED TABLE ${name} (\n  ${contractPostgresDdl(contract)}\n)`);
}

/**
 * Rows per file id. Empty when the table is missing, or empty after a crash of the server: either way it has to
 * be loaded again.
 *
 * @param client anything that runs a statement, also the merge's transaction.
 */
export async function countPerFile(client: SqlClient, relation: RelationName): Promise<Map<string, bigint>> {
  if (!(await relationExists(client, relation))) return new Map();
  const { rows } = await classified(() =>
    client.query<{ file: string; rows: string }>(
      `SELECT ${quoteIdent(FILE_ID_COLUMN)}::text AS file, count(*)::text AS rows FROM ${quoteRelation(relation)} GROUP BY 1`,
    ),
  );
  return new Map(rows.map(({ file, rows: count }) => [file, BigInt(count)]));
}

/** True when a table, view or anything else stands under the name. */
export async function relationExists(client: SqlClient, relation: RelationName): Promise<boolean> {
  const { rows } = await classified(() =>
    client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
      quoteRelation(relation),
    ]),
  );
  return rows[0]?.there === true;
}
