import { stableTableOf, tempSchemaOf } from '#shared/contracts/names.ts';
import { markTempTablesDropped, orphanTempTables } from '#shared/ledger/temp-tables.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/**
 * Drops hashed tables that no run needs any more: their run is closed or a later attempt took over. The one that the
 * stable relation reads stays until another takes its place.
 */
export async function dropOrphanTables({ ledger, warehouse }: SchedulerDeps): Promise<number> {
  const orphans = await orphanTempTables(ledger);
  const serving = new Set<string>();
  for (const pipeline of new Set(orphans.map((table) => table.pipeline))) {
    for (const { relation, servesStable } of await warehouse.listStagingTables(tempSchemaOf(pipeline))) {
      if (servesStable !== undefined) serving.add(`${relation.schema}.${relation.name}`);
    }
  }
  const dropped: string[] = [];
  for (const { relation, pipeline, stream } of orphans) {
    if (serving.has(relation)) continue;
    const { schema } = stableTableOf(pipeline, stream);
    await warehouse.dropTable({ schema, name: relation.slice(schema.length + 1) });
    dropped.push(relation);
  }
  if (dropped.length > 0) await markTempTablesDropped(ledger, dropped);
  return dropped.length;
}
