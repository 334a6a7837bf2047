import type { TaskOutcome } from '#shared/task-runner/task-runner.ts';

/** How an extraction ends that landed so much; rejected rows are something that came. Counts of a window may be null until it landed. */
export function landedStatus({
  rows,
  rejectedRows,
}: {
  readonly rows: number | null;
  readonly rejectedRows: number | null;
}): TaskOutcome['status'] {
  return (rows ?? 0) + (rejectedRows ?? 0) === 0 ? 'no_changes' : 'succeeded';
}
