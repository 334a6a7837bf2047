import { LINE_QUOTE, undoubled } from '../line-quote.ts';
import {
  ELEMENT_DROPS_FROM,
  ELEMENT_DROPS_TO,
  ELEMENT_PARENT,
  ROW_ELEMENT,
  ROW_ENTITY,
  ROW_ENTITY_END,
  ROW_EVENT,
  ROW_TEXT,
} from './assembly/layout.ts';
import { giveBackPageMemory, type PageMemory } from './page-memory.ts';

/** Which columns a stretch of a row's text holds, each with a comma behind it. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** Where the parts of an answer stand in a page's memory, in words, and how addresses in the picker's memory become places in it. */
export interface PageLayout {
  /** Address of the first byte. */
  readonly textFrom: number;
  readonly rowsAt: number;
  /** From one row to the next. */
  readonly rowWords: number;
  /** To be added to a word's address. */
  readonly elementsShift: number;
  /** The same by level. */
  readonly dropsShift: readonly number[];
}

/** What was dropped of an element besides what its log says: numbers of counters, by the element's address. */
export type MoreDrops = ReadonlyMap<number, readonly number[]>;

/** All rows of one answer, copied out of the memory that the next answer is read into. */
export class PickedPage {
  readonly memory: PageMemory;
  readonly segments: readonly Segment[];
  /** What picked it, which alone may read it. */
  readonly by: object;
  readonly more: MoreDrops;
  /** The answer without its rows; who holds it says so. */
  envelope: unknown;
  readonly #layout: PageLayout;
  #left = 0;

  constructor(
    memory: PageMemory,
    layout: PageLayout,
    segments: readonly Segment[],
    by: object,
    more: MoreDrops,
  ) {
    this.memory = memory;
    this.segments = segments;
    this.by = by;
    this.more = more;
    this.#layout = layout;
  }

  /** Where a segment of a row begins, among the page's bytes: the end of the one before. */
  startOf(row: number, segment: number): number {
    return this.#word(row, ROW_TEXT + 4 * segment) - this.#layout.textFrom;
  }

  /** Where the text by which a row names its entity begins and ends, among the page's bytes; nothing is between when it names none. */
  entityFrom(row: number): number {
    return this.#word(row, ROW_ENTITY) - this.#layout.textFrom;
  }

  entityTo(row: number): number {
    return this.#word(row, ROW_ENTITY_END) - this.#layout.textFrom;
  }

  /** The text itself; null when it names none. */
  entityOf(row: number): string | null {
    const [from, to] = [this.entityFrom(row), this.entityTo(row)];
    return from === to ? null : this.memory.bytes.toString('utf8', from, to);
  }

  /** Microseconds since 1970 of a row's event, NaN where it has no time. */
  eventOf(row: number): number {
    const { rowsAt, rowWords } = this.#layout;
    return this.memory.doubles[(rowsAt + row * rowWords + (ROW_EVENT >> 2)) >> 1] ?? Number.NaN;
  }

  /** The address of a row as an element of its array. */
  elementOf(row: number): number {
    return this.#word(row, ROW_ELEMENT);
  }

  /** The address of the element around an element, 0 of an outermost one. */
  parentOf(element: number): number {
    return this.#elementWord(element, ELEMENT_PARENT);
  }

  /** Where numbers of what was dropped of an element begin and end, among the page's words. */
  dropsOf(element: number, level: number): readonly [number, number] {
    const shift = this.#layout.dropsShift[level] ?? 0;
    return [
      (this.#elementWord(element, ELEMENT_DROPS_FROM) >> 2) + shift,
      (this.#elementWord(element, ELEMENT_DROPS_TO) >> 2) + shift,
    ];
  }

  /** To be called for each run of rows that is taken, before any of them is done with. */
  runTaken(): void {
    this.#left += 1;
  }

  /** To be called once for each. */
  runDone(): void {
    this.#left -= 1;
    if (this.#left === 0) giveBackPageMemory(this.memory);
  }

  #word(row: number, offset: number): number {
    const { rowsAt, rowWords } = this.#layout;
    return this.memory.words[rowsAt + row * rowWords + (offset >> 2)] ?? 0;
  }

  #elementWord(element: number, offset: number): number {
    return this.memory.words[((element + offset) >> 2) + this.#layout.elementsShift] ?? 0;
  }
}

/**
 * Rows of one answer that stand one after the other, as lines of text as `row-line.ts` writes them, but for columns that the answer does
 * not hold.
 */
export class PickedRows {
  readonly page: PickedPage;
  readonly #from: number;
  /** How many there are. */
  count: number;
  /** Places among the page's rows, once some of them are left out. */
  #kept: number[] | undefined;

  constructor(page: PickedPage, from: number, to: number) {
    this.page = page;
    this.#from = from;
    this.count = to - from;
    page.runTaken();
  }

  /** The place of the nth among the page's rows. */
  at(nth: number): number {
    return this.#kept === undefined ? this.#from + nth : (this.#kept[nth] ?? 0);
  }

  /** Leaves out rows. @param wanted is asked for the place of each, in their order. */
  keep(wanted: (row: number) => boolean): void {
    let kept: number[] | undefined;
    for (let nth = 0; nth < this.count; nth += 1) {
      const row = this.at(nth);
      if (wanted(row)) kept?.push(row);
      else kept ??= Array.from({ length: nth }, (_, before) => this.at(before));
    }
    if (kept === undefined) return;
    this.#kept = kept;
    this.count = kept.length;
  }

  /** Microseconds since 1970; undefined when no row has a time. */
  newestEvent(): number | undefined {
    let newest = Number.NEGATIVE_INFINITY;
    for (let nth = 0; nth < this.count; nth += 1) {
      const event = this.page.eventOf(this.at(nth));
      if (event > newest) newest = event;
    }
    return newest === Number.NEGATIVE_INFINITY ? undefined : newest;
  }

  /** Nothing of them is read from now on: once their text is copied, its memory may be another answer's. */
  done(): void {
    this.page.runDone();
  }
}

/** Canonical text of each column of a row by its place, as its lines hold it. */
export function pickedFields({ page }: PickedRows, row: number): ReadonlyMap<number, string | null> {
  const fields = new Map<number, string | null>();
  page.segments.forEach(({ from, to }, nth) => {
    const text = page.memory.bytes.toString('utf8', page.startOf(row, nth), page.startOf(row, nth + 1));
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
