import type { MomentValue } from './moment-value.ts';

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
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

function offsetText({ offsetMinutes }: MomentValue, between: string): string {
  const minutes = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60))}${between}${pad(minutes % 60)}`;
}

/** Python's `strftime` in the C locale. Directives it does not know stay as they are. */
export function formatMoment(moment: MomentValue, format: string): string {
  return format.replace(/%(-?)([a-zA-Z%])/g, (whole, dash: string, directive: string) => {
    const text = DIRECTIVES[directive]?.(moment);
    if (text === undefined) return whole;
    return dash ? text.replace(/^0+(?=\d)/, '') : text;
  });
}

const DIRECTIVES: Readonly<Record<string, (moment: MomentValue) => string>> = {
  Y: ({ date }) => pad(date.getUTCFullYear(), 4),
  y: ({ date }) => pad(date.getUTCFullYear() % 100),
  m: ({ date }) => pad(date.getUTCMonth() + 1),
  d: ({ date }) => pad(date.getUTCDate()),
  e: ({ date }) => String(date.getUTCDate()).padStart(2, ' '),
  H: ({ date }) => pad(date.getUTCHours()),
  I: ({ date }) => pad(date.getUTCHours() % 12 || 12),
  M: ({ date }) => pad(date.getUTCMinutes()),
  S: ({ date }) => pad(date.getUTCSeconds()),
  f: ({ microsecond }) => pad(microsecond, 6),
  p: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  j: ({ date }) => pad(dayOfYear(date), 3),
  a: ({ date }) => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
  A: ({ date }) => DAYS[date.getUTCDay()] ?? '',
  b: ({ date }) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  B: ({ date }) => MONTHS[date.getUTCMonth()] ?? '',
  w: ({ date }) => String(date.getUTCDay()),
  u: ({ date }) => String(date.getUTCDay() || 7),
  s: ({ date }) => String(Math.trunc(date.getTime() / 1_000)),
  z: (moment) => (moment.kind === 'timestamptz' ? offsetText(moment, '') : ''),
  Z: ({ zone, date, offsetMinutes }) => zone?.nameAt(date.getTime() - offsetMinutes * 60_000) ?? '',
  F: (moment) => formatMoment(moment, '%Y-%m-%d'),
  T: (moment) => formatMoment(moment, '%H:%M:%S'),
  '%': () => '%',
};

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000);
}
