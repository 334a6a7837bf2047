const ZERO = 48;
const NINE = 57;
const MINUS = 45;
const POINT = 46;

/** True for `0`, `-12`, `345`: what an integer is written as, however long. No `-0`, no sign `+`, no leading zero. */
export function isPlainInteger(text: string): boolean {
  const end = wholePartEnd(text);
  return end !== 0 && end === text.length && text !== '-0';
}

/** True for a plain integer, or one with digits after a point: `-0.50`, `12.0`. No exponent. */
export function isPlainNumeral(text: string): boolean {
  const end = wholePartEnd(text);
  if (end === 0 || end === text.length) return end !== 0;
  if (text.charCodeAt(end) !== POINT || end + 1 === text.length) return false;
  return digitsEnd(text, end + 1) === text.length;
}

/** Where sign and whole digits end; 0 when there are none. */
function wholePartEnd(text: string): number {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  const end = digitsEnd(text, start);
  if (end === start) return 0;
  return text.charCodeAt(start) === ZERO && end > start + 1 ? 0 : end;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) break;
    at += 1;
  }
  return at;
}

const MAX_SURE_DIGITS = 15;

/**
 * The decimal digits of a number as JSON parsed it, without exponent; undefined when they may not be those that were
 * written: whole numbers beyond 2^53 - 1, and others with more than 15 significant digits, may have been rounded.
 */
export function exactDecimalText(value: number): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  if (!Number.isFinite(value) || Number.isInteger(value)) return undefined;
  const text = String(value);
  if (text.length <= MAX_SURE_DIGITS + 1 && !text.includes('e')) return text;
  const [mantissa = '', exponent = '0'] = text.split('e');
  const digits = mantissa.replace(/^-/, '').replace('.', '').replace(/^0+/, '');
  if (digits.length > MAX_SURE_DIGITS) return undefined;
  return exponent === '0'
    ? mantissa
    : `${value < 0 ? '-' : ''}0.${'0'.repeat(-Number(exponent) - 1)}${digits}`;
}
