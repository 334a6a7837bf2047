import { BrokenObject } from './broken-object.ts';
import { CsvParser, type CsvRecord } from './csv-parser.ts';
import { type RawRow, RowBatch } from './raw-row.ts';

/**
 * Rows of a CSV whose first record names the columns; all values are text, an unquoted empty one is null. Text without a
 * record has no rows.
 *
 * @throws BrokenObject csv-header, csv-width, csv-quote, truncated, row-too-long.
 */
export async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<RawRow[]> {
  const parser = new CsvParser();
  const table = new Table();
  for await (const chunk of text) {
    for (const record of parser.feed(chunk)) table.add(record);
    if (table.batch.isFull) yield table.batch.take();
  }
  for (const record of parser.end()) table.add(record);
  if (!table.batch.isEmpty) yield table.batch.take();
}

class Table {
  readonly batch = new RowBatch();
  #names: readonly string[] | undefined;
  #rows = 0;

  add(record: CsvRecord): void {
    if (this.#names === undefined) {
      this.#names = namesOf(record);
      return;
    }
    this.#rows += 1;
    if (record.length !== this.#names.length) throw new BrokenObject('csv-width', this.#rows);
    // `fromEntries` makes a column of any name, also one called `__proto__`.
    const row = Object.fromEntries(this.#names.map((name, index) => [name, record[index] ?? null]));
    this.batch.add(
      row,
      record.reduce((length, field) => length + (field?.length ?? 0), 0),
    );
  }
}

function namesOf(record: CsvRecord): string[] {
  const names = record.map((name) => name ?? '');
  if (names.includes('') || new Set(names).size < names.length) throw new BrokenObject('csv-header');
  return names;
}
