import { trimWhiteSpace } from './white-space.ts';

const longestDigits = 4300;
const decimal = /^[+-]?\d+(?:_\d+)*$/;
const float = /^[+-]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?)$/;
const special = /^([+-]?)(inf|infinity|nan)$/i;
const prefixes = new Map([
  ['0b', 2],
  ['0o', 8],
  ['0x', 16],
]);

/** Python's int(text, base); undefined where it would raise a ValueError. */
export function parseIntegerText(text: string, base: number): bigint | undefined {
  if (text.length > longestDigits + 64) return undefined;
  const bare = trimWhiteSpace(text, true, true);
  if (base === 10) return decimal.test(bare) ? withSign(bare, (digits) => BigInt(digits)) : undefined;
  if (base !== 0 && (base < 2 || base > 36)) return undefined;
  return withSign(bare.toLowerCase(), (digits) => parseDigits(digits, base));
}

function withSign(text: string, parse: (digits: string) => bigint | undefined): bigint | undefined {
  const isNegative = text.startsWith('-');
  const value = parse((isNegative || text.startsWith('+') ? text.slice(1) : text).replaceAll('_', ''));
  return isNegative && value !== undefined ? -value : value;
}

function parseDigits(text: string, base: number): bigint | undefined {
  const prefixBase = prefixes.get(text.slice(0, 2));
  const isPrefixed = prefixBase !== undefined && (base === 0 || base === prefixBase);
  const digits = isPrefixed ? text.slice(2) : text;
  const radix = BigInt(isPrefixed && prefixBase !== undefined ? prefixBase : base === 0 ? 10 : base);
  if (digits === '') return undefined;
  let value = 0n;
  for (const character of digits) {
    const digit = Number.parseInt(character, 36);
    if (Number.isNaN(digit) || BigInt(digit) >= radix) return undefined;
    value = value * radix + BigInt(digit);
  }
  return value;
}

/** Python's float(text); undefined where it would raise a ValueError. */
export function parseFloatText(text: string): number | undefined {
  const bare = trimWhiteSpace(text, true, true);
  const named = special.exec(bare);
  if (named !== null) {
    const [, sign = '', name = ''] = named;
    if (name.toLowerCase() === 'nan') return Number.NaN;
    return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return float.test(bare) ? Number(bare.replaceAll('_', '')) : undefined;
}
