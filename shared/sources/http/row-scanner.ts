import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { Envelope } from './envelope.ts';
import { httpErrors } from './errors.ts';
import { CLOSE_BRACKET, COMMA, isSpace } from './json-byte.ts';
import { parseJson } from './parse-json.ts';
import { ValueEnd } from './value-end.ts';

export interface ScanLimits {
  /** Of one element of the array. */
  readonly elementBytes: number;
  /** Of all that stands around the array. */
  readonly envelopeBytes: number;
}

/** What may come next within the array: an element or its end, an element, or what follows one. */
type Expected = 'first' | 'element' | 'after';

/**
 * Cuts the elements of one array out of a JSON text that arrives in chunks, and parses each. It holds one element and what
 * stands around the array, never the text.
 */
export class RowScanner {
  readonly #limits: ScanLimits;
  readonly #facts: Facts;
  readonly #envelope: Envelope;
  readonly #end = new ValueEnd();
  #place: 'around' | 'between' | 'element' = 'around';
  #expected: Expected = 'first';
  /** The beginning of an element that did not end in its chunk. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;

  /** @param keys that lead to the array; none when the text is the array. */
  constructor(keys: readonly string[], limits: ScanLimits, facts: Facts) {
    this.#limits = limits;
    this.#facts = facts;
    this.#envelope = new Envelope(keys, limits.envelopeBytes, facts);
  }

  /**
   * Takes the next chunk.
   *
   * @returns the elements that ended in it.
   * @throws PenstockError HTTP_MALFORMED_BODY, HTTP_ROW_TOO_LARGE.
   */
  push(chunk: Buffer): unknown[] {
    const elements: unknown[] = [];
    let at = 0;
    while (at >= 0 && at < chunk.length) {
      if (this.#place === 'around') at = this.#around(chunk, at);
      else if (this.#place === 'between') at = this.#between(chunk, at);
      else at = this.#element(chunk, at, elements);
    }
    return elements;
  }

  /**
   * The text has ended.
   *
   * @returns it without its elements.
   * @throws PenstockError HTTP_MALFORMED_BODY, HTTP_UNEXPECTED_SHAPE when there was no such array.
   */
  end(): unknown {
    if (this.#place !== 'around') throw this.#malformed('TRUNCATED');
    return this.#envelope.end();
  }

  #around(chunk: Buffer, from: number): number {
    const at = this.#envelope.take(chunk, from);
    if (at >= 0) {
      this.#place = 'between';
      this.#expected = 'first';
    }
    return at;
  }

  #between(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && isSpace(chunk[at] ?? 0)) at += 1;
    const byte = chunk[at];
    if (byte === undefined) return at;
    if (byte === CLOSE_BRACKET && this.#expected !== 'element') {
      this.#place = 'around';
      this.#envelope.closeRows();
      return at + 1;
    }
    if (this.#expected === 'after') {
      if (byte !== COMMA) throw this.#malformed('NOT_JSON');
      this.#expected = 'element';
      return at + 1;
    }
    this.#place = 'element';
    this.#end.begin(byte);
    return at;
  }

  #element(chunk: Buffer, from: number, elements: unknown[]): number {
    const to = this.#end.find(chunk, from);
    const piece = chunk.subarray(from, to < 0 ? chunk.length : to);
    this.#pieceBytes += piece.length;
    if (this.#pieceBytes > this.#limits.elementBytes) {
      throw new PenstockError(httpErrors.rowTooLarge, {
        ...this.#facts,
        limitBytes: this.#limits.elementBytes,
      });
    }
    if (to < 0) {
      this.#pieces.push(piece);
      return -1;
    }
    const text = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece]);
    this.#pieces = [];
    this.#pieceBytes = 0;
    elements.push(parseJson(text, this.#facts));
    this.#place = 'between';
    this.#expected = 'after';
    return to;
  }

  #malformed(reason: string): PenstockError {
    return new PenstockError(httpErrors.malformed, { ...this.#facts, reason });
  }
}
