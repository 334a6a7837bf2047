/**
 * Line of a key inside a mapping of a YAML file, found by its text: a reader of YAML keeps lines of mappings only.
 *
 * @param from 1-based line the mapping starts at.
 * @returns `from` where the key is not found as text, e.g. because a `<<` merge brought it.
 */
export function lineOfKey(text: string, from: number, key: string): number {
  const lines = text.split('\n').slice(from - 1);
  const start = new RegExp(`(^|[{,])\\s*(['"]?)${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\2\\s*:`);
  const at = lines.findIndex((line) => start.test(line));
  return at < 0 ? from : from + at;
}
