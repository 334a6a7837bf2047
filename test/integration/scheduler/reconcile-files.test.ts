import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillOltp } from '#dev/oltp/fill.ts';
import { queues } from '#shared/contracts/jobs.ts';
import { discardFile, filesOfRun, quarantinedFiles } from '#shared/ledger/files.ts';
import { requestCancel } from '#shared/ledger/run-lifecycle.ts';
import { tasksOf } from '#shared/ledger/tasks.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { foundIn, openReconcilerBench, type ReconcilerBench, SLEEPING } from './reconciler-bench.ts';

const HOUR_MS = 3_600_000;
const schedule = 'bronze';
let platform: TestPlatform;
let bench: ReconcilerBench;

beforeAll(async () => {
  platform = await startTestPlatform({ environment: SLEEPING });
  await fillOltp(platform.oltpUrl, { companies: 40, installments: 120, seed: 9, today: '2026-03-31' });
  bench = await openReconcilerBench(platform);
});
afterAll(async () => {
  await bench.stop();
  await platform.stop();
});

const isThere = async (key: string) => (await bench.deps.landing.head(key)) !== undefined;
/** The pass of somebody who looks so much later. */
const later = (ms: number) => ({ now: () => new Date(Date.now() + ms) });

async function withServices(
  work: (services: RunningServices, probe: GateProbe) => Promise<void>,
  except?: 'loader',
): Promise<void> {
  const probe = new GateProbe();
  const services = await startServices(platform, probe, except);
  try {
    await work(services, probe);
  } finally {
    await services.stop();
  }
}

/** Puts a file into the landing store, as a writer does that dies before it tells the ledger. */
async function land(key: string): Promise<string> {
  const local = join(platform.landingDir, `.local-${Math.random()}`);
  await writeFile(local, 'bytes nobody knows of');
  await bench.deps.landing.putFile(key, local);
  return key;
}

/** A run that is over while its files still stand in landing. */
async function cancelledRun(services: RunningServices): Promise<string> {
  const runId = await services.ask({ schedule });
  const landed = async () =>
    (await tasksOf(services.ledger, runId)).filter(
      ({ kind, status }) => kind === 'load' && status === 'queued',
    ).length === 2;
  await waitFor(landed, { what: 'both streams to land' });
  await end(services, runId);
  return runId;
}

async function end(services: RunningServices, runId: string): Promise<void> {
  await requestCancel(services.ledger, runId);
  await services.queue.nudge(queues.scheduler, 'advanceRun', { runId });
  await services.closed(runId);
}

test('an object nobody knows goes once its run has been closed for the grace, and nothing else goes', async () => {
  await withServices(async (services) => {
    const runId = await cancelledRun(services);
    const known = await filesOfRun(services.ledger, runId);
    expect(known.length).toBeGreaterThan(0);
    const open = await services.ask({ schedule, idempotencyKey: 'stays open' });
    const folder = 'landing/credit/installments/ingestion_dt=2026-03-31';
    const name = (run: string) => `${folder}/installments_20260331T000000Z_${run}_9999_1_0000.parquet`;
    const orphan = await land(name(runId));
    const kept = [
      await land(name(open)),
      await land(name('raaaaaaaaaaa')),
      await land(`${folder}/of-somebody-else.parquet`),
      ...known.map(({ key }) => key),
    ];
    expect(foundIn(await bench.pass())).toEqual({});
    expect(foundIn(await bench.pass(later(HOUR_MS - 60_000)))).toEqual({});
    expect(await isThere(orphan)).toBe(true);
    expect(foundIn(await bench.pass(later(HOUR_MS + 60_000)))).toEqual({ orphan_file: 1 });
    expect(await isThere(orphan)).toBe(false);
    for (const key of kept) expect({ key, there: await isThere(key) }).toEqual({ key, there: true });
    expect(await bench.counted('orphan_file')).toBe(1);
    await end(services, open);
  }, 'loader');
});

test('the bytes of a discarded file are deleted, and only those', async () => {
  await withServices(async (services, probe) => {
    const gate = probe.hold('load.started', 'installments');
    const runId = await services.ask({ schedule });
    await gate.arrived;
    const files = await filesOfRun(services.ledger, runId);
    const broken = files.find(({ stream, isRejects }) => stream === 'installments' && !isRejects);
    if (broken === undefined) throw new Error('the run landed no file');
    await writeFile(join(platform.landingDir, broken.key), 'no Parquet');
    gate.open();
    expect((await services.closed(runId)).run.status).toBe('partial');
    const [quarantined] = await quarantinedFiles(services.ledger, 'credit');
    if (quarantined === undefined) throw new Error('nothing was quarantined');
    expect((await bench.pass())['discarded_file']).toBe(0);
    expect(await isThere(quarantined.key)).toBe(true);
    await discardFile(services.ledger, quarantined.fileId, 'test');
    expect((await bench.pass())['discarded_file']).toBe(1);
    expect(await isThere(quarantined.key)).toBe(false);
    for (const { key, fileId } of await filesOfRun(services.ledger, runId))
      if (fileId !== quarantined.fileId) expect(await isThere(key)).toBe(true);
    expect((await bench.pass())['discarded_file']).toBe(0);
    expect(await bench.counted('discarded_file')).toBe(1);
  });
});

test('a move that was cut is brought to its end, also beside one that cannot be', async () => {
  await withServices(async (services, probe) => {
    const gates = ['cnpj_ws', 'installments'].map((stream) => probe.hold('load.file-moved', stream));
    const runId = await services.ask({ schedule, kind: 'full_refresh' });
    await Promise.all(gates.map((gate) => gate.arrived));
    const underWay = () =>
      services.ledger.rows<{ key: string; stream: string }>(
        'select key, stream from ops.files where moving_to is not null order by file_id',
        [],
      );
    const moving = await underWay();
    expect(new Set(moving.map(({ stream }) => stream))).toEqual(new Set(['cnpj_ws', 'installments']));
    const [broken] = moving;
    if (broken === undefined) throw new Error('nothing moves');
    // Gone from both places: the first of the moves cannot be made.
    const places = ['landing', 'archive'].map((place) =>
      join(platform.landingDir, broken.key.replace(/^landing/, place)),
    );
    const [, archived = ''] = places;
    await rename(archived, join(platform.landingDir, 'away'));
    expect((await bench.pass())['unfinished_move']).toBe(moving.length - 1);
    expect((await underWay()).map(({ key }) => key)).toEqual([broken.key]);
    await rename(join(platform.landingDir, 'away'), archived);
    expect((await bench.pass())['unfinished_move']).toBe(1);
    expect(await bench.counted('unfinished_move')).toBe(moving.length);
    for (const gate of gates) gate.open();
    expect((await services.closed(runId)).run.status).toBe('succeeded');
  });
});

test('half-written files of dead writers go, those being written stay', async () => {
  const folder = join(platform.landingDir, 'landing', '.aside');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'dead'), 'half');
  await writeFile(join(folder, 'alive'), 'half');
  const old = new Date(Date.now() - 2 * HOUR_MS);
  await utimes(join(folder, 'dead'), old, old);
  expect((await bench.pass())['aside_file']).toBe(1);
  expect(await readdir(folder)).toEqual(['alive']);
  expect(await bench.counted('aside_file')).toBe(1);
});
