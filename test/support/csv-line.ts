/** One row as PostgreSQL's `COPY … (FORMAT csv, FORCE_QUOTE *)` writes it: NULL is an unquoted empty field. */
export function csvLine(values: readonly (string | null)[]): string {
  const fields = values.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`));
  return `${fields.join(',')}\n`;
}
