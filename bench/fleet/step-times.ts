import type { Task } from '#shared/ledger/tasks.ts';

/** When a step of a run was under way, seconds after it was asked for, and what it brought. */
export interface StepTimes {
  readonly from: number;
  readonly to: number;
  readonly tasks: number;
  readonly rows: number;
}

/** The steps of a run as its tasks say; those of different streams overlap. */
export function stepTimes(requestedAt: string, tasks: readonly Task[]): Record<string, StepTimes> {
  const begun = Date.parse(requestedAt);
  const steps = Map.groupBy(tasks, ({ kind, stream }) => (stream === '' ? kind : `${kind} ${stream}`));
  const seconds = (instants: readonly (string | null)[], pick: (...values: number[]) => number): number =>
    (pick(...instants.map((instant) => Date.parse(instant ?? ''))) - begun) / 1_000;
  const timesOf = (of: readonly Task[]): StepTimes => ({
    from: seconds(
      of.map(({ startedAt }) => startedAt),
      Math.min,
    ),
    to: seconds(
      of.map(({ finishedAt }) => finishedAt),
      Math.max,
    ),
    tasks: of.length,
    rows: of.reduce((total, { result }) => total + Number(result?.['rows'] ?? 0), 0),
  });
  return Object.fromEntries([...steps].map(([name, of]) => [name, timesOf(of)]));
}
