/** A comment, a quoted name, or one of the three kinds of literal; what stands between them is left alone. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1/g;

/**
 * Replaces words inside of text literals of a query, and nowhere else: names of relations that a query carries as data
 * (`'orders' as source`), not those it reads.
 *
 * @param words pairs of what stands there and what is to stand there.
 */
export function replaceInLiterals(sql: string, words: readonly (readonly [string, string])[]): string {
  const found = words.filter(([from]) => sql.includes(from));
  if (found.length === 0) return sql;
  return sql.replace(TOKEN, (token) =>
    /^[eE']|^\$/.test(token)
      ? found.reduce((text, [from, to]) => text.replaceAll(from, () => to), token)
      : token,
  );
}
