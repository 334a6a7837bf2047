import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';
import { GrowingText } from './growing-text.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-byte.ts';
import { parseJson } from './parse-json.ts';

const ARRAY_END = Buffer.from(']');

/**
 * What stands around the rows of an answer: its text with the array of rows left empty. It watches for the opening bracket of
 * that array while it takes the text in, and is parsed at the end, which also proves that the answer as a whole is JSON.
 */
export class Envelope {
  readonly #keys: readonly string[];
  readonly #limitBytes: number;
  readonly #facts: Facts;
  readonly #text = new GrowingText();
  #depth = 0;
  /** The last key of each open container, by depth, as far as depths matter. */
  readonly #keyAt: (string | undefined)[] = [];
  /** Where the last string begins and ends in the text, its quotes included. */
  #stringFrom = 0;
  #stringTo = 0;
  #inString = false;
  #escaped = false;
  #found = false;

  /** @param keys that lead to the array. */
  constructor(keys: readonly string[], limitBytes: number, facts: Facts) {
    this.#keys = keys;
    this.#limitBytes = limitBytes;
    this.#facts = facts;
  }

  /** @returns the index after the bracket that opens the array of rows, or -1 when it is not in this chunk. */
  take(chunk: Buffer, from: number): number {
    const base = this.#text.length;
    this.#text.add(chunk.subarray(from));
    const opened = this.#scan(base);
    if (opened >= 0) {
      if (this.#found)
        throw new PenstockError(httpErrors.malformed, { ...this.#facts, reason: 'ROWS_TWICE' });
      this.#found = true;
      this.#text.cutTo(opened);
    }
    if (this.#text.length > this.#limitBytes) {
      throw new PenstockError(httpErrors.rowTooLarge, { ...this.#facts, limitBytes: this.#limitBytes });
    }
    return opened < 0 ? -1 : from + opened - base;
  }

  /** The array of rows has ended. */
  closeRows(): void {
    this.#text.add(ARRAY_END);
  }

  /**
   * The answer without its rows.
   *
   * @throws PenstockError HTTP_MALFORMED_BODY, or HTTP_UNEXPECTED_SHAPE when it had no array of rows where it is declared.
   */
  end(): unknown {
    const value = parseJson(this.#text.view(), this.#facts);
    if (this.#found) return value;
    throw new PenstockError(httpErrors.unexpectedShape, {
      ...this.#facts,
      rows: `${this.#keys.join('.')}[]`,
    });
  }

  /** @returns the index in the text after the bracket that opens the rows, or -1. */
  #scan(from: number): number {
    const text = this.#text.view();
    for (let at = from; at < text.length; at += 1) {
      const byte = text[at] ?? 0;
      if (this.#inString) this.#inside(byte, at);
      else if (byte === QUOTE) {
        this.#inString = true;
        this.#stringFrom = at;
      } else if (byte === COLON) this.#keyEnds();
      else if (byte === OPEN_BRACKET && this.#atRows()) return at + 1;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#open();
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth -= 1;
    }
    return -1;
  }

  #inside(byte: number, at: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inString = false;
      this.#stringTo = at + 1;
    }
  }

  #keyEnds(): void {
    if (this.#depth > this.#keys.length) return;
    const key = parseJson(this.#text.view(this.#stringFrom, this.#stringTo), this.#facts);
    this.#keyAt[this.#depth] = typeof key === 'string' ? key : undefined;
  }

  #open(): void {
    this.#depth += 1;
    if (this.#depth <= this.#keys.length) this.#keyAt[this.#depth] = undefined;
  }

  #atRows(): boolean {
    return (
      this.#depth === this.#keys.length && this.#keys.every((key, index) => this.#keyAt[index + 1] === key)
    );
  }
}
