import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { modelErrors } from '../errors.ts';
import type { ModelConfig } from '../project/model-config.ts';
import type { Session } from './session.ts';

export interface Column {
  readonly name: string;
  /** As SQL writes it, e.g. `numeric(12,2)`. */
  readonly type: string;
}

/** Columns a query yields, in order, without running it. */
export async function columnsOfQuery(session: Session, sql: string): Promise<Column[]> {
  const described = await session.query(`select * from (\n${sql}\n) as penstock_query limit 0`);
  const types = await session.query<{ type: string }>(
    `select format_type(t.oid, t.modifier) as type
     from unnest($1::oid[], $2::int[]) with ordinality as t(oid, modifier, place) order by t.place`,
    [
      described.fields.map((field) => field.dataTypeID),
      described.fields.map((field) => field.dataTypeModifier),
    ],
  );
  return described.fields.map((field, index) => ({
    name: field.name,
    type: types.rows[index]?.type ?? 'text',
  }));
}

/** Columns of a table, in order; none when there is no such table. */
export async function columnsOfTable(session: Session, relation: RelationName): Promise<Column[]> {
  const found = await session.query<Column & { place: number }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a
     join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [relation.schema, relation.name],
  );
  return found.rows.map(({ name, type }) => ({ name, type }));
}

/**
 * Brings an incremental table's columns in line with its query, as `on_schema_change` says; nothing is backfilled.
 *
 * @returns names of the columns to write: those both have now.
 * @throws PenstockError `MODEL_SCHEMA_CHANGED`, `BRONZE_COLUMN_MISSING`.
 */
export async function reconcileColumns(
  session: Session,
  target: RelationName,
  query: readonly Column[],
  config: ModelConfig,
): Promise<string[]> {
  const table = await columnsOfTable(session, target);
  const has = (columns: readonly Column[], name: string): boolean =>
    columns.some((column) => column.name === name);
  const added = query.filter(({ name }) => !has(table, name));
  const removed = table.filter(({ name }) => !has(query, name));
  const change = config.onSchemaChange;
  const relation = quoteRelation(target);
  if (change === 'fail' && added.length + removed.length > 0) {
    throw new PenstockError(modelErrors.schemaChanged, {
      relation,
      added: namesOf(added),
      removed: namesOf(removed),
    });
  }
  const dropped = change === 'sync_all_columns' ? removed : [];
  // A table column that the query lost would silently turn NULL for new rows.
  if (removed.length > dropped.length && change === 'ignore') {
    throw new PenstockError(modelErrors.sourceColumnMissing, { relation, columns: namesOf(removed) });
  }
  const adds = change === 'append_new_columns' || change === 'sync_all_columns' ? added : [];
  await session.script([
    ...adds.map(({ name, type }) => `alter table ${relation} add column ${quoteIdent(name)} ${type}`),
    ...dropped.map(({ name }) => `alter table ${relation} drop column ${quoteIdent(name)}`),
  ]);
  return query.map(({ name }) => name).filter((name) => has(table, name) || has(adds, name));
}

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');
