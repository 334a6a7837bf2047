import type { MomentValue } from './moment-value.ts';

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
];

/** Python's `isoformat`, with this separator between day and time. */
export function isoText(moment: MomentValue, separator: ' ' | 'T'): string {
  const { kind, microsecond } = moment;
  const fraction = microsecond === 0 ? '' : `.${pad(microsecond, 6)}`;
  const time = `${formatMoment(moment, '%H:%M:%S')}${fraction}`;
  if (kind === 'time') return time;
  const day = formatMoment(moment, '%Y-%m-%d');
  return kind === 'date'
    ? day
    : `${day}${separator}${time}${kind === 'timestamptz' ? offsetText(moment, ':') : ''}`;
}

/** Python's repr, e.g. `datetime.datetime(2024, 1, 31, 0, 0)`. */
export function reprOf(moment: MomentValue): string {
  const { date, kind, microsecond, zone } = moment;
  const day = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), microsecond];
  while (time.length > 2 && time.at(-1) === 0) time.pop();
  const numbers = [...(kind === 'time' ? [] : day), ...(kind === 'date' ? [] : time)].map(String);
  const tzinfo = zone === undefined ? [] : [`tzinfo=<${zone.name}>`];
  return `${moment.typeName}(${[...numbers, ...tzinfo].join(', ')})`;
}

function offsetText({ offsetMinutes }: MomentValue, between: string): string {
  const minutes = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60))}${between}${pad(minutes % 60)}`;
}

/** Python's `strftime` in the C locale. Directives it does not know stay as they are. */
export function formatMoment(moment: MomentValue, format: string): string {
  return format.replace(/%([-_]?)([a-zA-Z%])/g, (whole, flag: string, directive: string) => {
    const text = DIRECTIVES[directive]?.(moment);
    if (text === undefined) return whole;
    if (flag === '') return text;
    return text.replace(/^0+(?=\d)/, (zeros) => (flag === '_' ? ' '.repeat(zeros.length) : ''));
  });
}

const DIRECTIVES: Readonly<Partial<Record<string, (moment: MomentValue) => string>>> = {
  __proto__: null as never,
  Y: ({ date }) => pad(date.getUTCFullYear(), 4),
  y: ({ date }) => pad(date.getUTCFullYear() % 100),
  m: ({ date }) => pad(date.getUTCMonth() + 1),
  d: ({ date }) => pad(date.getUTCDate()),
  e: ({ date }) => String(date.getUTCDate()).padStart(2, ' '),
  C: ({ date }) => pad(Math.trunc(date.getUTCFullYear() / 100)),
  H: ({ date }) => pad(date.getUTCHours()),
  k: ({ date }) => String(date.getUTCHours()).padStart(2, ' '),
  l: ({ date }) => String(date.getUTCHours() % 12 || 12).padStart(2, ' '),
  I: ({ date }) => pad(date.getUTCHours() % 12 || 12),
  M: ({ date }) => pad(date.getUTCMinutes()),
  S: ({ date }) => pad(date.getUTCSeconds()),
  f: ({ microsecond }) => pad(microsecond, 6),
  p: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  j: ({ date }) => pad(dayOfYear(date), 3),
  U: ({ date }) => pad(Math.trunc((dayOfYear(date) + 6 - date.getUTCDay()) / 7)),
  W: ({ date }) => pad(Math.trunc((dayOfYear(date) + 6 - ((date.getUTCDay() + 6) % 7)) / 7)),
  V: ({ date }) => pad(isoWeek(date).week),
  G: ({ date }) => String(isoWeek(date).year),
  a: ({ date }) => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
  A: ({ date }) => DAYS[date.getUTCDay()] ?? '',
  b: ({ date }) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  h: ({ date }) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  B: ({ date }) => MONTHS[date.getUTCMonth()] ?? '',
  w: ({ date }) => String(date.getUTCDay()),
  u: ({ date }) => String(date.getUTCDay() || 7),
  s: ({ date, offsetMinutes }) => String(Math.floor(date.getTime() / 1_000) - offsetMinutes * 60),
  z: (moment) => (moment.kind === 'timestamptz' ? offsetText(moment, '') : ''),
  Z: ({ zone, date, offsetMinutes }) => zone?.nameAt(date.getTime() - offsetMinutes * 60_000) ?? '',
  F: (moment) => formatMoment(moment, '%Y-%m-%d'),
  T: (moment) => formatMoment(moment, '%H:%M:%S'),
  R: (moment) => formatMoment(moment, '%H:%M'),
  D: (moment) => formatMoment(moment, '%m/%d/%y'),
  c: (moment) => formatMoment(moment, '%a %b %e %H:%M:%S %Y'),
  x: (moment) => formatMoment(moment, '%m/%d/%y'),
  X: (moment) => formatMoment(moment, '%H:%M:%S'),
  '%': () => '%',
};

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000);
}

/** Year and week by ISO 8601: the week with the year's first Thursday is its first. */
export function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000);
  return { year: thursday.getUTCFullYear(), week: Math.trunc((dayOfYear(thursday) - 1) / 7) + 1 };
}
