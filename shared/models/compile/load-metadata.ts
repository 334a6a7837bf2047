import { FILE_ID_COLUMN } from '#shared/contracts/system-columns.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { LoadScope } from './render-scope.ts';

/** Columns that `load_metadata()` adds to a bronze model, in order. */
export const LOAD_COLUMNS = ['_loaded_at', '_source_table', '_run_id', '_source_file'] as const;

/**
 * SQL of the four load columns, for the end of a bronze model's select list.
 *
 * Outside a merge (parsing, compiling, people) the values are NULL of the right types.
 */
export function loadMetadataSql(load: LoadScope | undefined, runId: string): string {
  if (load === undefined) {
    return `cast(null as timestamp with time zone) as _loaded_at,
  cast(null as text) as _source_table,
  cast(null as text) as _run_id,
  cast(null as text) as _source_file`;
  }
  return `cast(${load.loadedAtSql} as timestamp with time zone) as _loaded_at,
  cast(${quoted(load.sourceTable)} as text) as _source_table,
  cast(${quoted(runId)} as text) as _run_id,
  ${fileNameSql(load.fileNames)} as _source_file`;
}

/**
 * The name of a row's file as a tree of CASEs over the sorted ids: a batch of 1,000 files costs ten comparisons a row,
 * where a flat CASE costs five hundred and a join a pass over the rows.
 */
function fileNameSql(fileNames: ReadonlyMap<string, string>): string {
  const files = [...fileNames].map(([id, name]) => ({ id: BigInt(id), name }));
  files.sort((a, b) => (a.id < b.id ? -1 : 1));
  return `cast(${branch(files)} as text)`;
}

function branch(files: readonly { id: bigint; name: string }[]): string {
  const [first] = files;
  if (first === undefined) return 'null';
  const column = quoteIdent(FILE_ID_COLUMN);
  if (files.length <= 4) {
    const cases = files.map(({ id, name }) => `when ${id} then ${quoted(name)}`);
    return `case ${column} ${cases.join(' ')} end`;
  }
  const middle = Math.floor(files.length / 2);
  const split = files[middle] ?? first;
  return `case when ${column} < ${split.id} then ${branch(files.slice(0, middle))} else ${branch(files.slice(middle))} end`;
}

/** Ids, names and instants of the engine's own making; a quote is doubled all the same. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
