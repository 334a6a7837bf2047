import { type BinaryOperator, HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';

/** An exact decimal: prints as the warehouse wrote it; arithmetic is done in floating point. */
export class DecimalValue extends HostObject {
  readonly typeName = 'decimal.Decimal';
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override toText(): string {
    return this.text;
  }

  override toRepr(): string {
    return `Decimal('${this.text}')`;
  }

  override isTrue(): boolean {
    return Number(this.text) !== 0;
  }

  override equals(other: Value): boolean {
    return this.compare(other) === 0;
  }

  override compare(other: Value): number | undefined {
    const right = numberOf(other);
    return right === undefined ? undefined : Math.sign(Number(this.text) - right);
  }

  override operate(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    const right = numberOf(other);
    if (right === undefined) return undefined;
    const own = Number(this.text);
    const [a, b] = reflected ? [right, own] : [own, right];
    const result = OPERATIONS[operator](a, b);
    return new DecimalValue(String(result));
  }

  override hash(): string {
    return `decimal:${Number(this.text)}`;
  }
}

const OPERATIONS: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};

function numberOf(value: Value): number | undefined {
  if (value instanceof DecimalValue) return Number(value.text);
  return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined;
}
