import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDeadLetters, recordDeadLetter, resolveDeadLetter } from '#shared/ledger/dead-letters.ts';
import { listEvents, recordEvent } from '#shared/ledger/events.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import {
  finishModelRun,
  modelRunsOf,
  modelVersions,
  publishModelVersions,
  startModelRun,
} from '#shared/ledger/model-runs.ts';
import {
  beatProcess,
  endProcess,
  endSilentProcesses,
  liveProcesses,
  registerProcess,
} from '#shared/ledger/processes.ts';
import { closeRun } from '#shared/ledger/run-lifecycle.ts';
import { scheduleStates, setSchedulePaused } from '#shared/ledger/schedule-state.ts';
import { getSourceBound, type StoredBound, withSourceBound } from '#shared/ledger/source-bounds.ts';
import { finishTask } from '#shared/ledger/task-attempts.ts';
import {
  markTempTablesDropped,
  orphanTempTables,
  recordTempTable,
  tempTablesOf,
} from '#shared/ledger/temp-tables.ts';
import { recordTestResults, type TestResult, testResultsOf } from '#shared/ledger/test-results.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { claimed, claimedTask, type LedgerFixture, ledgerFixture, randomName } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

test('events are followed by id', async () => {
  const { runId, taskId, pipeline } = await claimedTask(ledger);
  await recordEvent(ledger, { level: 'info', type: 'a', runId, taskId, pipeline, facts: { rows: 3 } });
  const [first] = await listEvents(ledger, { runId });
  expect(first).toMatchObject({ type: 'a', taskId, facts: { rows: 3 } });
  await recordEvent(ledger, { level: 'warn', type: 'b', runId });
  const next = await listEvents(ledger, { runId, after: first?.eventId ?? '' });
  expect(next.map((event) => event.type)).toEqual(['b']);
});

test('a dead letter is one letter however often it comes, until it is resolved', async () => {
  const letter = {
    queue: 'q',
    jobName: 'extract',
    jobId: randomName('j'),
    code: 'X',
    facts: { path: 'taskId' },
  };
  await recordDeadLetter(ledger, letter);
  await recordDeadLetter(ledger, letter);
  const open = (await openDeadLetters(ledger)).filter(({ jobId }) => jobId === letter.jobId);
  expect(open).toMatchObject([letter]);
  expect(await resolveDeadLetter(ledger, open[0]?.deadLetterId ?? '', 'ana')).toBe(true);
  expect(await resolveDeadLetter(ledger, open[0]?.deadLetterId ?? '', 'ana')).toBe(false);
});

test('a silent process is ended, and listed again when it speaks', async () => {
  const processId = randomName('proc');
  const listed = async () => (await liveProcesses(ledger, 60_000)).some((one) => one.processId === processId);
  await registerProcess(ledger, { processId, service: 'loader' });
  expect(await listed()).toBe(true);
  const ended = () => endSilentProcesses(ledger, 1);
  await waitFor(async () => (await ended()).find((one) => one.processId === processId), { what: 'silence' });
  expect(await listed()).toBe(false);
  await beatProcess(ledger, processId);
  expect(await listed()).toBe(true);
  await endProcess(ledger, processId);
  expect(await listed()).toBe(false);
});

test('a temp table is an orphan when its run is closed or its attempt superseded', async () => {
  const task = await claimedTask(ledger, { kind: 'load', stream: 's' });
  const [older, newer] = [randomName('p_temp.t'), randomName('p_temp.t')];
  const orphans = async () => (await orphanTempTables(ledger)).map((table) => table.relation);
  await recordTempTable(ledger, task, older);
  expect(await orphans()).not.toContain(older);
  await ledger.rows(`UPDATE ops.tasks SET lease_until = 'epoch' WHERE task_id = $1`, [task.taskId]);
  const again = await claimed(ledger, task.taskId);
  await recordTempTable(ledger, again, newer);
  expect(await orphans()).toContain(older);
  expect(await orphans()).not.toContain(newer);
  await markTempTablesDropped(ledger, [older]);
  expect((await tempTablesOf(ledger, task.runId)).map((table) => table.relation)).toEqual([newer]);
  await finishTask(ledger, again, 'succeeded');
  await closeRun(ledger, task.runId, 'succeeded', {});
  expect(await orphans()).toContain(newer);
});

test('model runs and versions: an attempt starts a model once, versions rise by one', async () => {
  const task = await claimedTask(ledger, { kind: 'models' });
  const model = { model: 'm', layer: 'gold', materialization: 'table', asOf: '2024-05-01' };
  const id = await startModelRun(ledger, task, model);
  expect(await startModelRun(ledger, task, model)).toBe(id);
  await finishModelRun(ledger, task, id, { status: 'succeeded', rowsAffected: 5 });
  await expect(finishModelRun(ledger, task, id, { status: 'skipped' })).rejects.toMatchObject({
    code: 'LEDGER_ILLEGAL_MOVE',
  });
  expect(await modelRunsOf(ledger, task.runId)).toMatchObject([
    { model: 'm', status: 'succeeded', rowsAffected: 5 },
  ]);
  const told = await startModelRun(ledger, task, { model: 'told', layer: 'gold', materialization: 'table' });
  const took = { startedAt: '2024-05-01T00:00:00.000Z', ms: 1_500 };
  await finishModelRun(ledger, task, told, { status: 'succeeded', took });
  const [, late] = await modelRunsOf(ledger, task.runId);
  expect(new Date(late?.startedAt ?? '').toISOString()).toBe('2024-05-01T00:00:00.000Z');
  expect(new Date(late?.finishedAt ?? '').toISOString()).toBe('2024-05-01T00:00:01.500Z');
  const publication = { model: 'm', inputVersions: { silver: 3 }, sqlChecksum: 'c', asOf: '2024-05-01' };
  await publishModelVersions(ledger, task, [publication, { ...publication, model: 'n' }]);
  await publishModelVersions(ledger, task, [publication]);
  const versions = await modelVersions(ledger, task.pipeline);
  expect(versions.get('m')).toMatchObject({ version: '2', inputVersions: { silver: 3 }, asOf: '2024-05-01' });
  expect(versions.get('n')).toMatchObject({ version: '1' });
});

test('test results of an attempt replace themselves', async () => {
  const task = await claimedTask(ledger, { kind: 'models' });
  const result: TestResult = {
    model: 'm',
    test: 'unique_id',
    stage: 'gold',
    severity: 'error',
    blocking: true,
    status: 'fail',
    failingRows: 4,
    durationMs: 1.4,
    error: null,
  };
  await recordTestResults(ledger, task, [result, { ...result, stage: 'landing' }]);
  await recordTestResults(ledger, task, [{ ...result, status: 'pass', failingRows: 0 }]);
  const found = await testResultsOf(ledger, task.runId);
  expect(found.map(({ stage, status }) => [stage, status])).toEqual([
    ['gold', 'pass'],
    ['landing', 'fail'],
  ]);
});

test('pausing a schedule is remembered with who did it', async () => {
  const pipeline = randomName('p');
  await setSchedulePaused(ledger, pipeline, 'daily', true, 'ana');
  await setSchedulePaused(ledger, pipeline, 'daily', true, 'bob');
  const state = (await scheduleStates(ledger)).find((one) => one.pipeline === pipeline);
  expect(state).toMatchObject({ paused: true, changedBy: 'ana' });
});

test('readings of one source take turns, remember what was prepared, and never fall', async () => {
  const source = randomName('oltp');
  const prepared = { '731 gid-1': 2n ** 55n + 1n };
  const seen: (StoredBound | undefined)[] = [];
  let inside = 0;
  const read = async (previous: StoredBound | undefined) => {
    inside += 1;
    expect(inside).toBe(1);
    // Those that wait for their turn hold no connections meanwhile.
    await ledger.rows('SELECT 1');
    seen.push(previous);
    inside -= 1;
    return { state: { lastBound: (previous?.lastBound ?? 0n) + 1n, prepared } };
  };
  await Promise.all(Array.from({ length: 12 }, () => withSourceBound(ledger, source, read)));
  expect(seen.map((one) => one?.lastBound)).toEqual([
    undefined,
    ...Array.from({ length: 11 }, (_, i) => BigInt(i + 1)),
  ]);
  expect(await getSourceBound(ledger, source)).toEqual({ lastBound: 12n, prepared });
  const lower = withSourceBound(ledger, source, async () => ({ state: { lastBound: 3n, prepared: {} } }));
  await expect(lower).rejects.toMatchObject({ code: 'LEDGER_ILLEGAL_MOVE' });
  const failing = withSourceBound(ledger, source, async () => {
    throw new Error('source is down');
  });
  await expect(failing).rejects.toThrow('source is down');
  expect((await getSourceBound(ledger, source))?.lastBound).toBe(12n);
});
