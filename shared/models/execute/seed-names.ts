import type { RelationName } from '#shared/contracts/names.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import { after } from '#shared/template/values/wait.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { AdapterConnection } from '../adapter/adapter.ts';
import { SeedTable } from '../context/seed-table.ts';
import type { ModelNode } from '../project/project.ts';

/**
 * Names that the seed materialisation is given beside the others: `load_agate_table()` for macros of projects; its columns, how many rows it
 * has, and a function that writes them past the templates.
 *
 * @param into where they are written, as the server keeps names.
 */
export function seedNames(
  { seed, config }: ModelNode,
  connection: AdapterConnection,
  { schema, name: identifier }: RelationName,
): [string, Value][] {
  if (seed === undefined) return [];
  // Without quotes the server folds names, as `quote_columns: false` asks for.
  const quoted = config.raw['quote_columns'] !== false;
  const columns = seed.columns.map(({ name, type }) => ({ name: quoted ? name : name.toLowerCase(), type }));
  const into = { database: null, schema, identifier };
  const load = () => after(connection.insertRows(into, { columns, rows: seed.rows }), () => '');
  const named = seed.columns.map(({ name, type }) => ({
    name,
    type,
    sql_name: quoted ? quoteIdent(name) : name,
  }));
  return [
    ['seed_columns', fromHost(named)],
    ['seed_row_count', BigInt(seed.rows.length)],
    ['load_seed_rows', hostFunction('load_seed_rows', load)],
    ['load_agate_table', hostFunction('load_agate_table', () => new SeedTable(seed))],
  ];
}
