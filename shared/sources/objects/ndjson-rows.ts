import { BrokenObject } from './broken-object.ts';
import { parseExactJson } from './exact-json.ts';
import { MAX_ROW_LENGTH, type RawRow, RowBatch } from './raw-row.ts';

/**
 * One JSON value a line; lines end with LF or CRLF, the last one may end without, empty ones are passed.
 *
 * @throws BrokenObject not-json with the line's number, too-deep, row-too-long.
 */
export async function* ndjsonRows(text: AsyncIterable<string>): AsyncGenerator<RawRow[]> {
  const batch = new RowBatch();
  let number = 0;
  for await (const line of linesOf(text)) {
    number += 1;
    if (line.trim() === '') continue;
    batch.add(parseExactJson(line, number), line.length);
    if (batch.isFull) yield batch.take();
  }
  if (!batch.isEmpty) yield batch.take();
}

/** Lines without their LF. A line is put together once, however many chunks it came in. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let begun: string[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of text) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      begun.push(chunk.slice(start, end));
      yield begun.join('');
      [begun, length, start] = [[], 0, end + 1];
      number += 1;
    }
    begun.push(chunk.slice(start));
    length += chunk.length - start;
    if (length > MAX_ROW_LENGTH) throw new BrokenObject('row-too-long', number);
  }
  if (length > 0) yield begun.join('');
}
