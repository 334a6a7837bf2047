import { type BinaryOperator, HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import {
  calculate,
  compareDecimals,
  type Decimal,
  decimalKey,
  decimalText,
  readDecimal,
  roundDecimal,
} from './decimal-arithmetic.ts';

/** Python's Decimal: exact, 28 digits in results, and with floats only compared. */
export class DecimalValue extends HostObject {
  readonly typeName = 'decimal.Decimal';
  /** As Python prints it. */
  readonly text: string;
  /** Undefined for NaN and the infinities. */
  readonly #decimal: Decimal | undefined;

  /** @param text as a warehouse writes a number. */
  constructor(text: string) {
    super();
    this.#decimal = readDecimal(text);
    this.text = this.#decimal === undefined ? text : decimalText(this.#decimal);
  }

  override toText(): string {
    return this.text;
  }

  override toRepr(): string {
    return `Decimal('${this.text}')`;
  }

  override isTrue(): boolean {
    return this.#decimal?.digits !== 0n;
  }

  override asNumber(): bigint | number {
    const near = Number(this.text);
    return Number.isInteger(near) && this.#decimal !== undefined
      ? BigInt(decimalText(roundDecimal(this.#decimal, 0)))
      : near;
  }

  override negate(): Value {
    const { digits, exponent } = this.#decimal ?? { digits: 0n, exponent: 0 };
    return this.#decimal === undefined ? this : valueFrom({ digits: -digits, exponent });
  }

  override round(places: number): Value {
    return this.#decimal === undefined ? this : valueFrom(roundDecimal(this.#decimal, places));
  }

  override equals(other: Value): boolean {
    return this.compare(other) === 0;
  }

  override compare(other: Value): number | undefined {
    if (typeof other === 'number') return signOf(Number(this.text) - other);
    const right = decimalOf(other);
    if (this.#decimal === undefined || right === undefined) return undefined;
    return compareDecimals(this.#decimal, right);
  }

  override operate(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    const right = decimalOf(other);
    if (this.#decimal === undefined || right === undefined) return undefined;
    const [a, b] = reflected ? [right, this.#decimal] : [this.#decimal, right];
    return valueFrom(calculate(operator, a, b));
  }

  override hash(): string {
    // A whole decimal is the same key as the int, as in Python.
    const whole = this.asNumber();
    if (typeof whole === 'bigint' && this.compare(whole) === 0) return `n${whole}`;
    return `decimal:${this.#decimal === undefined ? this.text : decimalKey(this.#decimal)}`;
  }

  /** What arithmetic goes on with; undefined for NaN and the infinities. */
  get decimal(): Decimal | undefined {
    return this.#decimal;
  }
}

const valueFrom = (decimal: Decimal): DecimalValue => new DecimalValue(decimalText(decimal));

function signOf(difference: number): number | undefined {
  return Number.isNaN(difference) ? undefined : Math.sign(difference);
}

function decimalOf(value: Value): Decimal | undefined {
  if (value instanceof DecimalValue) return value.decimal;
  if (typeof value === 'bigint') return { digits: value, exponent: 0 };
  return typeof value === 'boolean' ? { digits: value ? 1n : 0n, exponent: 0 } : undefined;
}
