import { valueFault } from '#shared/template/failures/template-fault.ts';

/**
 * Python's pattern as one of the host: flags written at its beginning (`(?i)(?s)`, `(?ix)`), verbose patterns, named groups,
 * `\A` and `\Z` are written differently there.
 *
 * @param flags of the host: `i`, `m`, `s`, `g`, and `x` for verbose.
 * @throws a `value` fault when the host cannot read it.
 */
export function pythonPattern(pattern: string, flags: string): RegExp {
  const inline = /^\s*(?:\(\?[aiLmsux]+\))+/.exec(pattern)?.[0] ?? '';
  const all = `${flags}${inline.replace(/[^imsx]/g, '')}`;
  const rest = pattern.slice(inline.length);
  const body = (all.includes('x') ? withoutLayout(rest) : rest)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\Z/g, '(?![\\s\\S])')
    .replace(/\\A/g, '(?<![\\s\\S])');
  try {
    return new RegExp(body, [...new Set(all.replaceAll('x', ''))].join(''));
  } catch {
    throw valueFault('re: the pattern cannot be read');
  }
}

/** A verbose pattern without its white space and comments; those escaped or in a class stay. */
function withoutLayout(pattern: string): string {
  const token = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\s+|#[^\n]*/g;
  return pattern.replace(token, (found) => (/^[\s#]/.test(found) ? '' : found));
}
