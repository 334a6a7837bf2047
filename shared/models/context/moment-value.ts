import { valueFault } from '#shared/template/failures/template-fault.ts';
import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { type BinaryOperator, HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { formatMoment, isoText } from './moment-text.ts';
import { TimedeltaValue } from './timedelta-value.ts';

export type MomentKind = 'date' | 'timestamp' | 'timestamptz' | 'time';

const DAY_US = 86_400_000_000n;

/**
 * Python's date, datetime and time: microseconds since 1970, and for an aware datetime how far its clock is from UTC.
 *
 * Arithmetic with timedelta, comparison, `strftime`, `isoformat` and the usual attributes: what macros use.
 */
export class MomentValue extends HostObject {
  readonly kind: MomentKind;
  /** Wall clock, as if it were UTC. */
  readonly us: bigint;
  readonly offsetMinutes: number;

  constructor(kind: MomentKind, us: bigint, offsetMinutes = 0) {
    super();
    this.kind = kind;
    this.us = us;
    this.offsetMinutes = offsetMinutes;
  }

  get typeName(): string {
    return this.kind === 'date'
      ? 'datetime.date'
      : this.kind === 'time'
        ? 'datetime.time'
        : 'datetime.datetime';
  }

  /** Reads ISO text, as warehouses and `fromisoformat` give it. @throws a `value` fault for anything else. */
  static parse(kind: MomentKind, text: string): MomentValue {
    const found =
      /^(?:(\d{4})-(\d\d)-(\d\d))?[T ]?(?:(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(
        text,
      );
    if (found === null) throw valueFault('not a date or time in ISO form');
    const [
      ,
      year = '1970',
      month = '01',
      day = '01',
      hour = '0',
      minute = '0',
      second = '0',
      fraction = '',
      zone,
    ] = found;
    const ms = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    const us = BigInt(ms) * 1_000n + BigInt(fraction.padEnd(6, '0') || '0');
    return new MomentValue(kind, us, offsetOf(zone));
  }

  /** The moment of the host's clock in UTC. */
  static of(date: Date, kind: MomentKind = 'timestamptz'): MomentValue {
    return new MomentValue(kind, BigInt(date.getTime()) * 1_000n);
  }

  get date(): Date {
    return new Date(Number(this.us / 1_000n - (this.us % 1_000n < 0n ? 1n : 0n)));
  }

  get microsecond(): number {
    return Number(((this.us % 1_000_000n) + 1_000_000n) % 1_000_000n);
  }

  override toText(): string {
    return isoText(this, ' ');
  }

  override toRepr(): string {
    return `${this.typeName}(${isoText(this, 'T')})`;
  }

  override getAttr(name: string): Value | undefined {
    const { date } = this;
    switch (name) {
      case 'year':
        return BigInt(date.getUTCFullYear());
      case 'month':
        return BigInt(date.getUTCMonth() + 1);
      case 'day':
        return BigInt(date.getUTCDate());
      case 'hour':
        return BigInt(date.getUTCHours());
      case 'minute':
        return BigInt(date.getUTCMinutes());
      case 'second':
        return BigInt(date.getUTCSeconds());
      case 'microsecond':
        return BigInt(this.microsecond);
      case 'weekday':
        return hostFunction('weekday', () => BigInt((date.getUTCDay() + 6) % 7));
      case 'isoweekday':
        return hostFunction('isoweekday', () => BigInt(((date.getUTCDay() + 6) % 7) + 1));
      case 'isoformat':
        return hostFunction('isoformat', () => isoText(this, 'T'));
      case 'strftime':
        return hostFunction('strftime', ({ args }) =>
          formatMoment(this, expectText(args[0] ?? null, 'a format')),
        );
      case 'date':
        return hostFunction('date', () => this.#asDate());
      case 'timestamp':
        return hostFunction(
          'timestamp',
          () => Number(this.us - BigInt(this.offsetMinutes) * 60_000_000n) / 1e6,
        );
      case 'replace':
        return hostFunction('replace', ({ kwargs }) => this.#replaced(kwargs));
      case 'astimezone':
        return hostFunction(
          'astimezone',
          () => new MomentValue('timestamptz', this.us - BigInt(this.offsetMinutes) * 60_000_000n),
        );
      default:
        return undefined;
    }
  }

  override equals(other: Value): boolean {
    return this.compare(other) === 0;
  }

  override compare(other: Value): number | undefined {
    if (!(other instanceof MomentValue)) return undefined;
    const difference = this.#utc() - other.#utc();
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  override operate(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof TimedeltaValue && (operator === '+' || (operator === '-' && !reflected))) {
      const us = operator === '+' ? this.us + other.us : this.us - other.us;
      return new MomentValue(
        this.kind,
        this.kind === 'date' ? us - modulo(us, DAY_US) : us,
        this.offsetMinutes,
      );
    }
    if (other instanceof MomentValue && operator === '-') {
      const difference = this.#utc() - other.#utc();
      return new TimedeltaValue(reflected ? -difference : difference);
    }
    return undefined;
  }

  override hash(): string {
    return `${this.kind}:${this.#utc()}`;
  }

  override isTrue(): boolean {
    return true;
  }

  #utc(): bigint {
    return this.us - BigInt(this.offsetMinutes) * 60_000_000n;
  }

  #asDate(): MomentValue {
    return new MomentValue('date', this.us - modulo(this.us, DAY_US));
  }

  #replaced(parts: ReadonlyMap<string, Value>): MomentValue {
    const { date } = this;
    const part = (name: string, own: number): number => {
      const given = parts.get(name);
      return typeof given === 'bigint' ? Number(given) : own;
    };
    const ms = Date.UTC(
      part('year', date.getUTCFullYear()),
      part('month', date.getUTCMonth() + 1) - 1,
      part('day', date.getUTCDate()),
      part('hour', date.getUTCHours()),
      part('minute', date.getUTCMinutes()),
      part('second', date.getUTCSeconds()),
    );
    const kind = parts.get('tzinfo') === null && this.kind === 'timestamptz' ? 'timestamp' : this.kind;
    return new MomentValue(
      kind,
      BigInt(ms) * 1_000n + BigInt(part('microsecond', this.microsecond)),
      this.offsetMinutes,
    );
  }
}

const modulo = (a: bigint, b: bigint): bigint => ((a % b) + b) % b;

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
