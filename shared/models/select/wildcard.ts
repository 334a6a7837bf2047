/**
 * Whether a text matches a shell pattern: `*`, `?`, `[abc]`, `[a-c]`, `[!a]`; case counts, `*` crosses dots and slashes.
 *
 * As the original, which uses Python's `fnmatch`: a `[` that is never closed stands for itself.
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const expression = new RegExp(`^${expressionOf(pattern)}$`, 'su');
  return (text) => expression.test(text);
}

/** A pattern of paths, as Python's `Path.glob`: `*` stays within a folder, `**` is any number of folders. */
export function pathWildcard(pattern: string): (path: string) => boolean {
  const parts = partsOf(pattern).map((part) => (part === '**' ? part : wildcard(part)));
  return (path) => matchesParts(parts, partsOf(path));
}

export const hasWildcard = (text: string): boolean => /[*?[\]]/.test(text);

function matchesParts(
  parts: readonly ('**' | ((text: string) => boolean))[],
  path: readonly string[],
): boolean {
  const [part, ...others] = parts;
  if (part === undefined) return path.length === 0;
  if (part !== '**') return path[0] !== undefined && part(path[0]) && matchesParts(others, path.slice(1));
  return path.some((_, from) => matchesParts(others, path.slice(from))) || matchesParts(others, []);
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

function expressionOf(pattern: string): string {
  return pattern.replace(/\[(!?)(\]?[^\]]*)\]|./gsu, (found, negated: string, characters: string) => {
    if (found === '*') return '.*';
    if (found === '?') return '.';
    if (characters === undefined) return escaped(found);
    if (characters === '') return escaped(found);
    return classOf(characters, negated !== '');
  });
}

/** Ranges that run backwards are empty, as `fnmatch` has them. */
function classOf(characters: string, negated: boolean): string {
  const ranges: string[] = [];
  const all = [...characters];
  for (let at = 0; at < all.length; at += 1) {
    const from = all[at] ?? '';
    const to = all[at + 1] === '-' ? all[at + 2] : undefined;
    if (to === undefined) ranges.push(codeOf(from));
    else {
      if (from <= to) ranges.push(`${codeOf(from)}-${codeOf(to)}`);
      at += 2;
    }
  }
  if (ranges.length === 0) return negated ? '.' : '(?!)';
  return `[${negated ? '^' : ''}${ranges.join('')}]`;
}

const codeOf = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
const escaped = (text: string): string => text.replace(/[\\^$.()[\]{}|+/]/g, '\\$&');
