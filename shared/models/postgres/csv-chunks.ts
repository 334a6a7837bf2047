/** Rows in one piece of text. */
const ROWS_AT_ONCE = 2000;

/** Rows as CSV for COPY: NULL is nothing, every text is quoted. */
export function* csvChunks(rows: readonly (readonly (string | null)[])[]): Generator<string> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    yield rows
      .slice(from, from + ROWS_AT_ONCE)
      .map((row) => `${row.map(field).join(',')}\n`)
      .join('');
}

const field = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);
