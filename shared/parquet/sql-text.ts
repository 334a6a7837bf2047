/** A text literal for DuckDB. Control characters are spelt by `chr`, because a literal must not hold a NUL. */
export function sqlText(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return quoted.replaceAll('\u0000', `' || chr(0) || '`);
}
