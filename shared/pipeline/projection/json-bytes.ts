const INITIAL_BYTES = 4096;
const [QUOTE, BACKSLASH, MINUS, POINT, ZERO] = [34, 92, 45, 46, 48];
const FIRST_PRINTABLE = 32;
const LAST_PRINTABLE = 126;
/** Beyond it a string is looked at and copied by native code, which is faster then. */
const SHORT_TEXT = 64;
/** Decimals of a number that are printed without asking the engine for its shortest text, which takes ten times as long. */
const SHORT_DECIMALS = 4;
const POWERS = [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const INT32_MAX = 2 ** 31 - 1;

/**
 * JSON text written as bytes, because most of it is fixed or plain ASCII, and joining twice as many strings as there are
 * values takes longer than everything else about a row. One is used for many texts, one after the other.
 */
export class JsonBytes {
  length = 0;
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #isAscii = true;

  /** Starts anew. */
  clear(): void {
    this.length = 0;
    this.#isAscii = true;
  }

  /** What was written since it was cleared. */
  text(): string {
    return this.#bytes.toString(this.#isAscii ? 'latin1' : 'utf8', 0, this.length);
  }

  /** Puts one byte in place of another. */
  replace(at: number, byte: number): void {
    this.#bytes[at] = byte;
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = byte;
  }

  /** ASCII bytes prepared before. */
  fragment(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** ASCII text as it is. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const target = this.#bytes;
    let at = this.length;
    for (let i = 0; i < text.length; i += 1) target[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** @param value finite. */
  number(value: number): void {
    if ((value | 0) === value && value >= -INT32_MAX) this.#digits(value, 0);
    else if (!this.#shortDecimal(value)) this.ascii(String(value));
  }

  /** @returns false, with nothing written, when the text holds NUL or half of a surrogate pair. */
  string(text: string): boolean {
    return (text.length <= SHORT_TEXT && this.#plainString(text)) || this.#anyString(text);
  }

  /** `value` with the point before its last digits; both are of 32 bits, so that no division is of doubles. */
  #digits(value: number, decimals: number): void {
    this.#reserve(16);
    const target = this.#bytes;
    let rest = value | 0;
    if (rest < 0) {
      target[this.length++] = MINUS;
      rest = -rest;
    }
    let count = decimals + 1;
    while (count < POWERS.length && rest >= (POWERS[count] ?? 0)) count += 1;
    let at = this.length + count + (decimals > 0 ? 1 : 0);
    this.length = at;
    for (let place = 1; place <= count; place += 1) {
      const tenth = (rest / 10) | 0;
      target[--at] = ZERO + rest - tenth * 10;
      rest = tenth;
      if (place === decimals) target[--at] = POINT;
    }
  }

  /** The least number of decimals for which the digits are exact is that of the shortest text. */
  #shortDecimal(value: number): boolean {
    for (let decimals = 1; decimals <= SHORT_DECIMALS; decimals += 1) {
      const scale = POWERS[decimals] ?? 1;
      const scaled = Math.round(value * scale);
      if (scaled > INT32_MAX || scaled < -INT32_MAX) return false;
      if (scaled / scale !== value) continue;
      this.#digits(scaled, decimals);
      return true;
    }
    return false;
  }

  #plainString(text: string): boolean {
    this.#reserve(text.length + 2);
    const target = this.#bytes;
    let at = this.length;
    target[at++] = QUOTE;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      const isPlain =
        code >= FIRST_PRINTABLE && code <= LAST_PRINTABLE && code !== QUOTE && code !== BACKSLASH;
      if (!isPlain) return false;
      target[at++] = code;
    }
    target[at++] = QUOTE;
    this.length = at;
    return true;
  }

  #anyString(text: string): boolean {
    if (text.includes('\u0000') || !text.isWellFormed()) return false;
    const json = JSON.stringify(text);
    this.#reserve(json.length * 3);
    this.length += this.#bytes.write(json, this.length, 'utf8');
    this.#isAscii = false;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
