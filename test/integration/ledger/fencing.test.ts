import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskRef } from '#shared/contracts/task.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { beginMoves, finishMoves } from '#shared/ledger/file-moves.ts';
import { markMerged, quarantineFile, recordFiles } from '#shared/ledger/files.ts';
import { guardAttempt } from '#shared/ledger/guard-attempt.ts';
import { type Ledger, openLedger, withTransaction } from '#shared/ledger/ledger.ts';
import { finishModelRun, publishModelVersions, startModelRun } from '#shared/ledger/model-runs.ts';
import { recordRejects } from '#shared/ledger/rejects.ts';
import { settleWindows } from '#shared/ledger/settle-windows.ts';
import { recordListing } from '#shared/ledger/slices.ts';
import { recordFreshness } from '#shared/ledger/source-freshness.ts';
import { cancelTask, failTask, finishTask, finishTaskIn, releaseTask } from '#shared/ledger/task-attempts.ts';
import { recordTempTable } from '#shared/ledger/temp-tables.ts';
import { recordTestResults } from '#shared/ledger/test-results.ts';
import { moveWatermark } from '#shared/ledger/watermarks.ts';
import { landWindow, openWindow } from '#shared/ledger/windows.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { counts, landed, newFile, window } from './landing-fixture.ts';
import { claimed, type LedgerFixture, ledgerFixture, randomName, runWithTasks } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let plain: Ledger;
let scene: Scene;

/** Everything a write could hit: a task whose first attempt opened a window, wrote files and a model run. */
interface Scene {
  readonly pipeline: string;
  readonly windowId: string;
  readonly rejectsFileId: string;
  readonly landedFileId: string;
  readonly movingFileId: string;
  readonly modelRunId: string;
  readonly former: TaskRef;
  readonly current: TaskRef;
}

beforeAll(async () => {
  fixture = await ledgerFixture();
  plain = await openLedger({ url: fixture.url, applicationName: 'ledger-test-plain', batching: false });
  scene = await buildScene(fixture.ledger);
});
afterAll(async () => {
  await plain.close();
  await fixture.close();
});

async function buildScene(ledger: Ledger): Promise<Scene> {
  const pipeline = randomName('p');
  const others = await landed(ledger, pipeline, 'other', window(null, 10n), [
    newFile(),
    newFile({ part: 1 }),
  ]);
  await landed(ledger, pipeline, 'ready to settle', window(null, 10n), []);
  const { taskIds } = await runWithTasks(ledger, [{ kind: 'extract', stream: 's', slice: 'a' }], {
    pipeline,
  });
  const former = await claimed(ledger, taskIds[0], 'job');
  const windowId = await openWindow(ledger, former, window(null, 10n));
  const [rejectsFileId = ''] = await recordFiles(ledger, former, windowId, [newFile({ isRejects: true })]);
  const modelRunId = await startModelRun(ledger, former, {
    model: 'm',
    layer: 'gold',
    materialization: 'table',
  });
  const [landedFileId = '', movingFileId = ''] = others.fileIds;
  await beginMoves(ledger, former, [movingFileId], 'archive');
  const current = await claimed(ledger, taskIds[0], 'job', 'w2');
  return { pipeline, windowId, rejectsFileId, landedFileId, movingFileId, modelRunId, former, current };
}

type Write = (ledger: Ledger, ref: TaskRef, at: Scene) => Promise<unknown>;

const failure = { code: 'X', message: 'broke', actor: 'us' };
const reject = { ordinal: 1, column: 'c', code: 'X', contractVersion: 1 };
const testResult = {
  model: 'm',
  test: 't',
  stage: 'gold',
  severity: 'error',
  blocking: true,
  status: 'pass',
  failingRows: 0,
  durationMs: 1,
  error: null,
} as const;

const writes: Record<string, Write> = {
  finishTask: (ledger, ref) => finishTask(ledger, ref, 'succeeded'),
  finishTaskIn: (ledger, ref) => withTransaction(ledger, (tx) => finishTaskIn(tx, ref, 'succeeded')),
  'failTask, retry': (ledger, ref) => failTask(ledger, ref, failure, { retryInMs: 1 }),
  'failTask, give up': (ledger, ref) => failTask(ledger, ref, failure, { giveUp: true }),
  releaseTask: (ledger, ref) => releaseTask(ledger, ref),
  cancelTask: (ledger, ref) => cancelTask(ledger, ref),
  openWindow: (ledger, ref) => openWindow(ledger, ref, window(null, 20n)),
  landWindow: (ledger, ref, at) => landWindow(ledger, ref, at.windowId, counts, [newFile()]),
  recordFiles: (ledger, ref, at) => recordFiles(ledger, ref, at.windowId, [newFile()]),
  recordRejects: (ledger, ref, at) => recordRejects(ledger, ref, at.rejectsFileId, [reject]),
  markMerged: (ledger, ref, at) => markMerged(ledger, ref, [at.landedFileId]),
  quarantineFile: (ledger, ref, at) => quarantineFile(ledger, ref, at.landedFileId, { code: 'X' }),
  beginMoves: (ledger, ref, at) => beginMoves(ledger, ref, [at.landedFileId], 'archive'),
  finishMoves: (ledger, ref, at) => finishMoves(ledger, ref, [at.movingFileId]),
  settleWindows: (ledger, ref, at) =>
    settleWindows(ledger, ref, { pipeline: at.pipeline, stream: 's', who: 'x' }),
  moveWatermark: (ledger, ref, at) =>
    moveWatermark(ledger, {
      ...{ pipeline: at.pipeline, stream: 's', slice: 'a', from: null, to: 9n, windowId: null },
      ...{ ref, who: 'x', reason: 'x' },
    }),
  startModelRun: (ledger, ref) =>
    startModelRun(ledger, ref, { model: 'n', layer: 'gold', materialization: 'table' }),
  finishModelRun: (ledger, ref, at) => finishModelRun(ledger, ref, at.modelRunId, { status: 'succeeded' }),
  publishModelVersions: (ledger, ref) =>
    publishModelVersions(ledger, ref, [{ model: 'm', inputVersions: {}, sqlChecksum: 'c' }]),
  recordTestResults: (ledger, ref) => recordTestResults(ledger, ref, [testResult]),
  recordFreshness: (ledger, ref) =>
    recordFreshness(ledger, ref, [
      {
        ...{ source: 's.t', status: 'pass', maxLoadedAt: '2024-01-01T00:00:00Z', ageSeconds: 1, error: null },
        ...{ warnAfterSeconds: null, errorAfterSeconds: null },
      },
    ]),
  recordListing: (ledger, ref, at) =>
    recordListing(ledger, ref, { pipeline: at.pipeline, source: 'x', shard: 's1', isWhole: true }, [
      { slice: 's1/a', entities: 1 },
    ]),
  recordTempTable: (ledger, ref) => recordTempTable(ledger, ref, 'p_temp.t1'),
};

const TABLES = [
  'runs',
  'tasks',
  'windows',
  'files',
  'rejects',
  'watermarks',
  'watermark_history',
  'model_runs',
  'model_versions',
  'test_results',
  'source_freshness',
  'slices',
  'temp_tables',
  'events',
];

/** Every row of every table as text. */
async function snapshot(ledger: Ledger): Promise<string> {
  const parts = TABLES.map(
    (table) => `(SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)), '[]') FROM ops.${table} t)`,
  );
  const rows = await ledger.rows<{ all: unknown }>(`SELECT jsonb_build_array(${parts.join(', ')}) AS "all"`);
  return JSON.stringify(rows[0]?.all);
}

const superseded = { code: ledgerErrors.superseded.code, retry: 'terminal' };

test.each(Object.entries(writes))('%s of a superseded attempt changes nothing', async (_, write) => {
  for (const ledger of [fixture.ledger, plain]) {
    const before = await snapshot(ledger);
    await expect(
      write(ledger, { taskId: scene.former.taskId, attempt: scene.former.attempt }, scene),
    ).rejects.toMatchObject(superseded);
    expect(await snapshot(ledger)).toBe(before);
  }
});

test.each(Object.entries(writes))('%s of a finished task changes nothing', async (_, write) => {
  const { ledger } = fixture;
  const own = await buildScene(ledger);
  await finishTask(ledger, own.current, 'succeeded');
  const before = await snapshot(ledger);
  await expect(write(ledger, own.current, own)).rejects.toMatchObject(superseded);
  expect(await snapshot(ledger)).toBe(before);
});

test.each(
  Object.entries(writes).filter(
    ([name]) => !['landWindow', 'recordFiles', 'recordRejects', 'finishModelRun'].includes(name),
  ),
)('%s of the current attempt is not refused', async (_, write) => {
  const own = await buildScene(fixture.ledger);
  const before = await snapshot(fixture.ledger);
  await write(fixture.ledger, own.current, own);
  expect(await snapshot(fixture.ledger)).not.toBe(before);
});

test('the window, files and model run of an earlier attempt are not the current one’s to write', async () => {
  const own = await buildScene(fixture.ledger);
  for (const name of ['landWindow', 'recordFiles', 'recordRejects', 'finishModelRun']) {
    await expect(writes[name]?.(fixture.ledger, own.current, own)).rejects.toMatchObject({
      retry: 'terminal',
    });
  }
});

test('a claim waits for a write that has passed its guard, and the write counts', async () => {
  const { ledger } = fixture;
  const own = await buildScene(ledger);
  const { taskId } = own.current;
  let claim: Promise<unknown> | undefined;
  await withTransaction(ledger, async (tx) => {
    await guardAttempt(tx, own.current);
    claim = claimed(plain, taskId, 'job', 'w3');
    const waiting = async () =>
      (
        await tx.rows(
          'SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()',
        )
      ).length > 0;
    await waitFor(waiting, { what: 'the claim to wait', timeoutMs: 5_000 });
    expect((await tx.rows('SELECT attempt FROM ops.tasks WHERE task_id = $1', [taskId]))[0]).toEqual({
      attempt: 2,
    });
  });
  await claim;
});
