import { createHash } from 'node:crypto';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { NewFile } from '#shared/ledger/file-insert.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { finishTask } from '#shared/ledger/task-attempts.ts';
import { landWindow, openWindow, type WindowSpec } from '#shared/ledger/windows.ts';
import { claimed, claimedTask, randomName, runWithTasks } from './ledger-fixture.ts';

/** A good file of a name of its own. */
export function newFile(over: Partial<NewFile> = {}): NewFile {
  const name = randomName('f');
  return {
    part: 0,
    key: `landing/p/s/ingestion_dt=2024-05-01/${name}.parquet`,
    bytes: 100,
    rows: 10,
    sha256: createHash('sha256').update(name).digest('hex'),
    cursorMin: 1n,
    cursorMax: 9n,
    schemaFingerprint: 'fp',
    contractVersion: 1,
    ...over,
  };
}

export const window = (
  fromCursor: bigint | null,
  toCursor: bigint,
  over: Partial<WindowSpec> = {},
): WindowSpec => ({
  mode: fromCursor === null ? 'full' : 'incremental',
  fromCursor,
  toCursor,
  movesWatermark: true,
  ...over,
});

export const counts = { rows: 10, nullCursorRows: 0, rejectedRows: 0 };

export interface Landed {
  readonly task: ClaimedTask;
  readonly windowId: string;
  readonly fileIds: string[];
}

/** A landed window of a slice, by an extract task that has ended. */
export async function landed(
  ledger: Ledger,
  pipeline: string,
  slice: string,
  spec: WindowSpec,
  files: readonly NewFile[] = [newFile()],
): Promise<Landed> {
  const { taskIds } = await runWithTasks(ledger, [{ kind: 'extract', stream: 's', slice }], { pipeline });
  const task = await claimed(ledger, taskIds[0]);
  const windowId = await openWindow(ledger, task, spec);
  const fileIds = await landWindow(ledger, task, windowId, counts, files);
  await finishTask(ledger, task, 'succeeded');
  return { task, windowId, fileIds };
}

/** A running merge of the stream. */
export const mergeTask = (ledger: Ledger, pipeline: string): Promise<ClaimedTask> =>
  claimedTask(ledger, { kind: 'merge', stream: 's' }, { pipeline });
