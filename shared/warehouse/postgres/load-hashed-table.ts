import type { PoolClient } from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { FILE_ID_COLUMN } from '#shared/contracts/system-columns.ts';
import { landedColumns } from '#shared/parquet/contract-columns.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { FileToLoad, StagingOptions } from '#shared/warehouse/warehouse-port.ts';
import { copyInto } from './copy-into.ts';
import { ensureSchema } from './ensure-schema.ts';
import { createHashedTable } from './hashed-table.ts';
import { type TransactionOptions, withWarehouseTransaction } from './transaction.ts';

type Pooled = Parameters<typeof withWarehouseTransaction>[0];

/**
 * Creates a hashed table and fills it from all files in one transaction, so that it is whole or not there.
 *
 * @returns rows per file id.
 */
export async function loadHashedTable(
  warehouse: Pooled,
  relation: RelationName,
  contract: Contract,
  files: Iterable<FileToLoad> | AsyncIterable<FileToLoad>,
  options: StagingOptions = {},
): Promise<Map<string, bigint>> {
  const transaction: TransactionOptions = options;
  // Apart, so that its lock does not hold up other streams for the length of a load.
  await withWarehouseTransaction(warehouse, (client) => ensureSchema(client, relation.schema), transaction);
  const load = async (client: PoolClient): Promise<Map<string, bigint>> => {
    await createHashedTable(client, relation, contract);
    const rows = new Map<string, bigint>();
    for await (const file of files) {
      rows.set(file.fileId, await copyFile(client, relation, contract, file, options.signal));
    }
    // Nothing has looked at the table before the merge plans its join on it. The join knows only the key; statistics
    // of every column would cost as much as loading a tenth of the rows.
    const key = contract.key.map(quoteIdent).join(', ');
    await client.query(`ANALYZE ${quoteRelation(relation)} (${key})`);
    return rows;
  };
  return withWarehouseTransaction(warehouse, load, transaction);
}

async function copyFile(
  client: PoolClient,
  relation: RelationName,
  contract: Contract,
  file: FileToLoad,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const columns = [...landedColumns(contract).map(({ name }) => name), FILE_ID_COLUMN];
  return copyInto(client, relation, columns, await file.openCsv(signal), {
    freeze: true,
    facts: { fileId: file.fileId },
    ...(signal === undefined ? {} : { signal }),
  });
}
