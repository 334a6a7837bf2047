import type { PoolClient } from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { warehouseErrors } from '#shared/warehouse/errors.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { SwapOptions } from '#shared/warehouse/warehouse-port.ts';
import { LOCK_TIMEOUT_MS, retryOnLock } from './retry-on-lock.ts';
import { readAttributes, restoreAttributes } from './stable-attributes.ts';
import { type RelationColumn, readColumns, readDependents, readKind } from './stable-catalog.ts';
import { withWarehouseTransaction } from './transaction.ts';

type Pooled = Parameters<typeof withWarehouseTransaction>[0];

/**
 * Points the stable view at a hashed table, in one short transaction.
 *
 * A view, because the hashed table must keep its name for the merge that reads it, and a copy would double the
 * writing. CREATE OR REPLACE keeps identity, grants and the views of others; where columns changed, the view is
 * dropped and created in the same transaction, and grants and comment are given back. Readers that wait meanwhile
 * look the name up again when the lock is theirs, so they never miss it.
 */
export async function swapStable(
  warehouse: Pooled,
  stable: RelationName,
  hashed: RelationName,
  options: SwapOptions = {},
): Promise<void> {
  const transaction = options.signal === undefined ? {} : { signal: options.signal };
  const swap = (client: PoolClient): Promise<void> => swapInside(client, stable, hashed);
  await retryOnLock(stable.name, options, () => withWarehouseTransaction(warehouse, swap, transaction));
}

async function swapInside(client: PoolClient, stable: RelationName, hashed: RelationName): Promise<void> {
  // Two swaps at once would both see no view, or both replace it ("tuple concurrently updated").
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('penstock:stable:' || $1, 0))", [
    quoteRelation(stable),
  ]);
  // Only from here on do readers wait behind us; each holder of the lock above is gone after one try.
  await client.query("SELECT set_config('lock_timeout', $1, true)", [`${LOCK_TIMEOUT_MS}ms`]);
  const columns = await readColumns(client, hashed);
  if (columns.length === 0) throw new PenstockError(warehouseErrors.tableMissing, { relation: hashed.name });
  const kind = await readKind(client, stable);
  if (kind !== 'none' && kind !== 'view') {
    throw new PenstockError(warehouseErrors.stableIsForeign, { relation: stable.name });
  }
  const canReplace = kind === 'none' || extendsColumns(await readColumns(client, stable), columns);
  if (canReplace) await createView(client, stable, hashed, columns);
  else await recreateView(client, stable, hashed, columns);
}

/** CREATE OR REPLACE VIEW lets columns be added at the end; all others stay as they are. */
function extendsColumns(before: readonly RelationColumn[], after: readonly RelationColumn[]): boolean {
  return before.every((column, index) => {
    const now = after[index];
    return now?.name === column.name && now.type === column.type && now.collation === column.collation;
  });
}

async function recreateView(
  client: PoolClient,
  stable: RelationName,
  hashed: RelationName,
  columns: readonly RelationColumn[],
): Promise<void> {
  // Locked before it is looked at, so that nobody adds a dependent or a grant in between.
  await client.query(`LOCK TABLE ${quoteRelation(stable)} IN ACCESS EXCLUSIVE MODE`);
  const dependents = await readDependents(client, stable);
  if (dependents.length > 0) {
    const names = dependents.map(({ schema, name }) => `${schema}.${name}`).join(' ');
    throw new PenstockError(warehouseErrors.stableHasDependents, {
      relation: stable.name,
      dependents: names,
    });
  }
  const attributes = await readAttributes(client, stable);
  await client.query(`DROP VIEW ${quoteRelation(stable)}`);
  await createView(client, stable, hashed, columns);
  await restoreAttributes(client, attributes);
}

async function createView(
  client: PoolClient,
  stable: RelationName,
  hashed: RelationName,
  columns: readonly RelationColumn[],
): Promise<void> {
  const list = columns.map(({ name }) => quoteIdent(name)).join(', ');
  await client.query(
    `CREATE OR REPLACE VIEW ${quoteRelation(stable)} AS SELECT ${list} FROM ${quoteRelation(hashed)}`,
  );
}
