import { valueFault } from '#shared/template/failures/template-fault.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { type BinaryOperator, HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';

const DIVIDING: ReadonlySet<BinaryOperator> = new Set(['/', '//', '%'] as const);
const DAY_US = 86_400_000_000n;

/** Python's timedelta, in microseconds. */
export class TimedeltaValue extends HostObject {
  readonly typeName = 'datetime.timedelta';
  readonly us: bigint;

  constructor(us: bigint) {
    super();
    this.us = us;
  }

  override toText(): string {
    const days = floorDivide(this.us, DAY_US);
    const rest = Number(this.us - days * DAY_US);
    const seconds = Math.trunc(rest / 1e6);
    const fraction = rest % 1e6 === 0 ? '' : `.${String(rest % 1e6).padStart(6, '0')}`;
    const two = (value: number): string => String(value).padStart(2, '0');
    const time = `${Math.trunc(seconds / 3600)}:${two(Math.trunc(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
    return days === 0n ? time : `${days} day${days === 1n || days === -1n ? '' : 's'}, ${time}`;
  }

  override toRepr(): string {
    const days = floorDivide(this.us, DAY_US);
    const rest = this.us - days * DAY_US;
    const parts = { days, seconds: rest / 1_000_000n, microseconds: rest % 1_000_000n };
    const shown = Object.entries(parts).filter(([, value]) => value !== 0n);
    return `datetime.timedelta(${shown.map(([name, value]) => `${name}=${value}`).join(', ') || '0'})`;
  }

  override negate(): Value {
    return new TimedeltaValue(-this.us);
  }

  override getAttr(name: string): Value | undefined {
    const days = floorDivide(this.us, DAY_US);
    switch (name) {
      case 'days':
        return days;
      case 'seconds':
        return (this.us - days * DAY_US) / 1_000_000n;
      case 'microseconds':
        return ((this.us % 1_000_000n) + 1_000_000n) % 1_000_000n;
      case 'total_seconds':
        return hostFunction('total_seconds', () => Number(this.us) / 1e6);
      default:
        return undefined;
    }
  }

  override compare(other: Value): number | undefined {
    if (!(other instanceof TimedeltaValue)) return undefined;
    return this.us < other.us ? -1 : this.us > other.us ? 1 : 0;
  }

  override equals(other: Value): boolean {
    return this.compare(other) === 0;
  }

  override operate(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof TimedeltaValue && operator === '+') return new TimedeltaValue(this.us + other.us);
    if (other instanceof TimedeltaValue && operator === '-')
      return new TimedeltaValue(reflected ? other.us - this.us : this.us - other.us);
    if (typeof other === 'bigint' && operator === '*') return new TimedeltaValue(this.us * other);
    if (typeof other === 'number' && operator === '*' && Number.isFinite(other))
      return new TimedeltaValue(BigInt(Math.round(Number(this.us) * other)));
    return reflected ? undefined : this.#divided(operator, other);
  }

  #divided(operator: BinaryOperator, other: Value): Value | undefined {
    const isDelta = other instanceof TimedeltaValue;
    const by = isDelta ? other.us : other;
    if ((typeof by !== 'bigint' && typeof by !== 'number') || !DIVIDING.has(operator)) return undefined;
    if (Number(by) === 0) throw valueFault('division of a timedelta by zero');
    if (operator === '/') {
      const quotient = Number(this.us) / Number(by);
      return isDelta ? quotient : new TimedeltaValue(BigInt(Math.round(quotient)));
    }
    if (typeof by !== 'bigint') return undefined;
    const floor = floorDivide(this.us, by);
    if (operator === '//') return isDelta ? floor : new TimedeltaValue(floor);
    return isDelta ? new TimedeltaValue(this.us - floor * by) : undefined;
  }

  override isTrue(): boolean {
    return this.us !== 0n;
  }

  override hash(): string {
    return `timedelta:${this.us}`;
  }
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}
