import { bounded, type RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { RelationBuild, SeedRows } from '../model-warehouse.ts';
import type { IndexConfig } from '../project/model-config.ts';
import { type BuildTag, candidatePart } from '../publish/candidate-names.ts';
import { createGuard, isGuarded, rowsBuild } from './guarded-table.ts';
import { literal } from './literal.ts';
import { markUnlogged } from './lost-tables.ts';
import { createPartitioned } from './partitioned-table.ts';
import { copyShape } from './relation-shape.ts';
import type { Session } from './session.ts';

/**
 * Builds a candidate inside the session's transaction: pre-hooks, rows, indexes, docs, grants, post-hooks, statistics.
 *
 * @returns rows of a table, null for a view.
 */
export async function buildRelation(session: Session, build: RelationBuild): Promise<number | null> {
  await session.script(build.preHooks);
  await dropRelation(session, build.candidate);
  if (isGuarded(build)) return buildGuarded(session, build);
  const rows = build.kind === 'view' ? await createView(session, build) : await createTable(session, build);
  await finishRelation(session, build);
  return rows;
}

/** Like {@link buildRelation} with the rows of a seed file, all in one statement of typed arrays. */
export async function buildSeedTable(
  session: Session,
  build: RelationBuild,
  seed: SeedRows,
): Promise<number> {
  await dropRelation(session, build.candidate);
  const columns = seed.columns.map(({ name, type }) => `${quoteIdent(name)} ${type}`);
  await session.query(`create table ${quoteRelation(build.candidate)} (${columns.join(', ')})`);
  const arrays = seed.columns.map((_, index) => seed.rows.map((row) => row[index] ?? null));
  const unnested = seed.columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const typed = seed.columns.map(({ type }, index) => `c${index + 1}::${type}`).join(', ');
  const names = seed.columns.map((_, index) => `c${index + 1}`).join(', ');
  await session.query(
    `insert into ${quoteRelation(build.candidate)} select ${typed} from unnest(${unnested}) as s(${names})`,
    arrays,
  );
  await finishRelation(session, build);
  return seed.rows.length;
}

/** An unlogged table and the view of it that will bear the public name. */
async function buildGuarded(session: Session, build: RelationBuild): Promise<number> {
  const behind = rowsBuild(build);
  await dropRelation(session, behind.candidate);
  const rows = await createTable(session, behind);
  await finishTable(session, behind);
  await session.query(`analyze ${quoteRelation(behind.candidate)}`);
  await markUnlogged(session, behind.candidate);
  await createGuard(session, build, behind.candidate);
  await finishRelation(session, { ...build, kind: 'view' });
  return rows;
}

async function createView(session: Session, build: RelationBuild): Promise<null> {
  await session.query(`create view ${quoteRelation(build.candidate)} as\n${build.sql}`);
  return null;
}

async function createTable(session: Session, build: RelationBuild): Promise<number> {
  if (build.config.partitions !== undefined) return createPartitioned(session, build.candidate, build);
  const unlogged = build.config.unlogged ? 'unlogged ' : '';
  const created = await session.query(
    `create ${unlogged}table ${quoteRelation(build.candidate)} as\n${build.sql}`,
  );
  return created.rowCount ?? 0;
}

/** Everything after the rows; ANALYZE last, so that it sees the published table's statistics settings too. */
async function finishRelation(session: Session, build: RelationBuild): Promise<void> {
  const { candidate } = build;
  if (build.kind === 'table') await finishTable(session, build);
  await session.script([...documentation(build, candidate, build.kind), ...grants(build)]);
  await session.script(build.postHooks);
  if (build.kind === 'table') await session.query(`analyze ${quoteRelation(candidate)}`);
}

async function finishTable(
  session: Session,
  { stable, candidate, config, tag }: RelationBuild,
): Promise<void> {
  await session.script(indexesOf(stable, config.indexes).map((index) => createIndex(index, candidate, tag)));
  await copyShape(session, stable, candidate);
}

/** What DROP calls a kind of relation. */
export const droppedAs = (relkind: string): string =>
  relkind === 'v' ? 'view' : relkind === 'm' ? 'materialized view' : 'table';

/** Drops a table or view of that name, nothing else and never what depends on it. */
export async function dropRelation(session: Session, relation: RelationName): Promise<void> {
  const found = await session.query<{ relkind: string }>(
    'select relkind from pg_class where relname = $2 and relnamespace = (select oid from pg_namespace where nspname = $1)',
    [relation.schema, relation.name],
  );
  const kind = found.rows[0]?.relkind;
  if (kind === undefined) return;
  await session.query(`drop ${droppedAs(kind)} if exists ${quoteRelation(relation)}`);
}

/** An index with the name it has once published. */
export interface StableIndex {
  readonly name: string;
  readonly config: IndexConfig;
}

/** Configured indexes with their stable names: table, columns, and what tells two on the same columns apart. */
export function indexesOf(stable: RelationName, indexes: readonly IndexConfig[]): StableIndex[] {
  return indexes.map((config) => {
    const kind = `${config.unique ? 'key' : 'idx'}${config.type === 'btree' ? '' : `_${config.type}`}`;
    return { name: bounded(`${stable.name}_${config.columns.join('_')}_${kind}`), config };
  });
}

/** Statement that creates an index, under its candidate name when a tag is given, or under one that the server chooses. */
export function createIndex(
  index: StableIndex,
  on: RelationName,
  tag: BuildTag | 'unnamed' | undefined,
): string {
  const unique = index.config.unique ? 'unique ' : '';
  const columns = index.config.columns.map(keyPart).join(', ');
  const name =
    tag === 'unnamed' ? '' : quoteIdent(tag === undefined ? index.name : candidatePart(index.name, tag));
  return `create ${unique}index ${name} on ${quoteRelation(on)} using ${index.config.type} (${columns})`;
}

/** A column quoted; anything else is an expression of the author's and stands in parentheses. */
export function keyPart(columnOrExpression: string): string {
  return isColumn(columnOrExpression) ? quoteIdent(columnOrExpression) : `(${columnOrExpression})`;
}

/** True for a plain column name. */
export const isColumn = (text: string): boolean => /^[A-Za-z_][\w$]*$/.test(text);

/** Descriptions of the project as comments, where `persist_docs` asks for them. */
export function documentation(
  described: Pick<RelationBuild, 'config' | 'description' | 'columns'>,
  relation: RelationName,
  kind: 'table' | 'view',
): string[] {
  const on = quoteRelation(relation);
  const statements: string[] = [];
  if (described.config.persistRelationDocs) {
    statements.push(`comment on ${kind} ${on} is ${literal(described.description)}`);
  }
  if (described.config.persistColumnDocs) {
    for (const { name, description } of described.columns) {
      if (description)
        statements.push(`comment on column ${on}.${quoteIdent(name)} is ${literal(description)}`);
    }
  }
  return statements;
}

function grants(build: RelationBuild): string[] {
  return Object.entries(build.config.grants).flatMap(([privilege, roles]) => {
    if (!/^[a-z ]+$/i.test(privilege) || roles.length === 0) return [];
    return [`grant ${privilege} on ${quoteRelation(build.candidate)} to ${roles.map(quoteIdent).join(', ')}`];
  });
}
