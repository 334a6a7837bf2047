import type { RelationName } from '#shared/contracts/names.ts';
import { FILE_ID_COLUMN } from '#shared/contracts/system-columns.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import { insertApplied, readApplied } from '#shared/warehouse/postgres/applied.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { modelErrors } from '../errors.ts';
import type { VersionedCounts, VersionedMerge, VersionedOutcome } from '../model-warehouse.ts';
import { candidateOf, candidatePart, retiredOf } from '../publish/candidate-names.ts';
import { createIndex, documentation, dropRelation, indexesOf, isColumn, keyPart } from './build-relation.ts';
import { placedSwaps } from './guarded-table.ts';
import { lockWork } from './lock-work.ts';
import { mergeColumnsOf } from './merge-columns.ts';
import { comparedCount, incoming, type MergeParts, newestOnly, versionedMerge } from './merge-statement.ts';
import { createPartitioned, partitionsFor } from './partitioned-table.ts';
import { type Column, columnsOfQuery, reconcileColumns } from './relation-columns.ts';
import { oidOf } from './relation-shape.ts';
import type { Session } from './session.ts';
import { keyNameOf, swapAll } from './swap.ts';

/**
 * Merges one batch into a bronze table, in the session's transaction: lock, look for the marker, count the batch,
 * merge, write the marker.
 *
 * @throws PenstockError `HASHED_TABLE_SHORT`, `HASHED_TABLE_MISSING`, `BRONZE_COLUMN_MISSING`, `MODEL_SQL_FAILED`.
 */
export async function mergeVersioned(
  session: Session,
  merge: VersionedMerge,
  signal: AbortSignal | undefined,
): Promise<VersionedOutcome> {
  await lockWork(session, 'merge', quoteRelation(merge.target));
  const earlier = await readApplied(session, merge.marker);
  if (earlier) return { ...countsOf(earlier), alreadyApplied: true };
  const total = await countBatch(session, merge);
  const counts = await apply(session, merge, total, signal);
  return { ...counts, alreadyApplied: false };
}

async function apply(
  session: Session,
  merge: VersionedMerge,
  total: number,
  signal: AbortSignal | undefined,
): Promise<VersionedCounts> {
  const columns = await columnsOfQuery(session, merge.sql);
  refuseMissing(merge, columns);
  const exists = (await oidOf(session, merge.target)) !== undefined;
  if (exists && !merge.fullRefresh) {
    const counts = await mergeInto(session, merge, columns, total);
    await insertApplied(session, merge.marker, { ...counts });
    return counts;
  }
  const built = exists ? candidateOf(merge.target, merge.tag) : merge.target;
  const counts = await buildFirst(session, merge, columns, built, total);
  await insertApplied(session, merge.marker, { ...counts });
  if (exists) await swapIn(session, merge, signal);
  return counts;
}

/** Refuses a model whose query lacks what the merge compares by. */
function refuseMissing(merge: VersionedMerge, columns: readonly Column[]): void {
  const { uniqueKey, versionColumn = '', hashColumn = '' } = merge.config;
  const needed = [...uniqueKey.filter(isColumn), versionColumn, hashColumn];
  const missing = needed.filter((name) => !columns.some((column) => column.name === name));
  if (missing.length > 0) {
    throw new PenstockError(modelErrors.sourceColumnMissing, {
      relation: quoteRelation(merge.target),
      columns: missing.join(', '),
    });
  }
}

/**
 * Rows of the hashed table, each file's compared with what the ledger expects: an unlogged table is there and empty
 * after a database crash, and an expired one may have been loaded in part.
 */
async function countBatch(session: Session, merge: VersionedMerge): Promise<number> {
  const table = quoteRelation(merge.hashed);
  if ((await oidOf(session, merge.hashed)) === undefined) {
    throw new PenstockError(modelErrors.hashedTableMissing, { table });
  }
  const file = quoteIdent(FILE_ID_COLUMN);
  const found = await session.query<{ file: string; rows: string }>(
    `select ${file}::text as file, count(*)::text as rows from ${table} group by 1`,
  );
  const counted = new Map(found.rows.map(({ file, rows }) => [file, Number(rows)]));
  for (const [file, expected] of merge.expectedRowsPerFile) {
    const there = counted.get(file) ?? 0;
    if (there !== expected)
      throw new PenstockError(modelErrors.hashedTableShort, { table, file, expected, there });
    counted.delete(file);
  }
  for (const [file, there] of counted) {
    throw new PenstockError(modelErrors.hashedTableShort, { table, file, expected: 0, there });
  }
  return [...merge.expectedRowsPerFile.values()].reduce((sum, rows) => sum + rows, 0);
}

/** Runs the cheap form, and the one that sorts duplicates out only when the server met some. */
async function withoutDuplicates<T>(
  session: Session,
  cheap: () => Promise<T>,
  sorted: () => Promise<T>,
): Promise<T> {
  await session.query('savepoint penstock_unique');
  try {
    return await cheap();
  } catch (error) {
    // A key inserted twice, or a row met twice by one MERGE.
    if (!['23505', '21000'].includes(sqlstateOf(error) ?? '')) throw error;
    await session.query('rollback to savepoint penstock_unique');
    return await sorted();
  }
}

async function mergeInto(
  session: Session,
  merge: VersionedMerge,
  columns: readonly Column[],
  total: number,
): Promise<VersionedCounts> {
  const all = await reconcileColumns(session, merge.target, columns, merge.config);
  const placed = await partitionsFor(session, merge);
  const parts: MergeParts = { ...merge, ...placed, columns: mergeColumnsOf(all, merge.config) };
  const run = async (rows: string): Promise<VersionedCounts> => {
    const merged = await session.query<Record<'inserted' | 'updated' | 'advanced', string>>(
      versionedMerge(parts, rows),
    );
    const { inserted, updated, advanced } = numbersOf(merged.rows[0]);
    const applied = inserted + updated + advanced;
    if (applied === total) return { inserted, updated, advanced, unchanged: 0, stale: 0, duplicates: 0 };
    const compared = numbersOf(
      (await session.query<Record<'total' | 'stale', string>>(comparedCount(parts, rows))).rows[0],
    );
    const unchanged = compared.total - applied - compared.stale;
    return {
      inserted,
      updated,
      advanced,
      unchanged,
      stale: compared.stale,
      duplicates: total - compared.total,
    };
  };
  return withoutDuplicates(
    session,
    () => run(incoming(parts)),
    () => run(newestOnly(parts)),
  );
}

async function createFilled(
  session: Session,
  into: RelationName,
  query: string,
  merge: VersionedMerge,
): Promise<number> {
  if (merge.config.partitions !== undefined)
    return createPartitioned(session, into, { ...merge, stable: merge.target, sql: query });
  const created = await session.query(`create table ${quoteRelation(into)} as\n${query}`);
  return created.rowCount ?? 0;
}

/** Builds the table whole and its key afterwards, which costs half of inserting into a table that has one. */
async function buildFirst(
  session: Session,
  merge: VersionedMerge,
  columns: readonly Column[],
  into: RelationName,
  total: number,
): Promise<VersionedCounts> {
  const names = columns.map(({ name }) => name);
  const parts: MergeParts = { ...merge, within: undefined, columns: mergeColumnsOf(names, merge.config) };
  const back = names.map((name, index) => `s_${index} as ${quoteIdent(name)}`).join(', ');
  const run = async (query: string): Promise<number> => {
    await dropRelation(session, into);
    await session.query(`set local maintenance_work_mem = '256MB'`);
    const rows = await createFilled(session, into, query, merge);
    await session.query(addKey(merge, into));
    return rows;
  };
  const inserted = await withoutDuplicates(
    session,
    () => run(merge.sql),
    () => run(`select ${back} from (${newestOnly(parts)}) as penstock_newest`),
  );
  const aside = into.name !== merge.target.name;
  await session.script([
    ...indexesOf(merge.target, merge.config.indexes).map((index) =>
      createIndex(index, into, aside ? merge.tag : undefined),
    ),
    ...documentation(merge, into, 'table'),
    analysis(into, names),
  ]);
  return { inserted, updated: 0, advanced: 0, unchanged: 0, stale: 0, duplicates: total - inserted };
}

/**
 * Statistics of what models filter and join by. The engine's columns (`_version`, `_row_hash`, …) are long, all
 * different and in no condition: sorting samples of them costs most of an ANALYZE of everything.
 */
function analysis(table: RelationName, columns: readonly string[]): string {
  const own = columns.filter((name) => !name.startsWith('_')).map(quoteIdent);
  return `analyze ${quoteRelation(table)}${own.length > 0 ? ` (${own.join(', ')})` : ''}`;
}

/** A primary key where the key is columns, a unique index where it holds an expression. */
function addKey(merge: VersionedMerge, into: RelationName): string {
  const stable = keyNameOf(merge.target);
  const name = quoteIdent(into.name === merge.target.name ? stable : candidatePart(stable, merge.tag));
  const parts = merge.config.uniqueKey.map(keyPart).join(', ');
  return merge.config.uniqueKey.every(isColumn)
    ? `alter table ${quoteRelation(into)} add constraint ${name} primary key (${parts})`
    : `create unique index ${name} on ${quoteRelation(into)} (${parts})`;
}

async function swapIn(
  session: Session,
  merge: VersionedMerge,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { target, tag, limits, config } = merge;
  const swap = {
    model: target.name,
    kind: 'table' as const,
    stable: target,
    candidate: candidateOf(target, tag),
    retired: retiredOf(target, tag),
    config,
  };
  await swapAll(session, { swaps: placedSwaps([swap], tag), heldBack: [], tag, limits, signal });
}

function numbersOf<K extends string>(row: Record<K, string> | undefined): Record<K, number> {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries<string>(row ?? {})) numbers[name] = Number(value);
  return numbers as Record<K, number>;
}

/** Counts as a marker recorded them. */
function countsOf(outcome: Readonly<Record<string, unknown>>): VersionedCounts {
  const count = (name: string): number => Number(outcome[name] ?? 0);
  return {
    inserted: count('inserted'),
    updated: count('updated'),
    advanced: count('advanced'),
    unchanged: count('unchanged'),
    stale: count('stale'),
    duplicates: count('duplicates'),
  };
}
