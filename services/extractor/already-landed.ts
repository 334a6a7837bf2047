import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { type LedgerWindow, windowsOfTask } from '#shared/ledger/windows.ts';
import type { TaskOutcome } from '#shared/task-runner/task-runner.ts';
import { landedStatus } from './landed-status.ts';

/**
 * What an earlier attempt landed before it died without saying so: its rows are not read twice, and what it had to say is said.
 *
 * @param isWhole false for a window that brought its slice in part: it is read again.
 */
export async function alreadyLanded(
  ledger: Ledger,
  task: ClaimedTask,
  isWhole: (window: LedgerWindow) => boolean = () => true,
): Promise<TaskOutcome | undefined> {
  // A first attempt has nobody before it; most are, and there are hundreds in a run.
  if (task.attempt === 1) return undefined;
  const window = (await windowsOfTask(ledger, task.taskId)).findLast(
    (one) => one.status !== 'open' && one.status !== 'abandoned' && isWhole(one),
  );
  if (window === undefined) return undefined;
  const { rows, rejectedRows, result } = window;
  return {
    status: landedStatus(window),
    result: { ...result, window: window.windowId, rows, rejectedRows, landedByAttempt: window.attempt },
  };
}
