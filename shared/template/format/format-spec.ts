import { valueFault } from '../failures/template-fault.ts';

/** Python's format specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`. */
export interface FormatSpec {
  readonly fill: string;
  readonly align: '<' | '>' | '=' | '^' | undefined;
  /** A zero before the width: numbers are filled up with zeros after their sign. */
  readonly zeroPadded: boolean;
  /** `z`: what rounds to zero has no minus. */
  readonly noNegativeZero: boolean;
  readonly sign: '+' | '-' | ' ';
  readonly hasSign: boolean;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: ',' | '_' | undefined;
  readonly precision: number | undefined;
  readonly type: string;
}

const pattern =
  /^(?:(?<fill>[\s\S])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<coerce>z)?(?<alternate>#)?(?<zero>0)?(?<width>\d+)?(?<grouping>[,_])?(?:\.(?<precision>\d+))?(?<type>[a-zA-Z%])?$/u;

const largest = 100_000;

/** @throws a `value` fault when the text is no specification, or asks for more than 100,000 characters. */
export function parseFormatSpec(text: string): FormatSpec {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) throw valueFault('Invalid format specifier');
  const { fill, align, sign, coerce, alternate, zero, width, grouping, precision, type } = groups;
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: alignOf(align),
    zeroPadded: zero !== undefined,
    noNegativeZero: coerce !== undefined,
    sign: sign === '+' || sign === ' ' ? sign : '-',
    hasSign: sign !== undefined,
    alternate: alternate !== undefined,
    width: countOf(width) ?? 0,
    grouping: grouping === ',' || grouping === '_' ? grouping : undefined,
    precision: countOf(precision),
    type: type ?? '',
  };
}

function alignOf(text: string | undefined): FormatSpec['align'] {
  return text === '<' || text === '>' || text === '=' || text === '^' ? text : undefined;
}

function countOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const count = Number(digits);
  if (count > largest) throw valueFault(`a width or precision beyond ${largest}`);
  return count;
}
