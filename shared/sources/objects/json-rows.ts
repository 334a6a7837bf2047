import { parseExactJson } from './exact-json.ts';
import { JsonScanner } from './json-scanner.ts';
import { type RawRow, RowBatch } from './raw-row.ts';

/**
 * Elements of a JSON document that is an array, or an object with one array as member. Only one element is in memory.
 *
 * @throws BrokenObject not-json with the element's number, too-deep, no-array, several-arrays, truncated, row-too-long; also
 *   after rows were yielded: the document is only then known to be whole.
 */
export async function* jsonRows(text: AsyncIterable<string>): AsyncGenerator<RawRow[]> {
  const scanner = new JsonScanner();
  const batch = new RowBatch();
  let number = 0;
  for await (const chunk of text) {
    for (const element of scanner.feed(chunk)) {
      number += 1;
      batch.add(parseExactJson(element, number), element.length);
    }
    if (batch.isFull) yield batch.take();
  }
  parseExactJson(scanner.end());
  if (!batch.isEmpty) yield batch.take();
}
