import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { setSchedulePaused } from '#shared/ledger/schedule-state.ts';
import { tasksOf } from '#shared/ledger/tasks.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { pipelineWith, type Schedulers, type Schedules, startSchedulers } from './schedulers.ts';

let platform: TestPlatform;
let schedulers: Schedulers | undefined;

beforeAll(async () => {
  platform = await startTestPlatform();
});
afterEach(async () => {
  await schedulers?.stop();
  schedulers = undefined;
});
afterAll(() => platform.stop());

const hourly = { cron: '0 * * * *', tz: 'UTC' };
/** Comes due every minute: when it has run, everything declared before it has been looked at. */
const marker = { cron: '* * * * *', tz: 'UTC' };

async function start(name: string, schedules: Schedules, at: string): Promise<Schedulers> {
  schedulers = await startSchedulers(platform, pipelineWith(name, schedules), at);
  return schedulers;
}

/** Waits until every schedule has been seen for the first time. */
async function seen({ ledger }: Schedulers, name: string, count: number): Promise<void> {
  const all = async () =>
    (await ledger.rows('select 1 from ops.schedule_state where pipeline = $1', [name])).length === count;
  await waitFor(all, { what: 'the schedules to be seen' });
}

test('a due time makes exactly one run, however many schedulers tick', async () => {
  const running = await start('once', { hourly, marker }, '2026-03-01T00:30:00Z');
  await seen(running, 'once', 2);
  running.clock.at = '2026-03-01T01:00:00Z';
  const [run] = await running.hasRuns('hourly', 1);
  expect(run).toMatchObject({
    kind: 'scheduled',
    logicalTime: '2026-03-01T01:00:00.000Z',
    asOf: '2026-03-01',
  });
  expect(run?.foldedTimes).toEqual([]);
  const tasks = await waitFor(
    async () => {
      const found = await tasksOf(running.ledger, run?.runId ?? '');
      return found.length > 0 ? found : undefined;
    },
    { what: 'the run to be planned' },
  );
  expect(tasks.map(({ kind, stream }) => `${kind} ${stream}`)).toEqual(['extract cnpj_ws']);
  // The marker's next run proves that both went on ticking past the hour.
  for (const one of await running.hasRuns('marker', 1)) await running.end(one);
  running.clock.at = '2026-03-01T01:05:00Z';
  await running.hasRuns('marker', 2);
  expect(await running.runsOf('hourly')).toHaveLength(1);
});

test('times that nobody ran fold into one run of the latest', async () => {
  const running = await start('missed', { hourly }, '2026-03-01T00:30:00Z');
  await seen(running, 'missed', 1);
  running.clock.at = '2026-03-01T04:10:00Z';
  const [run] = await running.hasRuns('hourly', 1);
  expect(run?.logicalTime).toBe('2026-03-01T04:00:00.000Z');
  expect(run?.foldedTimes.map((time) => new Date(time).getUTCHours()).sort()).toEqual([1, 2, 3]);
});

test('while a run is open new times fold, and the next run follows once it has closed', async () => {
  const running = await start('open', { hourly, marker }, '2026-03-01T00:30:00Z');
  await seen(running, 'open', 2);
  running.clock.at = '2026-03-01T01:00:00Z';
  const [first] = await running.hasRuns('hourly', 1);
  if (first === undefined) throw new Error('no run');
  running.clock.at = '2026-03-01T02:00:00Z';
  const noted = async () => (await running.runsOf('hourly'))[0]?.foldedTimes.length === 1;
  await waitFor(noted, { what: 'the first time to be folded' });
  running.clock.at = '2026-03-01T03:00:00Z';
  await waitFor(async () => (await running.runsOf('hourly'))[0]?.foldedTimes.length === 2, {
    what: 'the second time to be folded',
  });
  expect(await running.runsOf('hourly')).toHaveLength(1);
  await running.end(first);
  const [, next, ...more] = await running.hasRuns('hourly', 2);
  expect(more).toEqual([]);
  expect(next?.logicalTime).toBe('2026-03-01T03:00:00.000Z');
  expect(next?.foldedTimes.map((time) => new Date(time).getUTCHours())).toEqual([2]);
});

test('a paused schedule makes no run; resumed, it goes on with the latest time', async () => {
  const running = await start('paused', { hourly, marker }, '2026-03-01T00:30:00Z');
  await seen(running, 'paused', 2);
  running.clock.at = '2026-03-01T01:00:00Z';
  const [before] = await running.hasRuns('hourly', 1);
  for (const run of await running.hasRuns('marker', 1)) await running.end(run);
  if (before !== undefined) await running.end(before);
  await setSchedulePaused(running.ledger, 'paused', 'hourly', true, 'test');
  running.clock.at = '2026-03-01T02:30:00Z';
  await running.hasRuns('marker', 2);
  expect(await running.runsOf('hourly')).toHaveLength(1);
  await setSchedulePaused(running.ledger, 'paused', 'hourly', false, 'test');
  const [, after] = await running.hasRuns('hourly', 2);
  expect(after?.logicalTime).toBe('2026-03-01T02:00:00.000Z');
});

test('a schedule seen for the first time has nothing to catch up with', async () => {
  const running = await start('fresh', { hourly, marker }, '2026-03-01T07:59:30Z');
  await seen(running, 'fresh', 2);
  running.clock.at = '2026-03-01T07:59:59Z';
  await seen(running, 'fresh', 2);
  running.clock.at = '2026-03-01T08:00:00Z';
  const [run] = await running.hasRuns('hourly', 1);
  expect(run).toMatchObject({ logicalTime: '2026-03-01T08:00:00.000Z', foldedTimes: [] });
});

test('the zone decides when a run is due and which day it is as of, also where clocks change', async () => {
  const schedules = {
    madrid: { cron: '0 6 * * *', tz: 'Europe/Madrid' },
    evening: { cron: '0 22 * * *', tz: 'America/Sao_Paulo' },
    skipped: { cron: '30 2 * * *', tz: 'Europe/Madrid' },
  };
  const running = await start('zones', schedules, '2026-03-29T00:59:00Z');
  await seen(running, 'zones', 3);
  // Madrid moves to summer time at 01:00 UTC: half past two does not exist, six o'clock is 04:00 UTC.
  running.clock.at = '2026-03-30T03:00:00Z';
  const [madrid] = await running.hasRuns('madrid', 1);
  expect(madrid).toMatchObject({ logicalTime: '2026-03-29T04:00:00.000Z', asOf: '2026-03-29' });
  const [skipped] = await running.hasRuns('skipped', 1);
  expect(skipped?.foldedTimes).toHaveLength(1);
  // Ten in the evening in São Paulo is the next day in UTC; the rows are as of the day there.
  const [evening] = await running.hasRuns('evening', 1);
  expect(evening).toMatchObject({ logicalTime: '2026-03-30T01:00:00.000Z', asOf: '2026-03-29' });
});
