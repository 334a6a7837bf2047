import type { JsonText } from './json-text.ts';
import { byteOf, skipJson, skipNumber, skipString, specialIn } from './skip-json.ts';

/** Digits, and a power of ten as high, that a double holds exactly: their quotient is the double nearest to what was written. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/** Reads values out of JSON text where it is told to: what it reads is what `JSON.parse` makes of the same bytes. */
export class JsonCursor {
  readonly #text: JsonText;
  /** After the last value read. */
  at = 0;
  /** The last value read. */
  value: unknown = undefined;

  constructor(text: JsonText) {
    this.#text = text;
  }

  /** Reads the value that begins there. @returns false when `skipJson` finds no end of it. */
  read(at: number): boolean {
    const { view } = this.#text;
    switch (view.getUint8(at)) {
      case 0x22: // "
        return this.#readString(at);
      case 0x74: // t
        return this.#take(skipJson(view, at), true);
      case 0x66: // f
        return this.#take(skipJson(view, at), false);
      case 0x6e: // n
        return this.#take(skipJson(view, at), null);
      default:
        return this.#readNumber(at) || this.#parse(at, skipJson(view, at));
    }
  }

  #take(end: number, value: unknown): boolean {
    if (end < 0) return false;
    this.at = end;
    this.value = value;
    return true;
  }

  /** What has no shorter way. */
  #parse(at: number, end: number): boolean {
    if (end < 0) return false;
    return this.#take(end, JSON.parse(this.#text.bytes.toString('utf8', at, end)) as unknown);
  }

  #readString(at: number): boolean {
    const { view, bytes } = this.#text;
    let end = at + 1;
    for (;;) {
      const word = view.getInt32(end, true);
      // The word's own high bits are those of bytes beyond ASCII.
      const found = specialIn(word) | (word & -0x7f7f7f80);
      if (found === 0) {
        end += 4;
        continue;
      }
      end += byteOf(found);
      if (view.getUint8(end) !== 0x22) return this.#parse(at, skipString(view, at));
      return this.#take(end + 1, bytes.toString('latin1', at + 1, end));
    }
  }

  /** @returns false, with nothing read, for what is no number, or one of too many digits. */
  #readNumber(start: number): boolean {
    const { view } = this.#text;
    const from = view.getUint8(start) === 0x2d ? start + 1 : start;
    let at = from;
    let digits = 0;
    let point = -1;
    for (;;) {
      const byte = view.getUint8(at);
      if (byte >= 0x30 && byte <= 0x39) digits = digits * 10 + (byte - 0x30);
      else if (byte === 0x2e && point < 0) point = at;
      else if ((byte | 0x20) === 0x65) return this.#parse(start, skipNumber(view, start));
      else break;
      at += 1;
    }
    if (at - from > EXACT_DIGITS || !isWellFormed(view, from, point, at)) return false;
    const value = point < 0 ? digits : digits / (POWERS[at - point - 1] as number);
    return this.#take(at, from === start ? value : -value);
  }
}

/** Digits before a point and after it, and no zero before others. */
function isWellFormed(text: DataView, from: number, point: number, end: number): boolean {
  const whole = (point < 0 ? end : point) - from;
  return whole > 0 && point !== end - 1 && (whole === 1 || text.getUint8(from) !== 0x30);
}
