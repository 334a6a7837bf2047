import type { BatchWindow } from './batch-windows.ts';

/** Start and end of a batch as artifacts have them: `2024-01-03T00:00:00+00:00`. */
export type BatchBounds = readonly [string, string];

/** Batches of a microbatch model as `run_results.json` keeps them (`artifacts/schemas/batch_results.py`). */
export interface BatchResults {
  readonly successful: readonly BatchBounds[];
  /** Those not begun are among them. */
  readonly failed: readonly BatchBounds[];
}

export const batchBounds = ({ start, end }: BatchWindow): BatchBounds => [
  instantText(start),
  instantText(end),
];

/** @throws RangeError when a bound is no instant. */
export function windowOfBounds([start, end]: BatchBounds): BatchWindow {
  const [from, to] = [new Date(start), new Date(end)];
  from.toISOString();
  to.toISOString();
  return { start: from, end: to };
}

/** As Python's `isoformat()` of an instant in UTC. */
const instantText = (at: Date): string =>
  at
    .toISOString()
    .replace(/(?:\.(?:000|(\d{3})))Z$/, (_all, ms?: string) =>
      ms === undefined ? '+00:00' : `.${ms}000+00:00`,
    );
