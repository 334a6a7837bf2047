import type { RelationName } from '#shared/contracts/names.ts';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import { postgresTypeOf } from '#shared/parquet/type-mapping.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { KeyBatch, StagingOptions } from '#shared/warehouse/warehouse-port.ts';
import { relationExists } from './hashed-table.ts';
import { withWarehouseTransaction } from './transaction.ts';

type Pooled = Parameters<typeof withWarehouseTransaction>[0];

/** Undefined column, undefined operator or cast, mismatched type: the target is of an older contract. */
const OLDER_TARGET = new Set(['42703', '42883', '42804', '42846']);

/**
 * Compares landed rows with a target by key and `_row_hash`, a batch at a time, and stops at the first difference.
 *
 * @returns true when one key is missing in the target, or has another hash, or there is no such target.
 */
export async function differsFrom(
  warehouse: Pooled,
  target: RelationName,
  contract: Contract,
  batches: AsyncIterable<KeyBatch>,
  options: StagingOptions = {},
): Promise<boolean> {
  if (!(await relationExists(warehouse.pool, target))) return true;
  const sql = probeSql(target, contract);
  try {
    for await (const batch of batches) {
      options.signal?.throwIfAborted();
      if (await batchDiffers(warehouse, sql, batch, options)) return true;
    }
    return false;
  } catch (error) {
    if (OLDER_TARGET.has(sqlstateOf(error) ?? '')) return true;
    throw error;
  }
}

async function batchDiffers(
  warehouse: Pooled,
  sql: string,
  batch: KeyBatch,
  options: StagingOptions,
): Promise<boolean> {
  const values = [...batch.keys, batch.hashes];
  return withWarehouseTransaction(
    warehouse,
    async (client) => (await client.query<{ differs: boolean }>(sql, values)).rows[0]?.differs === true,
    options,
  );
}

/**
 * The subquery per row makes it one index look-up each: a join might choose to read the whole target for every
 * batch. Keys are cast to the contract's types, so that the index of the target is used.
 */
function probeSql(target: RelationName, contract: Contract): string {
  const arrays = contract.key.map((name, index) => `$${index + 1}::text[]::${keyType(contract, name)}[]`);
  const names = contract.key.map((_, index) => `k${index}`);
  const matches = contract.key.map((name, index) => `t.${quoteIdent(name)} = r.k${index}`);
  return `SELECT EXISTS (
    SELECT FROM unnest(${[...arrays, `$${arrays.length + 1}::text[]`].join(', ')}) AS r (${[...names, 'hash'].join(', ')})
     WHERE (SELECT t."_row_hash" FROM ${quoteRelation(target)} t WHERE ${matches.join(' AND ')} LIMIT 1)
           IS DISTINCT FROM r.hash
  ) AS differs`;
}

function keyType(contract: Contract, name: string): string {
  const field = contract.fields[name];
  if (field === undefined) throw new Error(`the key field ${name} is not in the contract`);
  return postgresTypeOf(field);
}
