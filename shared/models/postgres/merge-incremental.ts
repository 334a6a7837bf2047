import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ensureAppliedTable, insertApplied, readApplied } from '#shared/warehouse/postgres/applied.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { modelErrors } from '../errors.ts';
import type { Audit, IncrementalBuild, WriteCounts } from '../model-warehouse.ts';
import { auditedBatch, type BatchRows, gatherBatch } from './batch-rows.ts';
import { keyPart } from './build-relation.ts';
import { lockWork } from './lock-work.ts';
import { mergeColumnsOf } from './merge-columns.ts';
import { plainMerge } from './merge-statement.ts';
import { buildPartitions, swapPartitions, tableOf } from './overwrite-partitions.ts';
import { PARTITION_ROWS } from './partitioned-table.ts';
import { type Column, columnsOfQuery, reconcileColumns } from './relation-columns.ts';
import { runTestOn } from './run-test.ts';
import type { Session } from './session.ts';

/** Thrown inside the transaction so that it rolls back; never leaves the adapter. */
export class AuditFailed extends Error {}

/**
 * Writes an incremental model's new rows and audits them on the same connection, in the session's transaction.
 *
 * @throws AuditFailed when `audit` says false.
 */
export async function mergeIncremental(
  session: Session,
  build: IncrementalBuild,
  audit: Audit,
  signal: AbortSignal | undefined,
): Promise<WriteCounts> {
  await lockWork(session, 'merge', quoteRelation(build.target));
  await ensureAppliedTable(session);
  const earlier = await readApplied(session, build.marker);
  if (earlier)
    return { inserted: Number(earlier['inserted'] ?? 0), updated: Number(earlier['updated'] ?? 0) };
  await session.script(build.preHooks);
  const query = await columnsOfQuery(session, build.sql);
  if (build.config.overwrites) return overwrite(session, build, query, audit, signal);
  const all = await reconcileColumns(session, build.target, query, build.config);
  const batch = await gatherBatch(session, build);
  const counts = await write(session, { ...build, sql: batch.sql, within: batch.within }, all);
  await session.script(build.postHooks);
  await insertApplied(session, build.marker, { ...counts });
  const written = await auditedBatch(session, build, batch, {
    query: query.map(({ name }) => name),
    written: all,
  });
  if (!(await audit((test) => runTestOn(session, test), written))) throw new AuditFailed();
  return counts;
}

/** Partitions are built, audited beside the table, and swapped last: readers wait for the swap alone. */
async function overwrite(
  session: Session,
  build: IncrementalBuild,
  query: readonly Column[],
  audit: Audit,
  signal: AbortSignal | undefined,
): Promise<WriteCounts> {
  // A query of other columns builds the table whole, so that here both have the same; were it not so, this says it.
  await reconcileColumns(session, tableOf(build), query, { ...build.config, onSchemaChange: 'fail' });
  const overwriting = await buildPartitions(session, build, query);
  const counts = { inserted: overwriting.rows, updated: 0 };
  await session.script(build.postHooks);
  await insertApplied(session, build.marker, { ...counts });
  const keys = build.config.uniqueKey.map(keyPart);
  const columns = query.map(({ name }) => name);
  const written = { table: PARTITION_ROWS, keys, columns, isWhole: true, model: overwriting.asItWillBe };
  if (!(await audit((test) => runTestOn(session, test), written))) throw new AuditFailed();
  await swapPartitions(session, overwriting, build, signal);
  return counts;
}

async function write(
  session: Session,
  build: IncrementalBuild & Pick<BatchRows, 'within'>,
  all: readonly string[],
): Promise<WriteCounts> {
  const { target, sql, config, within } = build;
  // What only a macro knows belongs to projects that are built in place.
  if (config.incrementalStrategy === 'other') {
    const facts = { model: build.target.name, strategy: String(config.raw['incremental_strategy']) };
    throw new PenstockError(modelErrors.materializationUnknown, facts);
  }
  if (config.incrementalStrategy === 'merge') {
    const merged = await session.query<{ inserted: string; updated: string }>(
      plainMerge({ target, sql, config, within, columns: mergeColumnsOf(all, config) }),
    );
    const row = merged.rows[0];
    return { inserted: Number(row?.inserted ?? 0), updated: Number(row?.updated ?? 0) };
  }
  return config.incrementalStrategy === 'append'
    ? { inserted: await insertAll(session, build, `(\n${sql}\n)`, all), updated: 0 }
    : replaceKeys(session, build, all);
}

/** Strategy delete+insert: rows of the batch's keys go, the batch comes; `in` never matches a NULL key. */
async function replaceKeys(
  session: Session,
  build: IncrementalBuild,
  all: readonly string[],
): Promise<WriteCounts> {
  const keys = build.config.uniqueKey.map(keyPart).join(', ');
  const batch = `(\n${build.sql}\n)`;
  const deleted = await session.query(
    `delete from ${quoteRelation(build.target)} where (${keys}) in (select ${keys} from ${batch} as penstock_rows)`,
  );
  const inserted = await insertAll(session, build, batch, all);
  const updated = Math.min(deleted.rowCount ?? 0, inserted);
  return { inserted: inserted - updated, updated };
}

async function insertAll(
  session: Session,
  build: IncrementalBuild,
  from: string,
  all: readonly string[],
): Promise<number> {
  const columns = all.map(quoteIdent).join(', ');
  const result = await session.query(
    `insert into ${quoteRelation(build.target)} (${columns}) select ${columns} from ${from} as penstock_rows`,
  );
  return result.rowCount ?? 0;
}
