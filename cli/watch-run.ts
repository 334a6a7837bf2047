import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import { type TaskCount, taskCounts } from '#shared/ledger/tasks.ts';

const POLL_MS = 100;

/**
 * Waits until a run has closed.
 *
 * @param say told where the run stands whenever it is looked at.
 * @returns the closed run.
 * @throws the signal's reason.
 */
export async function watchRun(
  ledger: Ledger,
  runId: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<Run> {
  for (;;) {
    signal.throwIfAborted();
    const run = await getRun(ledger, runId);
    if (run !== undefined && run.finishedAt !== null) return run;
    say(describeTasks(await taskCounts(ledger, runId)));
    await delay(POLL_MS, undefined, { signal });
  }
}

const OPEN = new Set(['pending', 'queued', 'running']);

/** `extract 2/2, load 1/2`. */
export function describeTasks(counts: readonly TaskCount[]): string {
  const kinds = new Map<string, { done: number; all: number }>();
  for (const { kind, status, count } of counts) {
    const kindCounts = kinds.get(kind) ?? { done: 0, all: 0 };
    kindCounts.all += count;
    if (!OPEN.has(status)) kindCounts.done += count;
    kinds.set(kind, kindCounts);
  }
  const order = ['extract', 'load', 'merge', 'models', 'noop'];
  const listed = [...kinds].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return (
    listed.map(([kind, { done, all }]) => `${kind} ${done}/${all}`).join(', ') || 'waiting for a scheduler'
  );
}
