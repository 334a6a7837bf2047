import { LINE_QUOTE, undoubled } from '../line-quote.ts';
import { giveBackPageMemory, type PageMemory } from './page-memory.ts';

/** Which columns a stretch of a row's text holds, each with a comma behind it. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/**
 * The rows of one answer as lines of text, as `row-line.ts` writes them, but for columns that the answer does not hold. Its memory is used
 * again once all rows are done with.
 */
export class PickedText {
  readonly segments: readonly Segment[];
  readonly #page: PageMemory;
  /** Where the bounds of rows begin, in words: of each its element, where its first segment begins, and where each ends. */
  readonly #boundsAt: number;
  #left = 0;

  constructor(page: PageMemory, segments: readonly Segment[], boundsAt: number) {
    this.#page = page;
    this.segments = segments;
    this.#boundsAt = boundsAt;
  }

  get bytes(): Buffer {
    return this.#page.bytes;
  }

  /** Where a segment of a row begins: the end of the one before. */
  startOf(row: number, segment: number): number {
    return this.#page.words[this.#boundsAt + row * (this.segments.length + 2) + 1 + segment] ?? 0;
  }

  /** To be called for each row that is taken, before any of them is done with. */
  rowTaken(): void {
    this.#left += 1;
  }

  /** To be called once for each row that was taken. */
  rowDone(): void {
    this.#left -= 1;
    if (this.#left === 0) giveBackPageMemory(this.#page);
  }
}

/** Where the nth segment of a row's text begins and ends. */
export function segmentBounds(row: PickedRow, nth: number): readonly [number, number] {
  return [row.text.startOf(row.nth, nth), row.text.startOf(row.nth, nth + 1)];
}

/** Canonical text of each column of a picked row by its place, as its lines hold it. */
export function pickedFields(row: PickedRow): ReadonlyMap<number, string | null> {
  const fields = new Map<number, string | null>();
  row.text.segments.forEach(({ from, to }, nth) => {
    const text = row.text.bytes.toString('utf8', ...segmentBounds(row, nth));
    let at = 0;
    for (let column = from; column < to; column += 1) {
      const end = fieldEnd(text, at);
      fields.set(column, unquoted(text.slice(at, end)));
      at = end + 1;
    }
  });
  return fields;
}

/** Where the comma behind a field stands. */
function fieldEnd(text: string, from: number): number {
  if (text[from] !== LINE_QUOTE) return text.indexOf(',', from);
  let end = text.indexOf(LINE_QUOTE, from + 1);
  while (text[end + 1] === LINE_QUOTE) end = text.indexOf(LINE_QUOTE, end + 2);
  return end + 1;
}

function unquoted(field: string): string | null {
  if (field === '') return null;
  if (field[0] !== LINE_QUOTE) return field;
  return undoubled(field.slice(1, -1));
}

/** What was dropped of an answer's objects, one after the other: a number for each key. */
export type DropLog = Int32Array;

/** Stands in a row or around it where otherwise a parsed object would: what it held beside what was asked of it. */
export class PickedElement {
  /** What picked it, which alone may read it. */
  readonly by: object;
  readonly drops: DropLog;
  readonly dropsFrom: number;
  readonly dropsTo: number;
  /** What is not in the log. */
  readonly moreDrops: readonly number[] | undefined;
  readonly entityKeys: readonly string[] | undefined;
  readonly entity: unknown;

  /** @param entityKeys where the row says whom it is about. @param entity what it says there. */
  constructor(
    by: object,
    drops: DropLog,
    dropsFrom: number,
    dropsTo: number,
    moreDrops: readonly number[] | undefined,
    entityKeys: readonly string[] | undefined,
    entity: unknown,
  ) {
    this.by = by;
    this.drops = drops;
    this.dropsFrom = dropsFrom;
    this.dropsTo = dropsTo;
    this.moreDrops = moreDrops;
    this.entityKeys = entityKeys;
    this.entity = entity;
  }

  /** The value that says whom the row is about; no other is kept. */
  valueAt(keys: readonly string[]): unknown {
    const known = this.entityKeys;
    if (known === undefined || known.length !== keys.length || known.some((key, i) => key !== keys[i]))
      throw new TypeError('nothing is kept where a value is asked for');
    return this.entity;
  }
}

/** A row as `RawRow` has it, with its text. */
export class PickedRow {
  readonly value: PickedElement;
  /** One list for all rows of an array; who holds the answer adds it. */
  readonly parents: unknown[];
  readonly text: PickedText;
  /** Its place among the rows of {@link text}. */
  readonly nth: number;
  /** Canonical text of the event's time, null where there is none; undefined when it is not in what was picked. */
  readonly eventTime: string | null | undefined;

  constructor(
    value: PickedElement,
    parents: unknown[],
    text: PickedText,
    nth: number,
    eventTime: string | null | undefined,
  ) {
    this.value = value;
    this.parents = parents;
    this.text = text;
    this.nth = nth;
    this.eventTime = eventTime;
  }

  /** Nothing of the row is read from now on: once its text is copied, its memory may be another answer's. */
  done(): void {
    this.text.rowDone();
  }
}
