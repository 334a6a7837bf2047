import { randomBytes } from 'node:crypto';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { type Ledger, type LedgerOptions, openLedger } from '#shared/ledger/ledger.ts';
import { migrateLedger } from '#shared/ledger/migrate-ledger.ts';
import { startRun } from '#shared/ledger/run-lifecycle.ts';
import { createRun, type NewRun } from '#shared/ledger/runs.ts';
import { claimTask } from '#shared/ledger/task-attempts.ts';
import { insertTasks, type TaskSpec, tasksOf } from '#shared/ledger/tasks.ts';
import { testDatabase } from '#test/support/postgres.ts';

/** A migrated ledger in a database of its own. */
export interface LedgerFixture {
  readonly url: string;
  readonly ledger: Ledger;
  close(): Promise<void>;
}

export async function ledgerFixture(options: Partial<LedgerOptions> = {}): Promise<LedgerFixture> {
  const database = await testDatabase();
  await migrateLedger(database.url);
  const ledger = await openLedger({ url: database.url, applicationName: 'ledger-test', ...options });
  const close = async (): Promise<void> => {
    await ledger.close();
    await database.drop();
  };
  return { url: database.url, ledger, close };
}

export const LEASE_MS = 60_000;

export const randomName = (prefix: string): string => `${prefix}_${randomBytes(5).toString('hex')}`;

/** A manual run of a pipeline of its own unless told otherwise. */
export function newRun(over: Partial<NewRun> = {}): NewRun {
  return {
    runId: randomName('r'),
    pipeline: randomName('p'),
    kind: 'manual',
    logicalTime: '2024-05-01T10:00:00.000Z',
    asOf: '2024-05-01',
    ingestionDate: '2024-05-01',
    streams: ['s'],
    layers: ['silver', 'gold'],
    requestedBy: 'test',
    ...over,
  };
}

/** A running run with these tasks; returns their ids in the order of the specs. */
export async function runWithTasks(
  ledger: Ledger,
  specs: readonly TaskSpec[],
  over: Partial<NewRun> = {},
): Promise<{ runId: string; pipeline: string; taskIds: string[] }> {
  const run = newRun(over);
  await createRun(ledger, run);
  await startRun(ledger, run.runId);
  await insertTasks(ledger, run.runId, specs);
  const taskIds = (await tasksOf(ledger, run.runId)).map((task) => task.taskId);
  return { runId: run.runId, pipeline: run.pipeline, taskIds };
}

/** Claims a task that must be free. */
export async function claimed(
  ledger: Ledger,
  taskId: string | undefined,
  jobId = randomName('job'),
  owner = 'w1',
): Promise<ClaimedTask> {
  const answer = await claimTask(ledger, taskId ?? '0', { owner, jobId, leaseMs: LEASE_MS });
  if (answer.claimed === undefined) throw new Error(`claim refused: ${answer.refused}`);
  return answer.claimed;
}

/** One claimed task in a run of its own. */
export async function claimedTask(
  ledger: Ledger,
  spec: TaskSpec = { kind: 'extract', stream: 's' },
  over: Partial<NewRun> = {},
): Promise<ClaimedTask> {
  const { taskIds } = await runWithTasks(ledger, [spec], over);
  return claimed(ledger, taskIds[0]);
}
