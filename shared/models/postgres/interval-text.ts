/** Days of a month and a year, as drivers for Python count them, who have no months in a duration. */
const MONTH_DAYS = 30;
const YEAR_DAYS = 365;

/**
 * A duration as the server writes it, e.g. `1 year 2 days -03:00:00.5`, in the words of Python's timedelta: `366 days, 21:00:00`.
 * Text in another style stays as it is.
 */
export function intervalText(text: string): string {
  const found =
    /^(?:(-?\+?\d+) years? ?)?(?:(-?\+?\d+) mons? ?)?(?:(-?\+?\d+) days? ?)?(?:([-+]?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/.exec(
      text,
    );
  if (found === null || text === '') return text;
  const [
    ,
    years = '0',
    months = '0',
    days = '0',
    sign,
    hours = '0',
    minutes = '0',
    seconds = '0',
    rest = '',
  ] = found;
  const time =
    (BigInt(hours) * 3_600n + BigInt(minutes) * 60n + BigInt(seconds)) * 1_000_000n +
    BigInt(rest.padEnd(6, '0'));
  const wholeDays = Number(years) * YEAR_DAYS + Number(months) * MONTH_DAYS + Number(days);
  return timedeltaText(BigInt(wholeDays) * DAY_US + (sign === '-' ? -time : time));
}

const DAY_US = 86_400_000_000n;

function timedeltaText(us: bigint): string {
  const inDay = ((us % DAY_US) + DAY_US) % DAY_US;
  const days = (us - inDay) / DAY_US;
  const two = (value: bigint): string => String(value).padStart(2, '0');
  const seconds = inDay / 1_000_000n;
  const fraction = inDay % 1_000_000n === 0n ? '' : `.${String(inDay % 1_000_000n).padStart(6, '0')}`;
  const time = `${seconds / 3_600n}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction}`;
  return days === 0n ? time : `${days} day${days === 1n || days === -1n ? '' : 's'}, ${time}`;
}
