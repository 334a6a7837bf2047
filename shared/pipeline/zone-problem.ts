/** Why a name is no IANA time zone; undefined when it is one. */
export function zoneProblem(tz: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: tz });
    return undefined;
  } catch {
    return `'${tz}' is no time zone`;
  }
}
