import { sqlText } from './sql-text.ts';

/** A path as a pattern that matches only itself (`[*]` is a star), as an SQL literal. */
export function literalPathSql(path: string): string {
  return sqlText(path.replace(/[*?[]/g, (character) => `[${character}]`));
}

/**
 * `read_parquet` of exactly these files. Folders named `a=b`, as landing keys have, must not become columns.
 *
 * @param options further arguments, e.g. `file_row_number = true`.
 */
export function parquetRelation(paths: readonly string[], options = ''): string {
  const more = options === '' ? '' : `, ${options}`;
  return `read_parquet([${paths.map(literalPathSql).join(', ')}], hive_partitioning = false${more})`;
}
