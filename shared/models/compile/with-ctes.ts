/** One ephemeral model as a common table expression. */
export interface Cte {
  readonly name: string;
  readonly sql: string;
}

/** Name an ephemeral model has inside its readers, as in the original. */
export const cteName = (model: string): string => `__dbt__cte__${model}`;

/** Puts common table expressions before a query, joining its own WITH when it begins with one. */
export function withCtes(sql: string, ctes: readonly Cte[]): string {
  if (ctes.length === 0) return sql;
  const list = ctes.map(({ name, sql: body }) => `${name} as (\n${body}\n)`).join(',\n');
  const at = startOfQuery(sql);
  const own = /^with(\s+recursive)?\b/i.exec(sql.slice(at));
  const head = sql.slice(0, at);
  if (!own) return `${head}with ${list}\n${sql.slice(at)}`;
  return `${head}with${own[1] ?? ''} ${list},\n${sql.slice(at + own[0].length)}`;
}

/** Index of the first character that is neither space nor comment. */
function startOfQuery(sql: string): number {
  const skip = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  skip.exec(sql);
  return skip.lastIndex;
}
