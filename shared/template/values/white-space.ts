/** What Python's str.isspace() accepts, as the inside of a character class. JavaScript's `\s` differs. */
const spaces =
  '\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const isSpace = new RegExp(`[${spaces}]`);
const onlySpace = new RegExp(`^[${spaces}]+$`);
const word = new RegExp(`[^${spaces}]+`, 'g');
const lineEnd = /\r\n|[\n\r\v\f\u2028\u2029]/.source.replace('[', '[\\x1c-\\x1e\\x85');

/** True when the text is not empty and all white space. */
export function isWhiteSpace(text: string): boolean {
  return onlySpace.test(text);
}

/** Strips white space; by hand, because a pattern ending in `$` takes quadratic time on long runs. */
export function trimWhiteSpace(text: string, left: boolean, right: boolean): string {
  let from = 0;
  let to = text.length;
  while (left && from < to && isSpace.test(text.charAt(from))) from += 1;
  while (right && to > from && isSpace.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** The words of a text with their offsets. */
export function wordsOf(text: string): { word: string; index: number }[] {
  return Array.from(text.matchAll(word), (match) => ({ word: match[0], index: match.index }));
}

/** A new pattern that finds the line ends Python's splitlines() knows. */
export function lineEndPattern(): RegExp {
  return new RegExp(lineEnd, 'g');
}

/** Python's splitlines() without the ends: an end at the end of the text starts no further line. */
export function linesOf(text: string): string[] {
  const lines = text.split(lineEndPattern());
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
