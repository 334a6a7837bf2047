import { type Task, taskCounts, tasksOf } from '#shared/ledger/tasks.ts';
import { until } from '../platform/services.ts';
import type { FleetServices } from './fleet-bench.ts';

const FINAL = new Set(['succeeded', 'no_changes', 'failed', 'skipped', 'cancelled']);
const POLL_MS = 50;
/** Between looks at every task of a run. */
const LOOK_MS = 500;

/**
 * Waits until all slices of a run have landed; cheap enough to be done while CPU is counted.
 *
 * @returns how many there were.
 * @throws when one did not land.
 */
export function allLanded({ ledger }: FleetServices, runId: string, timeoutMs: number): Promise<number> {
  const look = async (): Promise<number | undefined> => {
    const counts = (await taskCounts(ledger, runId)).filter(
      ({ kind }) => kind === 'discover' || kind === 'extract',
    );
    const slices = counts.filter(({ kind }) => kind === 'extract');
    if (slices.length === 0 || counts.some(({ status }) => !FINAL.has(status))) return undefined;
    if (counts.some(({ status }) => status !== 'succeeded')) throw new Error('a slice did not land');
    return slices.reduce((total, { count }) => total + count, 0);
  };
  return until(timeoutMs, 'all slices to land', look, POLL_MS);
}

/**
 * Waits until so many slices have landed, whatever becomes of the others.
 *
 * @param isWanted which slices are waited for.
 * @returns seconds from the run's request to each landing, by stream and slice.
 * @throws when one of them failed.
 */
export async function secondsToLand(
  { ledger }: FleetServices,
  run: { readonly runId: string; readonly requestedAt: string },
  expected: number,
  isWanted: (slice: string) => boolean,
  timeoutMs: number,
): Promise<ReadonlyMap<string, number>> {
  const begun = Date.parse(run.requestedAt);
  const look = async (): Promise<readonly Task[] | undefined> => {
    const tasks = (await tasksOf(ledger, run.runId)).filter(
      ({ kind, slice }) => kind === 'extract' && isWanted(slice),
    );
    const failed = tasks.find(({ status }) => status === 'failed');
    if (failed !== undefined) throw new Error(`${failed.slice} failed: ${failed.error?.code}`);
    const ended = tasks.filter(({ status }) => FINAL.has(status));
    return ended.length === expected ? ended : undefined;
  };
  const landed = await until(timeoutMs, `${expected} slices to land`, look, LOOK_MS);
  return new Map(
    landed.map(({ stream, slice, finishedAt }) => [
      `${stream} ${slice}`,
      (Date.parse(finishedAt ?? '') - begun) / 1_000,
    ]),
  );
}
