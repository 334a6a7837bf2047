import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  isSpace,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-byte.ts';

/**
 * Finds where a JSON value ends, over any number of chunks. It counts brackets and skips strings; whether the value is valid is
 * for a parser to say.
 */
export class ValueEnd {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #scalar = false;

  /** Forgets the last value. @param first byte of the next one. */
  begin(first: number): void {
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#scalar = first !== OPEN_BRACE && first !== OPEN_BRACKET && first !== QUOTE;
  }

  /** @returns the index after the value's last byte, or -1 when it does not end in this chunk. */
  find(chunk: Buffer, from: number): number {
    return this.#scalar ? endOfScalar(chunk, from) : this.#endOfNested(chunk, from);
  }

  #endOfNested(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let at = from;
    while (at < length) {
      if (this.#inString) {
        at = this.#skipString(chunk, at);
        if (!this.#inString && this.#depth === 0) return at;
        continue;
      }
      const byte = chunk[at];
      at += 1;
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth -= 1;
        if (this.#depth <= 0) return at;
      }
    }
    return -1;
  }

  /** @returns the index after the closing quote, or the chunk's length. */
  #skipString(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let escaped = this.#escaped;
    let at = from;
    for (; at < length; at += 1) {
      if (escaped) escaped = false;
      else if (chunk[at] === BACKSLASH) escaped = true;
      else if (chunk[at] === QUOTE) {
        this.#inString = false;
        this.#escaped = false;
        return at + 1;
      }
    }
    this.#escaped = escaped;
    return at;
  }
}

/** Numbers and words end before what cannot belong to them; that is not taken. */
function endOfScalar(chunk: Buffer, from: number): number {
  for (let at = from; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0;
    if (byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE || isSpace(byte)) return at;
  }
  return -1;
}
