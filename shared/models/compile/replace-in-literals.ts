/** A comment, a quoted name, or one of the three kinds of literal; what stands between them is left alone. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1/g;

/**
 * Replaces words inside of text literals of a query, and nowhere else: names of relations that a query carries as data
 * (`'orders' as source`), not those it reads.
 *
 * @param mark what all the words hold; a literal without it is left alone, and nothing else is asked for.
 * @param words pairs of what stands there and what is to stand there; asked for when there is a literal with the mark.
 */
export function replaceInLiterals(
  sql: string,
  mark: string,
  words: () => readonly (readonly [string, string])[],
): string {
  if (!sql.includes(mark)) return sql;
  const replaced = (literal: string): string =>
    words().reduce((text, [from, to]) => text.replaceAll(from, () => to), literal);
  return sql.replace(TOKEN, (token) =>
    /^[eE'$]/.test(token) && token.includes(mark) ? replaced(token) : token,
  );
}
