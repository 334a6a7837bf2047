import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { CursorPaging } from '#shared/pipeline/http-declaration.ts';
import { httpErrors } from './errors.ts';
import { keyedValue } from './value-path.ts';

/** Rows that the pages of one answer may have together, by which the number of pages is bounded. */
const MAX_ROWS = 5_000_000;
/** However small, so that an API that gives less than it was asked for gets to its end. */
const MIN_PAGES = 1_000;
const MAX_CURSOR_LENGTH = 4_096;

/**
 * Watches that the pages of an answer come to an end. One page that comes again is harmless, since its rows are known; two in a
 * row that bring nothing new are a loop, as is a cursor that was given before.
 */
export class PageTrail {
  readonly #paging: CursorPaging;
  readonly #facts: Facts;
  readonly #cursors = new Set<string>();
  #repeated = 0;
  #pages = 0;

  constructor(paging: CursorPaging, facts: Facts) {
    this.#paging = paging;
    this.#facts = facts;
  }

  /**
   * Takes note of a page.
   *
   * @param rows it had.
   * @param fresh of them that had not come before.
   * @returns the cursor of the next one, null at the end.
   * @throws PenstockError HTTP_PAGING_LOOPS, HTTP_UNEXPECTED_SHAPE.
   */
  next(envelope: unknown, rows: number, fresh: number): string | null {
    const cursor = this.#cursorIn(envelope);
    this.#pages += 1;
    this.#repeated = rows > 0 && fresh === 0 ? this.#repeated + 1 : 0;
    if (cursor === null) return null;
    if (this.#repeated >= 2) throw this.#loops('SAME_PAGE');
    if (this.#cursors.has(cursor)) throw this.#loops('SAME_CURSOR');
    if (this.#pages >= Math.max(MIN_PAGES, MAX_ROWS / this.#paging.limit)) throw this.#loops('TOO_MANY');
    this.#cursors.add(cursor);
    return cursor;
  }

  #cursorIn(envelope: unknown): string | null {
    const value = keyedValue(envelope, this.#paging.next.split('.'));
    if (value === undefined || value === null || value === '') return null;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && text.length <= MAX_CURSOR_LENGTH) return text;
    throw new PenstockError(httpErrors.unexpectedShape, { ...this.#facts, cursor: this.#paging.next });
  }

  #loops(reason: string): PenstockError {
    return new PenstockError(httpErrors.pagingLoops, { ...this.#facts, reason, pages: this.#pages });
  }
}
