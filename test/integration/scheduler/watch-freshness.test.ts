import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEvents } from '#shared/ledger/events.ts';
import { freshnessStates, recordFreshness } from '#shared/ledger/source-freshness.ts';
import { claimedTask } from '#test/integration/ledger/ledger-fixture.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { pipelineWith, type Schedulers, startSchedulers } from './schedulers.ts';

let platform: TestPlatform;
let schedulers: Schedulers;

beforeAll(async () => {
  platform = await startTestPlatform();
  const pipeline = pipelineWith('aging', { yearly: { cron: '0 0 1 1 *', tz: 'UTC' } });
  schedulers = await startSchedulers(platform, pipeline, '2026-03-10T12:00:00Z');
});
afterAll(async () => {
  await schedulers.stop();
  await platform.stop();
});

const stateNow = async (): Promise<string | undefined> =>
  (await freshnessStates(schedulers.ledger)).find(({ pipeline }) => pipeline === 'aging')?.state;
const becomes = (state: string) =>
  waitFor(async () => ((await stateNow()) === state ? state : undefined), { what: `state ${state}` });

test('a source grows old while nothing runs, and each change is one event, of two schedulers together', async () => {
  const { ledger, clock } = schedulers;
  const task = await claimedTask(ledger, { kind: 'merge', stream: 'cnpj_ws' }, { pipeline: 'aging' });
  await recordFreshness(ledger, task, [
    {
      ...{ source: 'landing.cnpj_ws', status: 'pass', maxLoadedAt: '2026-03-10T11:00:00Z', ageSeconds: 1 },
      ...{ error: null, warnAfterSeconds: 12 * 3_600, errorAfterSeconds: 24 * 3_600 },
    },
  ]);
  await becomes('pass');
  clock.at = '2026-03-10T23:30:00Z';
  await becomes('warn');
  clock.at = '2026-03-11T11:30:00Z';
  await becomes('error');
  // A scheduler tells of a change after it has kept the state.
  const events = await waitFor(
    async () => {
      const told = await listEvents(ledger, { type: 'source.freshness' });
      return told.length >= 3 ? told : undefined;
    },
    { what: 'three events' },
  );
  const states = events.map(({ facts }) => [facts['before'], facts['state']]);
  expect(states).toEqual([
    [null, 'pass'],
    ['pass', 'warn'],
    ['warn', 'error'],
  ]);
});
