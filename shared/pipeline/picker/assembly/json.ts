import { BEHIND } from './layout';

/*
 * Scanners of JSON text by RFC 8259, which must be valid UTF-8 with NULs behind it: a NUL is no JSON wherever it stands, so none of
 * them looks for the end. Each is told where something begins and returns the index after it, or -1 when it is none or breaks off.
 */

const MOST_DEPTH = 64;
const SURE_DIGITS = 15;
/** Numbers closer to zero are written with an exponent. */
const LEAST_PLAIN = 1e-6;

const POWERS: StaticArray<f64> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/** Of the last string: whether it has escapes, and whether it holds more than ASCII. */
export let isEscaped = false;
export let isBeyondAscii = false;

/** The last number, when it is plain: no exponent, and its digits are those of its shortest text. */
export let isPlain = false;
export let numberValue: f64 = 0;
/** Where its whole part and its shortest text end. */
export let wholeEnd: i32 = 0;
export let shortEnd: i32 = 0;

// Sixteen bytes are looked at together; see BEHIND.
assert(BEHIND >= 16);

export function space(at: i32): i32 {
  return load<u8>(at) > 0x20 ? at : spaces(at);
}

function spaces(from: i32): i32 {
  let at = from;
  while (true) {
    const byte = load<u8>(at);
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** From the end of a key to its value. */
export function colon(at: i32): i32 {
  if (load<u8>(at) === 0x3a && load<u8>(at, 1) > 0x20) return at + 1;
  const found = space(at);
  return load<u8>(found) === 0x3a ? space(found + 1) : -1;
}

/** @param from behind the opening quote. @returns the index of the closing one. */
export function stringEnd(from: i32): i32 {
  let at = from;
  let beyond = 0;
  isEscaped = false;
  while (true) {
    const bytes = v128.load(at);
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
        i8x16.lt_u(bytes, i8x16.splat(0x20)),
      ),
    );
    if (special === 0) {
      beyond |= i8x16.bitmask(bytes);
      at += 16;
      continue;
    }
    const nth = ctz(special);
    beyond |= i8x16.bitmask(bytes) & ((1 << nth) - 1);
    at += nth;
    const byte = load<u8>(at);
    if (byte === 0x22) {
      isBeyondAscii = beyond !== 0;
      return at;
    }
    if (byte !== 0x5c) return -1;
    isEscaped = true;
    at = escapeEnd(at + 1);
    if (at < 0) return -1;
  }
}

/** @param at behind the backslash. */
function escapeEnd(at: i32): i32 {
  switch (load<u8>(at)) {
    case 0x22:
    case 0x2f:
    case 0x5c:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 1;
    case 0x75:
      for (let i = at + 1; i <= at + 4; i += 1) if (!isHex(load<u8>(i))) return -1;
      return at + 5;
    default:
      return -1;
  }
}

function isHex(byte: u8): bool {
  const lower: u8 = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

/** A number, whatever stands behind it. Says what there is to know of it. */
export function numberEnd(start: i32): i32 {
  const isNegative = load<u8>(start) === 0x2d;
  const from = isNegative ? start + 1 : start;
  let at = from;
  let digits: u64 = 0;
  let digit = <u32>load<u8>(at) - 0x30;
  while (digit <= 9) {
    digits = digits * 10 + digit;
    at += 1;
    digit = <u32>load<u8>(at) - 0x30;
  }
  const whole = at - from;
  if (whole === 0 || (whole > 1 && load<u8>(from) === 0x30)) return -1;
  wholeEnd = at;
  shortEnd = at;
  let decimals = 0;
  if (load<u8>(at) === 0x2e) {
    at += 1;
    digit = <u32>load<u8>(at) - 0x30;
    while (digit <= 9) {
      digits = digits * 10 + digit;
      at += 1;
      if (digit !== 0) shortEnd = at;
      digit = <u32>load<u8>(at) - 0x30;
    }
    decimals = at - wholeEnd - 1;
    if (decimals === 0) return -1;
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    isPlain = false;
    return exponentEnd(at + 1);
  }
  isPlain = whole + decimals <= SURE_DIGITS;
  if (isPlain) value(digits, decimals, isNegative);
  return at;
}

/** Both are doubles exactly, so that their quotient is the double nearest to what was written. */
function value(digits: u64, decimals: i32, isNegative: bool): void {
  const size = <f64>digits / unchecked(POWERS[decimals]);
  numberValue = isNegative ? -size : size;
  isPlain = digits === 0 ? !isNegative : size >= LEAST_PLAIN;
}

function exponentEnd(from: i32): i32 {
  const sign = load<u8>(from);
  const first = sign === 0x2b || sign === 0x2d ? from + 1 : from;
  let at = first;
  while (<u32>load<u8>(at) - 0x30 <= 9) at += 1;
  return at === first ? -1 : at;
}

/** Any value, without reading it. */
export function valueEnd(at: i32, depth: i32 = 0): i32 {
  const byte = load<u8>(at);
  if (byte === 0x22) {
    const end = stringEnd(at + 1);
    return end < 0 ? -1 : end + 1;
  }
  if (byte === 0x7b) return depth < MOST_DEPTH ? objectEnd(at, depth + 1) : -1;
  if (byte === 0x5b) return depth < MOST_DEPTH ? arrayEnd(at, depth + 1) : -1;
  if (byte === 0x74 || byte === 0x66 || byte === 0x6e) return wordEnd(at);
  return numberEnd(at);
}

/** Whether the last member was the last of its object or array, or not followed by what may follow. */
export let isLast = false;

/** From the end of a member to the next one, or behind the object or array when it was the last. */
export function nextMember(from: i32, close: u8): i32 {
  const at = space(from);
  const byte = load<u8>(at);
  isLast = byte !== 0x2c;
  if (!isLast) return space(at + 1);
  return byte === close ? at + 1 : -1;
}

function objectEnd(from: i32, depth: i32): i32 {
  let at = space(from + 1);
  if (load<u8>(at) === 0x7d) return at + 1;
  while (true) {
    if (load<u8>(at) !== 0x22) return -1;
    at = stringEnd(at + 1);
    if (at < 0) return -1;
    at = colon(at + 1);
    if (at < 0) return -1;
    at = valueEnd(at, depth);
    if (at < 0) return -1;
    at = nextMember(at, 0x7d);
    if (isLast) return at;
  }
}

function arrayEnd(from: i32, depth: i32): i32 {
  let at = space(from + 1);
  if (load<u8>(at) === 0x5d) return at + 1;
  while (true) {
    at = valueEnd(at, depth);
    if (at < 0) return -1;
    at = nextMember(at, 0x5d);
    if (isLast) return at;
  }
}

/** `true`, `false` or `null`. */
export function wordEnd(at: i32): i32 {
  const word = load<u32>(at);
  if (word === 0x65757274 || word === 0x6c6c756e) return at + 4;
  return word === 0x736c6166 && load<u8>(at, 4) === 0x65 ? at + 5 : -1;
}
