import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { toFloat } from '../values/arithmetic.ts';
import { codePoints, textLength } from '../values/code-points.ts';
import { DictValue } from '../values/dict-value.ts';
import { ListValue } from '../values/list-value.ts';
import { integerOf, nearestNumber } from '../values/number-of.ts';
import { RangeValue } from '../values/range-value.ts';
import { asciiOnly } from '../values/text-repr.ts';
import { toRepr, toText } from '../values/to-text.ts';
import { TupleValue } from '../values/tuple-value.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { formatNumber } from './format-number.ts';
import { parseFormatSpec } from './format-spec.ts';

const directive =
  /%(?:\((?<key>[^)]*)\))?(?<flags>[-#0 +]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d+)?)?(?<length>[hlL])?(?<type>[\s\S])?/gu;
const hasPrecision = /^%(?:\([^)]*\))?[-#0 +]*(?:\*|\d+)?\./;
const widest = 100_000;

/** Python's `text % values`. */
export function formatPercent(template: string, values: Value, budget: Budget): string {
  const source = new Arguments(values);
  budget.scan(template.length);
  const text = template.replace(directive, (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    budget.step();
    const piece = formatOne(whole, groups, source, budget);
    budget.text(piece.length);
    return piece;
  });
  source.checkAllUsed();
  return text;
}

/** The values on the right of `%`: a tuple is several, a dictionary is looked up by name. */
class Arguments {
  readonly #values: Value;
  #index = 0;
  #usedNames = false;

  constructor(values: Value) {
    this.#values = values;
  }

  next(): Value {
    const items = this.#values instanceof TupleValue ? this.#values.items : [this.#values];
    const value = items[this.#index];
    if (value === undefined) throw typeFault('not enough arguments for format string');
    this.#index += 1;
    return value;
  }

  named(name: string): Value {
    if (!(this.#values instanceof DictValue)) throw typeFault('format requires a mapping');
    const value = this.#values.get(name);
    if (value === undefined) throw valueFault(`the mapping has no key '${name}'`);
    this.#usedNames = true;
    return value;
  }

  count(text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    const integer = text === '*' ? integerOf(this.next()) : BigInt(text);
    if (integer === undefined) throw typeFault('* wants int');
    if (integer > BigInt(widest) || integer < BigInt(-widest))
      throw valueFault(`a width or precision beyond ${widest}`);
    return Number(integer);
  }

  checkAllUsed(): void {
    const values = this.#values;
    // As in Python, anything with items but a tuple may be a mapping of which not every key is used.
    const isMapping =
      values instanceof DictValue || values instanceof ListValue || values instanceof RangeValue;
    if (isMapping || values instanceof UndefinedValue || this.#usedNames) return;
    const count = values instanceof TupleValue ? values.items.length : 1;
    if (this.#index < count && (values instanceof TupleValue || this.#index === 0)) {
      throw typeFault('not all arguments converted during string formatting');
    }
  }
}

type Groups = Readonly<Record<string, string | undefined>>;

function formatOne(whole: string, groups: Groups, source: Arguments, budget: Budget): string {
  const type = groups['type'];
  if (type === undefined) throw valueFault('incomplete format');
  if (whole === '%%') return '%';
  const key = groups['key'];
  const named = key === undefined ? undefined : source.named(key);
  const width = source.count(groups['width']) ?? 0;
  const precision = source.count(groups['precision']) ?? (hasPrecision.test(whole) ? 0 : undefined);
  const flags = (groups['flags'] ?? '') + (width < 0 ? '-' : '');
  const value = named === undefined ? source.next() : named;
  budget.text(Math.abs(width) + (precision ?? 0));
  return convert(value, { type, flags, width: Math.abs(width), precision }, budget);
}

interface Directive {
  readonly type: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

function convert(value: Value, directiveOf: Directive, budget: Budget): string {
  const { type } = directiveOf;
  switch (type) {
    case 's':
      return padText(toText(value, budget), directiveOf);
    case 'r':
      return padText(toRepr(value, budget), directiveOf);
    case 'a':
      return padText(asciiOnly(toRepr(value, budget)), directiveOf);
    case 'c':
      return padText(characterOf(value), { ...directiveOf, precision: undefined });
    default:
      return formatNumeric(value, directiveOf);
  }
}

function characterOf(value: Value): string {
  if (typeof value === 'string' && textLength(value) === 1) return value;
  const code = integerOf(value);
  if (code === undefined) throw typeFault('%c requires int or char');
  if (code < 0n || code > 0x10ffffn) throw valueFault('%c arg not in range(0x110000)');
  return String.fromCodePoint(Number(code));
}

function padText(text: string, { flags, width, precision }: Directive): string {
  const cut = precision === undefined ? text : codePoints(text).slice(0, precision).join('');
  const blanks = ' '.repeat(Math.max(0, width - textLength(cut)));
  return flags.includes('-') ? cut + blanks : blanks + cut;
}

function formatNumeric(value: Value, directiveOf: Directive): string {
  const { type, flags, width, precision } = directiveOf;
  const number = nearestNumber(value);
  if (!'diuoxXeEfFgG'.includes(type)) throw valueFault(`unsupported format character '${type}'`);
  if (number === undefined) throw typeFault(`%${type} format: a number is required, not ${typeName(value)}`);
  const isLeft = flags.includes('-');
  const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const zero = flags.includes('0') && !isLeft ? '0' : '';
  const shape = `${isLeft ? '<' : zero === '' ? '>' : ''}${sign}${flags.includes('#') ? '#' : ''}${zero}${width}`;
  if ('diuoxX'.includes(type)) return formatInteger(number, shape, directiveOf);
  return formatNumber(toFloat(number), parseFormatSpec(`${shape}.${precision ?? 6}${type}`));
}

function formatInteger(
  number: bigint | number,
  shape: string,
  { type, precision, width, flags }: Directive,
): string {
  const isRadix = type === 'o' || type === 'x' || type === 'X';
  if (typeof number === 'number' && (isRadix || !Number.isFinite(number))) {
    throw typeFault(`%${type} format: an integer is required, not float`);
  }
  const integer = typeof number === 'bigint' ? number : BigInt(Math.trunc(number));
  const code = isRadix ? type : 'd';
  if (precision === undefined) return formatNumber(integer, parseFormatSpec(shape + code));
  // A precision of an integer is a least number of digits.
  const bare = formatNumber(integer < 0n ? -integer : integer, parseFormatSpec(code));
  const sign = integer < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const head = `${sign}${isRadix && flags.includes('#') ? `0${type}` : ''}`;
  // Zeros fill the width too, where it is wider than the precision.
  const zeros =
    flags.includes('0') && !flags.includes('-') ? Math.max(precision, width - head.length) : precision;
  return padText(head + bare.padStart(zeros, '0'), { type, flags, width, precision: undefined });
}
