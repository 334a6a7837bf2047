/**
 * The calendar day of an instant in a zone, `YYYY-MM-DD`: a run's `as_of` and ingestion date.
 *
 * @param tz IANA zone.
 */
export function calendarDay(tz: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: tz, dateStyle: 'short' }).format(at);
}
