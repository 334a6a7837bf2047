import { LINE_QUOTE } from '#shared/pipeline/line-quote.ts';
import {
  BEHIND,
  CELL_BYTES,
  MOST_FOREIGN_HASH,
  REGION_CELLS,
  REGION_HASHES,
  REGION_INPUT,
  REGION_LANES,
  REGION_OUTPUT,
  REGION_STAMPS,
  STAMP_BYTES,
  STAMP_SLICE,
  STAMP_VERSION,
  VALUE_INT64,
} from './assembly/layout.ts';
import { writeForeignHash, writeForeignValue } from './foreign-values.ts';
import { NotDoneHere } from './not-done-here.ts';
import type { FieldColumn } from './row-columns.ts';
import { newRowFileModule, type RowFileModule } from './row-file-module.ts';

/** Behind what the module holds itself. */
const FIRST_FREE = 4096;
/** Text of a row group, and the longest line. Many rows share a page's overhead, and a reader holds a row group. */
const INPUT_BYTES = 2 << 20;
const MOST_ROWS = 16_384;
const CELLS_BYTES = 2 << 20;
/** A page is no longer than its text with a length for each value, or its stamps. */
const OUTPUT_BYTES = INPUT_BYTES + MOST_ROWS * 32;
/** Room for stamps, of which each is at most {@link MOST_STAMP_BYTES} long. */
const STAMPS_BYTES = 256 << 10;
const MOST_STAMP_BYTES = OUTPUT_BYTES / MOST_ROWS - 8;
const MD5_PADDING = 128;
const WASM_PAGE = 64 * 1024;

/** What a spool's rows are stamped with. */
export interface SpoolStamp {
  readonly id: number;
  readonly slice: string;
  readonly version: string;
}

/** Body of a data page, good until the next is asked for. */
export interface PageBody {
  readonly bytes: Buffer;
  readonly nulls: number;
}

/**
 * Lines of rows within a module's memory. Text is put in until a row group is full; then the group's rows are split, hashed and taken out
 * column by column.
 */
export class RowLines {
  readonly #module: RowFileModule;
  #fields: readonly FieldColumn[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** How far the input is filled. */
  #textTo = 0;
  #rows = 0;
  #spoolsTo = 0;
  #free = FIRST_FREE;
  readonly #starts: number[] = [];

  constructor() {
    this.#module = newRowFileModule({
      foreignValue: (column, from, length, to) =>
        writeForeignValue(this.#fieldOf(column).type, this.#textOf(from, length), this.#view, to),
      foreignHash: (column, from, length, to) =>
        writeForeignHash(this.#fieldOf(column).type, this.#textOf(from, length), this.#bytes, to),
    });
    this.#place(REGION_INPUT, INPUT_BYTES);
    this.#place(REGION_CELLS, CELLS_BYTES);
    this.#place(REGION_HASHES, (MOST_ROWS + 4) * 32);
    this.#place(REGION_OUTPUT, OUTPUT_BYTES);
    this.#place(REGION_STAMPS, STAMPS_BYTES);
  }

  #fieldOf(column: number): FieldColumn {
    const field = this.#fields[column];
    if (field === undefined) throw new RangeError('there is no such column');
    return field;
  }

  #textOf(from: number, length: number): string {
    return this.#bytes.toString('latin1', from, from + length);
  }

  /** Begins a file. @throws NotDoneHere when there are too many stamps, or too long ones. */
  begin(fields: readonly FieldColumn[], stamps: readonly SpoolStamp[]): void {
    this.#fields = fields;
    this.#textTo = this.#startOf(REGION_INPUT);
    this.#rows = 0;
    this.#spoolsTo = Math.max(0, ...stamps.map(({ id }) => id + 1));
    const table = this.#startOf(REGION_STAMPS);
    const end = table + STAMPS_BYTES;
    let at = table + this.#spoolsTo * STAMP_BYTES;
    if (at > end) throw new NotDoneHere('many_slices');
    this.#bytes.fill(0, table, at);
    const put = (place: number, text: string): void => {
      const length = Buffer.byteLength(text);
      if (length > MOST_STAMP_BYTES || at + length + BEHIND > end) throw new NotDoneHere('many_slices');
      this.#view.setUint32(place, at, true);
      this.#view.setUint32(place + 4, length, true);
      at += this.#bytes.write(text, at);
    };
    for (const { id, slice, version } of stamps) {
      put(table + id * STAMP_BYTES + STAMP_SLICE, slice);
      put(table + id * STAMP_BYTES + STAMP_VERSION, version);
    }
  }

  /** Takes text until the row group is full. @returns how many bytes were taken. */
  fill(text: Uint8Array): number {
    const room = this.#startOf(REGION_INPUT) + INPUT_BYTES - this.#textTo;
    const taken = Math.min(room, text.length);
    this.#bytes.set(taken === text.length ? text : text.subarray(0, taken), this.#textTo);
    this.#textTo += taken;
    return taken;
  }

  /** Whether there is text that no group has had. */
  get isEmpty(): boolean {
    return this.#textTo === this.#startOf(REGION_INPUT);
  }

  /**
   * Splits and hashes the whole lines that are there. Afterwards {@link pages} can be taken, and then {@link next} is called.
   *
   * @returns how many rows.
   * @throws NotDoneHere when a line is longer than there is room for, or is none.
   */
  split(): number {
    const cells = this.#fields.length + 2;
    const from = this.#startOf(REGION_INPUT);
    const most = Math.min(MOST_ROWS, Math.floor(CELLS_BYTES / CELL_BYTES / cells));
    this.#rows = this.#module.split(from, this.#textTo, cells, most, LINE_QUOTE.charCodeAt(0));
    if (this.#rows <= 0) throw new NotDoneHere('long_line');
    this.#hash();
    return this.#rows;
  }

  #hash(): void {
    const longest = this.#module.longestLine.value as number;
    const styles = this.#fields.length;
    const laneBytes = (2 * longest + styles * (MOST_FOREIGN_HASH + 2) + MD5_PADDING + 15) & ~15;
    this.#free = this.#lanesFrom;
    this.#place(REGION_LANES, 4 * laneBytes + styles);
    const at = this.#startOf(REGION_LANES) + 4 * laneBytes;
    this.#fields.forEach(({ hash }, nth) => {
      this.#bytes[at + nth] = hash;
    });
    this.#module.hashRows(this.#rows, styles, at, laneBytes);
  }

  /**
   * The rows' columns in the file's order: the contract's, then `SYSTEM_COLUMNS`.
   *
   * @throws NotDoneHere when a text is no value of its type, or a line is of no spool of the file.
   */
  *pages(): Generator<PageBody> {
    for (const nth of this.#fields.keys()) yield this.#field(nth);
    yield this.#page(this.#module.fieldPage(this.#rows, this.#fields.length, VALUE_INT64));
    yield this.#stamp(STAMP_VERSION);
    yield this.#page(this.#module.hashPage(this.#rows));
    yield this.#stamp(STAMP_SLICE);
  }

  #field(nth: number): PageBody {
    const { value, nullable } = this.#fieldOf(nth);
    const page = this.#page(this.#module.fieldPage(this.#rows, nth, value));
    if (!nullable && page.nulls > 0) throw new NotDoneHere('no_value');
    return page;
  }

  #stamp(which: number): PageBody {
    return this.#page(this.#module.stampPage(this.#rows, this.#fields.length + 1, this.#spoolsTo, which));
  }

  #page(length: number): PageBody {
    if (length < 0) throw new NotDoneHere('no_value');
    const from = this.#startOf(REGION_OUTPUT);
    return { bytes: this.#bytes.subarray(from, from + length), nulls: this.#module.nulls.value as number };
  }

  /** Moves what is left, the beginning of a line or whole ones, to where the next group begins. */
  next(): void {
    const from = this.#startOf(REGION_INPUT);
    const to = this.#module.linesTo.value as number;
    this.#bytes.copyWithin(from, to, this.#textTo);
    this.#textTo = from + this.#textTo - to;
    this.#rows = 0;
  }

  /** Bytes of memory it holds. */
  get heldBytes(): number {
    return this.#bytes.length;
  }

  get #lanesFrom(): number {
    return this.#startOf(REGION_STAMPS) + STAMPS_BYTES + BEHIND;
  }

  #startOf(region: number): number {
    return this.#starts[region] ?? 0;
  }

  #place(region: number, bytes: number): void {
    const from = (this.#free + 15) & ~15;
    this.#free = from + bytes + BEHIND;
    this.#starts[region] = from;
    this.#module.place(region, from, from + bytes);
    const { memory } = this.#module;
    const missing = this.#free - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
    if (this.#bytes.buffer === memory.buffer) return;
    this.#bytes = Buffer.from(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }
}
