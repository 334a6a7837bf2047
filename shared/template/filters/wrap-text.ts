import { valueFault } from '../failures/template-fault.ts';
import { linesOf } from '../values/white-space.ts';

export interface WrapOptions {
  readonly width: number;
  readonly breakLong: boolean;
  readonly onHyphens: boolean;
}

/**
 * Python's textwrap.wrap for each line of a text.
 *
 * @throws a `value` fault when the width is not positive.
 */
export function wrapText(text: string, options: WrapOptions): string[] {
  if (options.width <= 0) throw valueFault('invalid width (must be > 0)');
  const lines = linesOf(text);
  return lines.flatMap((line) => {
    const wrapped = wrapLine(chunksOf(line, options.onHyphens), options);
    return wrapped.length === 0 ? [''] : wrapped;
  });
}

/** Words and the blanks between them; a word with hyphens is cut after each. */
function chunksOf(line: string, onHyphens: boolean): string[] {
  const chunks = line.split(/([\t\n\v\f\r ]+)/).filter((chunk) => chunk !== '');
  if (!onHyphens) return chunks;
  return chunks.flatMap((chunk) =>
    chunk.split(
      /(?<=[\p{L}_][\p{L}\p{N}_]*-)(?=[\p{L}_][\p{L}_])|(?<=[\p{L}\p{N}_!"'&.,?])(?=-{2,}[\p{L}\p{N}_])|(?<=-{2,})(?=[\p{L}\p{N}_])/u,
    ),
  );
}

function wrapLine(chunks: string[], { width, breakLong, onHyphens }: WrapOptions): string[] {
  const lines: string[] = [];
  const left = chunks.reverse();
  while (left.length > 0) {
    if (isBlank(left.at(-1)) && lines.length > 0) left.pop();
    const line: string[] = [];
    let length = 0;
    for (let next = left.at(-1); next !== undefined && length + next.length <= width; next = left.at(-1)) {
      line.push(next);
      length += next.length;
      left.pop();
    }
    const tooLong = left.at(-1);
    if (tooLong !== undefined && tooLong.length > width)
      breakChunk(left, line, width - length, breakLong, onHyphens);
    if (isBlank(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

function isBlank(chunk: string | undefined): boolean {
  return chunk !== undefined && chunk.trim() === '';
}

function breakChunk(
  left: string[],
  line: string[],
  room: number,
  breakLong: boolean,
  onHyphens: boolean,
): void {
  const chunk = left.pop() ?? '';
  if (!breakLong) {
    if (line.length === 0) line.push(chunk);
    else left.push(chunk);
    return;
  }
  const space = Math.max(1, room);
  const hyphen = onHyphens && chunk.length > space ? chunk.lastIndexOf('-', space - 1) : -1;
  const end = hyphen > 0 && /[^-]/.test(chunk.slice(0, hyphen)) ? hyphen + 1 : space;
  if (room <= 0 && line.length > 0) {
    left.push(chunk);
    return;
  }
  line.push(chunk.slice(0, end));
  left.push(chunk.slice(end));
}
