import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { mappingOf } from '#shared/parquet/type-mapping.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import fleet from '../../pipelines/fleet/pipeline.ts';

/** A row as it is landed: contract fields, objects for JSON. `_slice` and `_version` may be given. */
export type LandedRow = Readonly<Record<string, unknown>>;

/**
 * Makes the hashed table of a stream that the loader would make of these rows.
 *
 * @param version of rows without one; larger is newer.
 */
export async function landRows(
  pool: pg.Pool,
  stream: string,
  name: string,
  rows: readonly LandedRow[],
  version: string,
): Promise<RelationName> {
  const from = `json_to_recordset($1) as r(${columnsOf(stream)}, _version text, _slice text)`;
  return landQuery(pool, stream, name, { from, version: `coalesce(r._version, '${version}')` }, [
    JSON.stringify(rows),
  ]);
}

/**
 * The same of a query.
 *
 * @param source `from` yields `r` with the contract's fields and `_slice`; `version` is SQL.
 */
export async function landQuery(
  pool: pg.Pool,
  stream: string,
  name: string,
  source: { readonly from: string; readonly version: string },
  values: readonly unknown[] = [],
): Promise<RelationName> {
  const relation = { schema: 'fleet_temp', name: `${stream}__${name}` };
  const fields = fieldsOf(stream).map(([field]) => `r.${quoteIdent(field)}`);
  await pool.query(`create schema if not exists fleet_temp; create unlogged table ${quoteRelation(relation)}
    (${columnsOf(stream)}, _cursor bigint, _version text, _row_hash text, _slice text, _file_id bigint)`);
  await pool.query(
    `insert into ${quoteRelation(relation)}
     select ${fields.join(', ')}, null, ${source.version}, md5(row(${fields.join(', ')})::text), coalesce(r._slice, ''), 1
     from ${source.from}`,
    [...values],
  );
  return relation;
}

const columnsOf = (stream: string): string =>
  fieldsOf(stream)
    .map(([name, { type }]) => `${quoteIdent(name)} ${mappingOf(type).postgres}`)
    .join(', ');

function fieldsOf(stream: string) {
  const contract = fleet.streams[stream]?.contract;
  if (contract === undefined) throw new Error(`the fleet pipeline has no stream ${stream}`);
  return Object.entries(contract.fields);
}
