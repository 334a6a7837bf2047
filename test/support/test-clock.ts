const DAY_MS = 86_400_000;

/** A clock that stands still until it is moved: that of a test's services and of its simulated shards. */
export class TestClock {
  atMs: number;

  constructor(atMs: number) {
    this.atMs = atMs;
  }

  readonly now = (): Date => new Date(this.atMs);
  readonly nowMs = (): number => this.atMs;
}

/**
 * Midnight in UTC of a Tuesday not long ago, so that this day and the next two are past and within one week. The fleet's dates are
 * those of the calendar: its partitions and retention count from today.
 */
export function recentTuesdayMs(): number {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const sinceTuesday = (new Date(today).getUTCDay() + 5) % 7;
  return today - sinceTuesday * DAY_MS - (sinceTuesday < 3 ? 7 * DAY_MS : 0);
}
