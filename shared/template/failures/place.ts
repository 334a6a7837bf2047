/** A place in a template, for people: lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line's text, cut to 200 characters. */
  readonly lineText: string;
}

const longestLineText = 200;

/**
 * Finds line and column of an offset.
 *
 * @param source text with `\n` line ends, as the lexer leaves it.
 * @param offset in UTF-16 units; past the end means the end.
 */
export function placeOf(file: string, source: string, offset: number): Place {
  const at = Math.max(0, Math.min(offset, source.length));
  const start = at === 0 ? 0 : source.lastIndexOf('\n', at - 1) + 1;
  const end = source.indexOf('\n', at);
  let line = 1;
  for (let from = source.indexOf('\n'); from !== -1 && from < at; from = source.indexOf('\n', from + 1))
    line += 1;
  const lineText = source.slice(start, end === -1 ? source.length : end).slice(0, longestLineText);
  return { file, line, column: at - start + 1, lineText };
}
