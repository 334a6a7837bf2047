import { sqlText } from './sql-text.ts';

/**
 * Longest row read at first, and the retry for a part that holds a longer one. In bytes of text. Not less for small files: buffers of
 * 1 MiB spare a fifth of a conversion's CPU, and leave the heap so cut up that an extractor took 60 MB more.
 */
export const ROW_LIMITS_BYTES = [4 << 20, 64 << 20] as const;

/** Quotes values as PostgreSQL does. */
export const POSTGRES_QUOTE = '"';

/**
 * `read_csv` for what PostgreSQL's `COPY … (FORMAT csv)` writes: nothing is sniffed, all columns are text, an
 * unquoted empty field is NULL and a quoted one is `''`.
 */
export function csvRelation(
  path: string,
  columns: readonly string[],
  maxRowBytes: number,
  quote: string = POSTGRES_QUOTE,
): string {
  const names = columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ');
  return `read_csv(${sqlText(path)}, auto_detect = false, header = false, delim = ',', quote = '${quote}', escape = '${quote}',
    new_line = '\\n', nullstr = '', allow_quoted_nulls = false, strict_mode = true, null_padding = false,
    max_line_size = ${maxRowBytes}, buffer_size = ${maxRowBytes * 2}, columns = {${names}})`;
}
