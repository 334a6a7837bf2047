import { valueFault } from '#shared/template/failures/template-fault.ts';
import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import type { BinaryOperator } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { IsoCalendarDate } from './iso-calendar-date.ts';
import { formatMoment, isoText, reprOf } from './moment-text.ts';
import { TimeZone } from './time-zone.ts';
import { TimedeltaValue } from './timedelta-value.ts';
import { Zoned, ZoneValue } from './zone-value.ts';

export type MomentKind = 'date' | 'timestamp' | 'timestamptz' | 'time';

const DAY_US = 86_400_000_000n;
const MINUTE_US = 60_000_000n;
/** Python's ordinals begin with the first day of year 1. */
const ORDINAL_OF_1970 = 719_163n;

/**
 * Python's date, datetime and time: microseconds since 1970, and for an aware datetime how far its clock is from UTC.
 *
 * Arithmetic with timedelta, comparison, `strftime`, `isoformat` and the usual attributes: what macros use.
 */
export class MomentValue extends Zoned {
  readonly kind: MomentKind;
  /** Wall clock, as if it were UTC. */
  readonly us: bigint;
  readonly offsetMinutes: number;
  /** Of an aware datetime; undefined is a zone known by its offset only. */
  readonly #zone: TimeZone | undefined;

  constructor(kind: MomentKind, us: bigint, offsetMinutes = 0, zone?: TimeZone) {
    super();
    this.kind = kind;
    this.us = us;
    this.offsetMinutes = offsetMinutes;
    this.#zone = zone;
  }

  /** Of an aware datetime. */
  get zone(): TimeZone | undefined {
    if (this.kind !== 'timestamptz') return undefined;
    return this.#zone ?? TimeZone.fixed(this.offsetMinutes);
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
    return new MomentValue(kind, us, offsetIn(zone));
  }

  /** @param ordinal 1 is the first day of year 1. */
  static ofOrdinal(ordinal: bigint): MomentValue {
    return new MomentValue('date', (ordinal - ORDINAL_OF_1970) * DAY_US);
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
    return reprOf(this);
  }

  override getAttr(name: string): Value | undefined {
    if (this.kind === 'date' ? TIME_ONLY.has(name) : this.kind === 'time' && DAY_ONLY.has(name))
      return undefined;
    const isPart = DAY_PARTS.has(name) ? this.kind !== 'time' : this.kind !== 'date';
    const part = isPart ? PARTS[name]?.(this) : undefined;
    return part === undefined ? this.#method(name) : BigInt(part);
  }

  #method(name: string): Value | undefined {
    switch (name) {
      case 'weekday':
        return hostFunction(name, () => BigInt((this.date.getUTCDay() + 6) % 7));
      case 'isoweekday':
        return hostFunction(name, () => BigInt(this.date.getUTCDay() || 7));
      case 'isoformat':
        return hostFunction(name, ({ args }) => isoText(this, args[0] === ' ' ? ' ' : 'T'));
      case 'strftime':
        return hostFunction(name, ({ args }) => formatMoment(this, expectText(args[0] ?? null, 'a format')));
      case 'isocalendar':
        return hostFunction(name, () => new IsoCalendarDate(this.date));
      case 'toordinal':
        return hostFunction(name, () => (this.us - modulo(this.us, DAY_US)) / DAY_US + ORDINAL_OF_1970);
      case 'ctime':
        return hostFunction(name, () => formatMoment(this, '%c'));
      case 'date':
        return hostFunction(name, () => this.#asDate());
      case 'time':
        return hostFunction(name, () => new MomentValue('time', modulo(this.us, DAY_US)));
      case 'timestamp':
        return hostFunction(name, () => Number(this.#utc()) / 1e6);
      case 'replace':
        return hostFunction(name, ({ kwargs }) => this.#replaced(kwargs));
      default:
        return this.#zoneMethod(name);
    }
  }

  #zoneMethod(name: string): Value | undefined {
    const { zone } = this;
    switch (name) {
      case 'tzinfo':
        return zone === undefined ? null : new ZoneValue(zone, this.offsetMinutes);
      case 'tzname':
        return hostFunction(name, () => zone?.nameAt(this.#utcMs()) ?? null);
      case 'utcoffset':
        return hostFunction(name, () => (zone === undefined ? null : offsetOf(this.offsetMinutes)));
      case 'astimezone':
        return hostFunction(name, ({ args, kwargs }) => {
          const wanted = args[0] ?? kwargs.get('tz') ?? null;
          return this.inZone(wanted instanceof ZoneValue ? wanted.zone : TimeZone.utc);
        });
      default:
        return undefined;
    }
  }

  override localized(zone: TimeZone, isSummer: boolean): MomentValue {
    if (this.kind === 'timestamptz') throw valueFault('Not naive datetime (tzinfo is already set)');
    return this.#withClock(zone, isSummer);
  }

  /** The same clock time with a zone as `tzinfo=` gives it. */
  inOwn(zone: ZoneValue): MomentValue {
    return new MomentValue('timestamptz', this.us, zone.ownOffset, zone.zone);
  }

  override inZone(zone: TimeZone): MomentValue {
    const utc = this.#utc();
    const minutes = zone.offsetAt(Number(utc / 1_000n));
    return new MomentValue('timestamptz', utc + BigInt(minutes) * MINUTE_US, minutes, zone);
  }

  override offsetIn(zone: TimeZone): Value {
    return offsetOf(this.#withClock(zone, false).offsetMinutes);
  }

  #withClock(zone: TimeZone, isSummer: boolean): MomentValue {
    const minutes = zone.offsetOfWallClock(this.date.getTime(), isSummer);
    return new MomentValue('timestamptz', this.us, minutes, zone);
  }

  override equals(other: Value): boolean {
    return this.compare(other) === 0;
  }

  override compare(other: Value): number | undefined {
    // As Python: a date is not ordered with a datetime, nor an aware one with a naive one.
    if (!(other instanceof MomentValue) || other.kind !== this.kind) return undefined;
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
        this.#zone,
      );
    }
    if (other instanceof MomentValue && other.kind === this.kind && operator === '-') {
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
    return this.us - BigInt(this.offsetMinutes) * MINUTE_US;
  }

  #utcMs(): number {
    return Number(this.#utc() / 1_000n);
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
    const us = BigInt(ms) * 1_000n + BigInt(part('microsecond', this.microsecond));
    const zone = parts.get('tzinfo');
    if (zone instanceof ZoneValue) return new MomentValue('timestamp', us).inOwn(zone);
    return zone === null && this.kind === 'timestamptz'
      ? new MomentValue('timestamp', us)
      : new MomentValue(this.kind, us, this.offsetMinutes, this.#zone);
  }
}

/** Numbers of a date and of a time of day. */
const PARTS: Readonly<Record<string, (moment: MomentValue) => number>> = {
  year: ({ date }) => date.getUTCFullYear(),
  month: ({ date }) => date.getUTCMonth() + 1,
  day: ({ date }) => date.getUTCDate(),
  hour: ({ date }) => date.getUTCHours(),
  minute: ({ date }) => date.getUTCMinutes(),
  second: ({ date }) => date.getUTCSeconds(),
  microsecond: ({ microsecond }) => microsecond,
};
const TIME_ONLY = new Set([...['date', 'time', 'timestamp', 'astimezone', 'tzinfo', 'tzname', 'utcoffset']]);
const DAY_ONLY = new Set([
  ...[
    'date',
    'time',
    'timestamp',
    'astimezone',
    'weekday',
    'isoweekday',
    'isocalendar',
    'toordinal',
    'ctime',
  ],
]);
const DAY_PARTS = new Set(['year', 'month', 'day']);

const offsetOf = (minutes: number): TimedeltaValue => new TimedeltaValue(BigInt(minutes) * MINUTE_US);

const modulo = (a: bigint, b: bigint): bigint => ((a % b) + b) % b;

function offsetIn(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
