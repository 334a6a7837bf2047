import { BrokenObject } from './broken-object.ts';

/** Digits that a double may not hold, or an exponent that it may not reach: a cheap look that is never wrong about safe text. */
const SUSPICIOUS = /\d[\d.]{15,}|\d[eE][+-]?\d{3,}/;

/**
 * Parses JSON without changing a number: one that a double does not hold exactly becomes its own text.
 *
 * @param row for the error.
 * @throws BrokenObject not-json, too-deep; what the parser says is dropped, because it quotes the text.
 */
export function parseExactJson(text: string, row?: number): unknown {
  try {
    return SUSPICIOUS.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text);
  } catch (error) {
    throw new BrokenObject(error instanceof RangeError ? 'too-deep' : 'not-json', row);
  }
}

function keepExact(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return isExact(source, value) ? value : source;
}

/** True when the shortest text of the double is the same number as the source's. */
function isExact(source: string, value: number): boolean {
  return Number.isFinite(value) && plainForm(source) === plainForm(String(value));
}

/** A number as its significant digits and the place of the first of them, so that `1.50e2` and `150` are one. */
function plainForm(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  const significant = digits.replace(/^0+/, '');
  if (significant === '') return '0';
  const place = whole.length + Number(exponent) - (digits.length - significant.length);
  return `${sign}${significant.replace(/0+$/, '')}e${place}`;
}
