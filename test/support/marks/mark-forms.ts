/**
 * What to look for when marks are looked for: three letters, a dash or underline, and four hex digits or more, as in
 * `PII-0123456789ab`. Both expressions mean the same to JavaScript, PostgreSQL and RE2.
 */
export interface MarkForms {
  /** The mark as text, percent-encoded, escaped as in JSON, or as the hex digits of its bytes; regardless of case. */
  readonly caseless: string;
  /** The mark in base64, wherever in it; case matters. */
  readonly base64: string;
  /** Whether a text holds one. */
  isIn(text: string): boolean;
  /** Whether bytes do, as UTF-8 or UTF-16. */
  isInBytes(bytes: Buffer): boolean;
}

const SEPARATORS = '-_';
const HEX = '0123456789abcdef';
const LEAST_DIGITS = 4;

/** @param letters three of them, e.g. `PII`. */
export function markForms(letters: string): MarkForms {
  const separator = `([${SEPARATORS.replace('-', '\\-')}]|%2d|\\\\u00(2d|5f))`;
  const plain = `${letters}${separator}[0-9a-f]{${LEAST_DIGITS}}`;
  const caseless = `${plain}|${hexForm(letters)}`;
  const base64 = [0, 1, 2].map((before) => base64Form(letters, before)).join('|');
  const [text, encoded] = [new RegExp(caseless, 'i'), new RegExp(base64)];
  const wide = new RegExp(`${[...letters].join('\\0')}\\0[${SEPARATORS}]\\0([0-9a-f]\\0){4}`, 'i');
  const isIn = (one: string): boolean => text.test(one) || encoded.test(one);
  return {
    caseless,
    base64,
    isIn,
    isInBytes: (bytes) => {
      const one = bytes.toString('latin1');
      return isIn(one) || wide.test(one);
    },
  };
}

const bothCases = (text: string): string[] => [...new Set([text.toUpperCase(), text.toLowerCase()])];

const hexOf = (text: string): string => Buffer.from(text).toString('hex');

function hexForm(letters: string): string {
  const oneOf = (characters: Iterable<string>): string => `(${[...characters].map(hexOf).join('|')})`;
  const digits = new Set(bothCases(HEX).flatMap((each) => [...each]));
  return `${[...letters].map((letter) => oneOf(bothCases(letter))).join('')}${oneOf(SEPARATORS)}${oneOf(digits)}{${LEAST_DIGITS}}`;
}

/** Every mark in base64 behind `before` other bytes, as far as the characters depend on the mark alone. */
function base64Form(letters: string, before: number): string {
  const begins = bothCases(letters).flatMap((each) => [...SEPARATORS].map((one) => `${each}${one}`));
  return begins.map((begin) => base64Of(begin, before)).join('|');
}

/** Found by encoding all that may stand there, position by position. */
function base64Of(begin: string, before: number): string {
  const pairs = [...HEX].flatMap((first) => [...HEX].map((second) => `${first}${second}`));
  const encoded = pairs.flatMap((pair) =>
    [0x00, 0x55, 0xaa, 0xff].map((byte) =>
      Buffer.concat([Buffer.alloc(before, byte), Buffer.from(`${begin}${pair}${pair}`)]).toString('base64'),
    ),
  );
  const places = [...(encoded[0] ?? '')].map((_, at) => new Set(encoded.map((one) => one[at] ?? '=')));
  const last = Math.floor(((before + begin.length + LEAST_DIGITS) * 8) / 6);
  return places
    .slice(before === 0 ? 0 : before + 1, last)
    .map((characters) => (characters.size === 1 ? [...characters].join('') : `[${[...characters].join('')}]`))
    .join('');
}
