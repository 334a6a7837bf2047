import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { ensureAppliedTable, readApplied } from '#shared/warehouse/postgres/applied.ts';
import { ensureSchema } from '#shared/warehouse/postgres/ensure-schema.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type {
  Audit,
  IncrementalBuild,
  Leftover,
  ModelWarehouse,
  PublishRequest,
  PublishResult,
  RelationKind,
  VersionedMerge,
  VersionedOutcome,
  WriteCounts,
} from '../model-warehouse.ts';
import { ASIDE_PATTERN } from '../publish/aside-names.ts';
import { LEFTOVER_PATTERN, parseTag, retiredOf } from '../publish/candidate-names.ts';
import { buildRelation, buildSeedTable, droppedAs } from './build-relation.ts';
import { dropExpired } from './drop-expired.ts';
import { dropEach } from './drop-unread.ts';
import { isGuarded, rowsOf, withRows } from './guarded-table.ts';
import { holdRun, unheldRuns } from './hold-run.ts';
import { literal } from './literal.ts';
import { emptiedIn, lostTables } from './lost-tables.ts';
import { AuditFailed, mergeIncremental } from './merge-incremental.ts';
import { mergeVersioned } from './merge-versioned.ts';
import { tableOf } from './overwrite-partitions.ts';
import { droppable, FAILED_NOTE, publish } from './publish.ts';
import { runTestOn } from './run-test.ts';
import { type Session, withTransaction } from './session.ts';
import { summarise } from './summarise.ts';

/**
 * The model engine's side of a PostgreSQL 18 warehouse, on a pool that its owner closes.
 *
 * One build, merge or test holds one connection: give the pool at least as many as there are threads, plus one.
 */
export function openPostgresModelWarehouse(warehouse: { readonly pool: pg.Pool }): ModelWarehouse {
  const { pool } = warehouse;
  const inTransaction = <T>(
    signal: AbortSignal | undefined,
    work: (session: Session) => Promise<T>,
  ): Promise<T> => withTransaction(pool, signal, work);
  return {
    dialect: 'postgres',
    statementTime: 'statement_timestamp()',
    ensureSchemas: (schemas) =>
      inTransaction(undefined, async (session) => {
        await ensureAppliedTable(session);
        for (const schema of [...schemas].sort()) await ensureSchema(session, schema);
      }),
    kindOf: (relation) => inTransaction(undefined, (session) => kindOf(session, relation)),
    isTable: ({ stable, config }) =>
      inTransaction(undefined, async (session) => {
        if (!isGuarded({ kind: 'table', config })) return (await kindOf(session, stable)) === 'table';
        return (
          (await kindOf(session, stable)) === 'view' && (await kindOf(session, rowsOf(stable))) === 'table'
        );
      }),
    lost: (relations) => inTransaction(undefined, (session) => lostTables(session, relations)),
    emptied: (schemas) => inTransaction(undefined, (session) => emptiedIn(session, schemas)),
    build: (build, signal) => inTransaction(signal, (session) => buildRelation(session, build)),
    buildSeed: (build, seed, signal) =>
      inTransaction(signal, (session) => buildSeedTable(session, build, seed)),
    mergeIncremental: (build, audit, signal) => mergeAudited(pool, build, audit, signal),
    runTest: (test, signal) => inTransaction(signal, (session) => runTestOn(session, test)),
    publish: (request, signal) => publishAndTidy(pool, request, signal),
    outcomeOf: (marker) =>
      inTransaction(undefined, async (session) => {
        await ensureAppliedTable(session);
        return readApplied(session, marker);
      }),
    mergeVersioned: (merge, signal) => mergeAndTidy(pool, merge, signal),
    totals: (request, signal) =>
      inTransaction(signal, async (session) => {
        const isThere = (await kindOf(session, request.relation)) !== 'none';
        return isThere ? summarise(session, request) : { rows: '0', sums: {} };
      }),
    keepFailed: (candidate, reason) =>
      inTransaction(undefined, async (session) => {
        const kind = await relkindOf(session, candidate);
        if (kind === undefined) return;
        await session.script([
          `comment on ${droppedAs(kind)} ${quoteRelation(candidate)} is ${literal(FAILED_NOTE + reason)}`,
        ]);
      }),
    drop: async (relations) =>
      dropEach(pool, await inTransaction(undefined, (session) => withRows(session, relations))),
    hold: (runId) => holdRun(pool, runId),
    unheld: (runIds) => unheldRuns(pool, runIds),
    leftovers: (schemas) => inTransaction(undefined, (session) => leftoversIn(session, schemas)),
    invocationLeftovers: (schemas) => inTransaction(undefined, (session) => asidesIn(session, schemas)),
    schemasOf: (pipelines) => inTransaction(undefined, (session) => schemasIn(session, pipelines)),
  };
}

async function relkindOf(session: Session, relation: RelationName): Promise<string | undefined> {
  const found = await session.query<{ relkind: string }>(
    'select relkind from pg_class where oid = to_regclass($1)',
    [quoteRelation(relation)],
  );
  return found.rows[0]?.relkind;
}

async function kindOf(session: Session, relation: RelationName): Promise<RelationKind> {
  const kind = await relkindOf(session, relation);
  if (kind === undefined) return 'none';
  return kind === 'r' || kind === 'p' ? 'table' : kind === 'v' ? 'view' : 'other';
}

async function mergeAudited(
  pool: pg.Pool,
  build: IncrementalBuild,
  audit: Audit,
  signal: AbortSignal | undefined,
): Promise<WriteCounts | undefined> {
  try {
    const counts = await withTransaction(pool, signal, (session) =>
      mergeIncremental(session, build, audit, signal),
    );
    await dropExpired(pool, { ...build, target: tableOf(build) });
    return counts;
  } catch (error) {
    if (error instanceof AuditFailed) return undefined;
    throw error;
  }
}

async function mergeAndTidy(
  pool: pg.Pool,
  merge: VersionedMerge,
  signal: AbortSignal | undefined,
): Promise<VersionedOutcome> {
  const outcome = await withTransaction(pool, signal, async (session) => {
    await ensureAppliedTable(session);
    await ensureSchema(session, merge.target.schema);
    return mergeVersioned(session, merge, signal);
  });
  await dropExpired(pool, merge);
  if (merge.fullRefresh) await dropEach(pool, [retiredOf(merge.target, merge.tag)]);
  return outcome;
}

/** The swap in one transaction, dropping what it retired in others: a slow drop keeps no reader waiting. */
async function publishAndTidy(
  pool: pg.Pool,
  request: PublishRequest,
  signal: AbortSignal | undefined,
): Promise<PublishResult> {
  const result = await withTransaction(pool, signal, (session) => publish(session, request, signal));
  await dropEach(
    pool,
    await withTransaction(pool, undefined, (session) => droppable(session, request.swaps)),
  );
  return result;
}

async function leftoversIn(session: Session, schemas: readonly string[]): Promise<Leftover[]> {
  const found = await named(session, schemas, LEFTOVER_PATTERN);
  return found.map(({ groups, ...rest }) => ({ ...rest, ...parseTag(groups[2] ?? '') }));
}

async function asidesIn(session: Session, schemas: readonly string[]): Promise<Leftover[]> {
  const found = await named(session, schemas, ASIDE_PATTERN);
  return found.map(({ groups, ...rest }) => ({ ...rest, runId: groups[0] ?? '', attempt: 1 }));
}

/** Relations of some name, with what the pattern's groups match. */
async function named(session: Session, schemas: readonly string[], pattern: string): Promise<Named[]> {
  const found = await session.query<{ schema: string; name: string; groups: string[]; keptFailed: boolean }>(
    `select n.nspname as schema, c.relname as name, regexp_match(c.relname, $2) as groups,
       starts_with(coalesce(obj_description(c.oid, 'pg_class'), ''), $3) as "keptFailed"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm') and c.relname ~ $2
     order by 1, 2`,
    [schemas, pattern, FAILED_NOTE],
  );
  return found.rows.map(({ schema, name, ...rest }) => ({ ...rest, relation: { schema, name } }));
}

interface Named extends Pick<Leftover, 'relation' | 'keptFailed'> {
  readonly groups: readonly string[];
}

async function schemasIn(session: Session, pipelines: readonly string[]): Promise<string[]> {
  const found = await session.query<{ schema: string }>(
    `select n.nspname as schema from pg_namespace n
     where exists (select from unnest($1::text[]) as p(name)
       where n.nspname = p.name or starts_with(n.nspname, p.name || '_')) order by 1`,
    [pipelines],
  );
  return found.rows.map(({ schema }) => schema);
}
