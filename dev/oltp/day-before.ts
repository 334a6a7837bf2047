const DAY_MS = 86_400_000;

/** The day that lies `days` before a day (after it, when negative); both `YYYY-MM-DD`. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}
