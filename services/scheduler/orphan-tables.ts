import { tempSchemaOf } from '#shared/contracts/names.ts';
import { markTempTablesDropped, orphanTempTables, type TempTable } from '#shared/ledger/temp-tables.ts';
import { eachAlone } from './each-alone.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** A table that somebody reads is left for the next pass: a tick must not wait for readers. */
const GIVE_UP_AFTER_MS = 200;

/**
 * Drops hashed tables that no run needs any more: their run is closed or a later attempt took over. The one that the
 * stable relation reads stays until another takes its place.
 */
export async function dropOrphanTables(deps: SchedulerDeps): Promise<number> {
  const orphans = await orphanTempTables(deps.ledger);
  const serving = await servingTables(deps, orphans);
  const dropped = await eachAlone(
    deps,
    orphans.filter(({ relation }) => !serving.has(relation)),
    ({ relation }) => ({ relation }),
    (table) => dropTable(deps, table),
  );
  if (dropped.length > 0) {
    await markTempTablesDropped(
      deps.ledger,
      dropped.map(({ relation }) => relation),
    );
  }
  return dropped.length;
}

/** Tables that a stable relation reads. */
async function servingTables(
  { warehouse }: SchedulerDeps,
  orphans: readonly TempTable[],
): Promise<Set<string>> {
  const serving = new Set<string>();
  for (const pipeline of new Set(orphans.map((table) => table.pipeline))) {
    for (const { relation, servesStable } of await warehouse.listStagingTables(tempSchemaOf(pipeline))) {
      if (servesStable !== undefined) serving.add(`${relation.schema}.${relation.name}`);
    }
  }
  return serving;
}

function dropTable({ warehouse }: SchedulerDeps, { relation, pipeline }: TempTable): Promise<void> {
  const schema = tempSchemaOf(pipeline);
  const name = relation.slice(schema.length + 1);
  return warehouse.dropTable({ schema, name }, { giveUpAfterMs: GIVE_UP_AFTER_MS });
}
