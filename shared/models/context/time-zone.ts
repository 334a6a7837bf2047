import { valueFault } from '#shared/template/failures/template-fault.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const BEFORE_STANDARD_TIME = Date.UTC(1700, 0, 1);

/** How far clocks of a place are from UTC, at any moment. */
export class TimeZone {
  static readonly utc = TimeZone.fixed(0, 'UTC');

  /** As it was asked for, e.g. `Europe/Warsaw`. */
  readonly name: string;
  readonly #offsetAt: (utcMs: number) => number;
  readonly #nameAt: (utcMs: number) => string;

  private constructor(name: string, offsetAt: (utcMs: number) => number, nameAt: (utcMs: number) => string) {
    this.name = name;
    this.#offsetAt = offsetAt;
    this.#nameAt = nameAt;
  }

  /** A zone whose clocks never change. */
  static fixed(minutes: number, name = fixedName(minutes)): TimeZone {
    return new TimeZone(
      name,
      () => minutes,
      () => name,
    );
  }

  /** A zone of the IANA database. @throws a `value` fault when there is none of that name. */
  static named(name: string): TimeZone {
    if (/^(UTC|GMT|Etc\/UTC|Zulu)$/i.test(name)) return TimeZone.utc;
    const offset = formatter(name, 'longOffset', 'en-US');
    let names: readonly Intl.DateTimeFormat[] | undefined;
    const nameAt = (utcMs: number): string => {
      // A locale knows only the abbreviations of its own region; elsewhere it writes an offset.
      names ??= ['en-US', 'en-GB', 'en-IN', 'en-AU'].map((locale) => formatter(name, 'short', locale));
      const found = names.map((each) => zonePart(each, utcMs)).find((text) => !/\d/.test(text));
      return found ?? zonePart(offset, utcMs).slice(3).replace(':', '');
    };
    return new TimeZone(name, (utcMs) => minutesOf(zonePart(offset, utcMs)), nameAt);
  }

  /** Minutes its clocks are ahead of UTC at an instant. */
  offsetAt(utcMs: number): number {
    return this.#offsetAt(utcMs);
  }

  /** Minutes its clocks were ahead before there was standard time, to the nearest, as pytz keeps them. */
  firstOffset(): number {
    return this.#offsetAt(BEFORE_STANDARD_TIME);
  }

  /** What people call its time at an instant, e.g. `CET`. */
  nameAt(utcMs: number): string {
    return this.#nameAt(utcMs);
  }

  /**
   * Minutes ahead of UTC when its clocks show this time. A time that clocks show twice or never is taken as standard time, as
   * pytz's `localize` does unless told otherwise.
   *
   * @param isSummer takes such a time as summer time.
   */
  offsetOfWallClock(wallMs: number, isSummer = false): number {
    const around = [this.#offsetAt(wallMs - DAY_MS), this.#offsetAt(wallMs + DAY_MS)];
    const fitting = around.filter((minutes) => this.#offsetAt(wallMs - minutes * MINUTE_MS) === minutes);
    const candidates = fitting.length > 0 ? fitting : around;
    return isSummer ? Math.max(...candidates) : Math.min(...candidates);
  }
}

function formatter(zone: string, timeZoneName: 'short' | 'longOffset', locale: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName });
  } catch {
    throw valueFault('there is no time zone of that name');
  }
}

function zonePart(format: Intl.DateTimeFormat, utcMs: number): string {
  return format.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** Minutes of `GMT-05:30`, to the nearest of `GMT-07:52:58`; `GMT` alone is 0. */
function minutesOf(text: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  const ahead = Number(hours) * 60 + Number(minutes) + Number(seconds) / 60;
  return Math.floor((sign === '-' ? -ahead : ahead) + 0.5);
}

function fixedName(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
