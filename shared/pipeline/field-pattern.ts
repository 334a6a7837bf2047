/**
 * Patterns of text fields run in two engines, V8 and RE2, which must agree on every value. So only syntax
 * both read alike is allowed: literals, escaped punctuation, `\d \D \w \W`, classes without nesting, groups
 * `( )` and `(?: )`, alternation, and quantifiers up to 1000. Left out on purpose: `.` (line separators differ),
 * `\s` and `\b` (Unicode differs), `\p` (Unicode versions differ), look-around, back-references, named groups, flags.
 */
const QUANTIFIER = String.raw`(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})`;
const ESCAPE = String.raw`\\[dDwW^$\\.*+?()[\]{}|/-]`;
const CLASS = String.raw`\[\^?(?:\\[dw\\\]^-]|[^[\]\\])+\]`;
const LITERAL = String.raw`[^\\^$.*+?()[\]{}|]`;
const GROUP = String.raw`\((?:\?:|(?!\?))`;
const TOKENS = new RegExp(`^(?:${ESCAPE}|${CLASS}|${LITERAL}|${GROUP}|[)|]|${QUANTIFIER})*$`, 'u');
const MAX_REPEAT = 1000;

/** The part between the anchors. The whole value has to match it, so `^a|b$` means `a` or `b`, nothing else. */
export function patternBody(pattern: string): string {
  return pattern.slice(1, -1);
}

/** The pattern as V8 runs it. */
export function patternRegExp(pattern: string): RegExp {
  return new RegExp(`^(?:${patternBody(pattern)})$`, 'u');
}

/** What is wrong with a pattern, in words, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length < 2 || !pattern.startsWith('^') || !pattern.endsWith('$'))
    return 'is not anchored by ^ and $';
  const body = patternBody(pattern);
  if (!TOKENS.test(body)) return 'uses syntax that JavaScript and RE2 do not read alike';
  for (const [, low, high] of body.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(low) > MAX_REPEAT || Number(high ?? 0) > MAX_REPEAT)
      return `repeats more than ${MAX_REPEAT} times`;
  }
  try {
    patternRegExp(pattern);
    return undefined;
  } catch {
    return 'does not compile';
  }
}

/** True when no value that matches can hold a control character, so that later checks for one may be left out. */
export function excludesControlCharacters(pattern: string): boolean {
  if (/\[\^|\\[DW]/.test(pattern)) return false;
  return [...pattern].every((character) => character >= ' ');
}
