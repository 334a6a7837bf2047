import type { Contract } from '#shared/pipeline/contract.ts';
import type { FieldType } from '#shared/pipeline/field.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { KeyBatch } from '#shared/warehouse/warehouse-port.ts';
import type { ParquetSession } from './parquet-engine.ts';
import { parquetRelation } from './parquet-relation.ts';

/** Enough that the round trip to the warehouse is small beside the look-ups, little enough to stop early. */
const BATCH_ROWS = 8_192;

/**
 * Reads key and `_row_hash` of every row of landed files, in file order, only these columns, in bounded memory.
 *
 * @param paths local paths; none of them is taken for a pattern.
 * @returns batches of about `batchRows` rows (default 8,192), keys as text that PostgreSQL reads as the same value.
 * @throws PARQUET_UNREADABLE when a file is broken or lacks a column.
 */
export async function* readKeysAndHashes(
  session: ParquetSession,
  paths: readonly string[],
  contract: Contract,
  batchRows = BATCH_ROWS,
): AsyncGenerator<KeyBatch> {
  if (paths.length === 0) return;
  let batch = emptyBatch(contract);
  for await (const rows of session.batches(keysSql(paths, contract))) {
    for (const row of rows) {
      contract.key.forEach((_, index) => {
        batch.keys[index]?.push(String(row[`k${index}`]));
      });
      batch.hashes.push(String(row['hash']));
    }
    if (batch.hashes.length < batchRows) continue;
    yield batch;
    batch = emptyBatch(contract);
  }
  if (batch.hashes.length > 0) yield batch;
}

function emptyBatch(contract: Contract): { keys: string[][]; hashes: string[] } {
  return { keys: contract.key.map(() => []), hashes: [] };
}

function keysSql(paths: readonly string[], contract: Contract): string {
  const keys = contract.key.map((name, index) => {
    const type = contract.fields[name]?.type;
    if (type === undefined) throw new Error(`the key field ${name} is not in the contract`);
    return `${keyText(type, quoteIdent(name))} AS k${index}`;
  });
  // Folders named `a=b` must not become columns.
  return `SELECT ${keys.join(', ')}, "_row_hash" AS hash FROM ${parquetRelation(paths)}`;
}

function keyText(type: FieldType, column: string): string {
  if (type.kind === 'array' || type.kind === 'json') throw new Error(`a key cannot be of type ${type.kind}`);
  return type.kind === 'bytes' ? `'\\x' || lower(hex(${column}))` : `${column}::VARCHAR`;
}
