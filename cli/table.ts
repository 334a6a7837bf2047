/** How a column of a table is aligned. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * Lays a table out as plain text, readable in a terminal and in a pipe.
 *
 * @param rows cells as text, one array a row, as many as there are columns.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(columns.map((column) => column.title)), rule, ...rows.map(line)]
    .map((text) => `${text}\n`)
    .join('');
}

function pad(cell: string, width: number, align: Column['align']): string {
  return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
}

/** A whole number with thin groups, `1 234 567`. */
export function grouped(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

/** A duration for people: `0.42 s`, `3.1 s`, `2 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${String(Math.round((ms % 60_000) / 1_000)).padStart(2, '0')} s`;
}

/** An ISO instant to the second, `2026-03-31 10:00:00Z`. */
export const instant = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')}Z`;

/** A titled table below an empty line; nothing at all without rows. */
export function section(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return '';
  return `\n${title}\n${table(
    columns.map((name) => ({ title: name })),
    rows,
  )}`;
}
