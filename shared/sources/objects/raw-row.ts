/** A row as it stands in an object: values of JSON, or text (null for none) by column. Nothing is checked yet. */
export interface RawRow {
  readonly value: unknown;
  /** Enclosing elements, of which rows of objects have none. */
  readonly parents: readonly [];
}

export const rawRow = (value: unknown): RawRow => ({ value, parents: [] });

/** Longest text of one row, in UTF-16 units. */
export const MAX_ROW_LENGTH = 16 << 20;

const BATCH_ROWS = 1_000;
const BATCH_LENGTH = 1 << 20;

/** Collects rows into batches of about 1,000 rows or 1 MiB of text. */
export class RowBatch {
  #rows: RawRow[] = [];
  #length = 0;

  /** @param length of the row's text. */
  add(value: unknown, length: number): void {
    this.#rows.push(rawRow(value));
    this.#length += length;
  }

  get isFull(): boolean {
    return this.#rows.length >= BATCH_ROWS || this.#length >= BATCH_LENGTH;
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  take(): RawRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#length = 0;
    return rows;
  }
}
