import { typeFault, valueFault } from '#shared/template/failures/template-fault.ts';
import { expectCount, expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { itertoolsModule } from './itertools-module.ts';
import { type MomentKind, MomentValue } from './moment-value.ts';
import { parseMoment } from './parse-moment.ts';
import { regexModule } from './regex-module.ts';
import { TimeZone } from './time-zone.ts';
import { TimedeltaValue } from './timedelta-value.ts';
import { ZoneValue } from './zone-value.ts';

/** A class of a module: called to make a value, with functions of its own. */
class ModuleClass extends HostObject {
  readonly typeName = 'type';
  readonly #make: (call: CallSite) => Value;
  readonly #functions: Readonly<Record<string, (call: CallSite) => Value>>;
  readonly #constants: Readonly<Record<string, Value>>;

  constructor(
    make: (call: CallSite) => Value,
    functions: Readonly<Record<string, (call: CallSite) => Value>>,
    constants: Readonly<Record<string, Value>> = {},
  ) {
    super();
    this.#make = make;
    this.#functions = functions;
    this.#constants = constants;
  }

  override call(call: CallSite): Value {
    return this.#make(call);
  }

  override getAttr(name: string): Value | undefined {
    if (Object.hasOwn(this.#constants, name)) return this.#constants[name];
    const run = Object.hasOwn(this.#functions, name) ? this.#functions[name] : undefined;
    return run && hostFunction(name, run);
  }
}

const UTC = new ZoneValue(TimeZone.utc);

const bindMoment = parameters(
  'datetime',
  'year',
  'month',
  'day',
  'hour?',
  'minute?',
  'second?',
  'microsecond?',
  'tzinfo?',
);

function made(kind: MomentKind): (call: CallSite) => Value {
  return (call) => {
    const bound = bindMoment(call);
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, micro = 0] = bound.map((part) =>
      typeof part === 'bigint' ? Number(part) : undefined,
    );
    const ms = Date.UTC(year, month - 1, day, hour, minute, second);
    const isDay = new Date(ms).getUTCDate() === day && month >= 1 && month <= 12;
    const isTime =
      hour < 24 && minute < 60 && second < 60 && micro < 1e6 && Math.min(hour, minute, second, micro) >= 0;
    if (!isTime) throw valueFault('hour, minute, second or microsecond is out of range');
    if (!isDay) throw valueFault('day is out of range for month');
    const moment = new MomentValue(kind, BigInt(ms) * 1_000n + BigInt(micro));
    const zone = bound.at(-1);
    return zone instanceof ZoneValue ? moment.inOwn(zone) : moment;
  };
}

const now = (kind: MomentKind) => (): Value => MomentValue.of(new Date(), kind);

const first = ({ args }: CallSite, what: string): string => expectText(args[0] ?? null, what);

function today(): Value {
  return MomentValue.parse('date', new Date().toISOString().slice(0, 10));
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ days: 86_400e6, seconds: 1e6, microseconds: 1, milliseconds: 1e3 },
  ...{ minutes: 60e6, hours: 3_600e6, weeks: 604_800e6 },
};
const bindTimedelta = parameters('timedelta', ...Object.keys(UNITS).map((unit) => `${unit}?`));

function timedelta(call: CallSite): Value {
  const units = Object.values(UNITS);
  const us = bindTimedelta(call).reduce<number>((sum, value, index) => {
    if (value === undefined) return sum;
    if (typeof value !== 'bigint' && typeof value !== 'number') throw typeFault('timedelta takes numbers');
    return sum + Number(value) * (units[index] ?? 0);
  }, 0);
  return new TimedeltaValue(BigInt(Math.round(us)));
}

const datetimeModule = new HostRecord('module', {
  datetime: new ModuleClass(made('timestamp'), {
    now: ({ args, kwargs }) => {
      const zone = args[0] ?? kwargs.get('tz') ?? null;
      return zone instanceof ZoneValue
        ? MomentValue.of(new Date()).inZone(zone.zone)
        : MomentValue.of(new Date(), 'timestamp');
    },
    utcnow: now('timestamp'),
    today: now('timestamp'),
    strptime: (call) => parseMoment(first(call, 'text'), expectText(call.args[1] ?? null, 'a format')),
    fromisoformat: (call) => {
      const text = first(call, 'text');
      return MomentValue.parse(
        /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) ? 'timestamptz' : 'timestamp',
        text,
      );
    },
    fromtimestamp: ({ args }) =>
      new MomentValue('timestamp', BigInt(Math.round(Number(args[0] ?? 0n) * 1e6))),
    combine: ({ args }) => {
      const [day, time] = args;
      if (!(day instanceof MomentValue) || !(time instanceof MomentValue))
        throw typeFault('combine takes a date and a time');
      return new MomentValue('timestamp', day.us - (day.us % 86_400_000_000n) + time.us);
    },
  }),
  date: new ModuleClass(made('date'), {
    today,
    fromisoformat: (call) => MomentValue.parse('date', first(call, 'text')),
    fromordinal: ({ args }) => MomentValue.ofOrdinal(BigInt(expectCount(args[0] ?? null, 'an ordinal'))),
  }),
  time: new ModuleClass(({ args }) => {
    const [hour = 0n, minute = 0n, second = 0n] = args.filter((value) => typeof value === 'bigint');
    return new MomentValue('time', (hour * 3_600n + minute * 60n + second) * 1_000_000n);
  }, {}),
  timedelta: new ModuleClass(timedelta, {}),
  timezone: new ModuleClass(
    ({ args }) => {
      const [offset] = args;
      if (!(offset instanceof TimedeltaValue)) throw typeFault('timezone() takes a timedelta');
      return new ZoneValue(TimeZone.fixed(Number(offset.us / 60_000_000n)));
    },
    {},
    { utc: UTC },
  ),
});

const pytzModule = new HostRecord('module', {
  utc: UTC,
  UTC,
  timezone: hostFunction('timezone', (call) => new ZoneValue(TimeZone.named(first(call, 'a zone')))),
  FixedOffset: hostFunction(
    'FixedOffset',
    ({ args }) => new ZoneValue(TimeZone.fixed(Number(args[0] ?? 0n))),
  ),
});

/** `modules.datetime`, `modules.pytz`, `modules.re`, `modules.itertools`: what macros of real projects use of them. */
export const modulesValue = new HostRecord('modules', {
  datetime: datetimeModule,
  pytz: pytzModule,
  re: regexModule,
  itertools: itertoolsModule,
});
