import { afterEach, expect, test } from 'vitest';
import type { Step, StepProbe } from '#shared/lifecycle/step-probe.ts';
import { putResults } from '#test/support/fleet-by-hand/evaluations.ts';
import { startFleetPlatform } from '#test/support/fleet-platform.ts';
import { insertInstallment } from '#test/support/oltp-rows.ts';
import { type ClosedRun, startServices } from '#test/support/running-services.ts';
import { describeWithS3 } from '#test/support/s3.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const DAY_MS = 86_400_000;
const asOf = '2026-03-31';
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Has every attempt that has just landed its window fail before it can end its task; the next one finds it landed. */
class FailingAfterLanding implements StepProbe {
  readonly #failed = new Set<string>();

  /** From here each stream fails once more. */
  again(): void {
    this.#failed.clear();
  }

  async reached(step: Step, subject: string): Promise<void> {
    if (step !== 'extract.file-recorded' || this.#failed.has(subject)) return;
    this.#failed.add(subject);
    throw new Error('the worker dies here');
  }
}

async function start<P extends TestPlatform>(starting: Promise<P>) {
  const platform = await starting;
  cleanups.push(() => platform.stop());
  const probe = new FailingAfterLanding();
  const services = await startServices(platform, probe);
  cleanups.push(() => services.stop());
  return { platform, services, probe };
}

const resultsOf = ({ tasks }: ClosedRun) =>
  tasks
    .filter(({ kind }) => kind === 'extract')
    .map(({ slice, status, result }) => ({ slice, status, ...result }))
    .toSorted((a, b) => a.slice.localeCompare(b.slice));

test('what a slice of an API answered is known although its worker died once it had landed', async () => {
  const { platform, services } = await start(
    startFleetPlatform({ sizes: { s1: [4], s2: [2] }, shards: 5, removedShare: 0 }),
  );
  const closed = await services.run({ pipeline: 'fleet', streams: ['device_states'] });
  const told = platform.fleet.shardApi.fleet.customers.map(({ id, shard, size }) => ({
    ...{ slice: `${shard}/${id}`, status: 'succeeded', rows: size, expected: size, answered: size, gone: 0 },
    ...{ errors: {}, calls: expect.any(Number), newestEventUs: expect.stringMatching(/^\d{16}$/) },
  }));
  const landedBefore = resultsOf(closed).filter((result) => 'landedByAttempt' in result);
  expect(landedBefore.length).toBeGreaterThan(0);
  expect(resultsOf(closed)).toMatchObject(told);
  const status = await withClient(platform.warehouseUrl, async (client) => {
    const sql =
      'select expected_entities::int as e, answered_entities::int as a from fleet_gold.slice_status order by 1';
    return (await client.query<{ e: number; a: number }>(sql)).rows;
  });
  expect(status).toEqual([2, 4].map((size) => ({ e: size, a: size })));
});

test('a full comparison is made although the worker died once its rows had landed', async () => {
  const { platform, services, probe } = await start(startTestPlatform());
  await withClient(platform.oltpUrl, async (client) => {
    for (const id of [1, 2, 3]) await insertInstallment(client, { id, issued: '2026-01-01' });
  });
  const streams = ['installments'];
  await services.run({ asOf, streams });
  probe.again();
  const closed = await services.run({ asOf, streams, logicalTime: new Date(Date.now() + 2 * DAY_MS) });
  expect(resultsOf(closed)).toMatchObject([
    { landedByAttempt: 1, rows: 3, heldBackMs: expect.any(Number), source: { rows: '3' } },
  ]);
  expect(closed.task('merge', 'installments').result).toMatchObject({ reconciled: 'agrees' });
});

describeWithS3('objects', () => {
  test('a run does not say it has all objects although the worker died once it had put one into quarantine', async () => {
    const { platform, services } = await start(startFleetPlatform({ sizes: [1], removedShare: 0 }));
    const one = { deviceId: 'd-0000001', evaluatedOn: '2026-03-10', modelVersion: '2.0.0' };
    const results = [{ ...one, health: 0.5, daysRemaining: 100 }];
    await putResults(
      platform.evaluationsUrl ?? '',
      [{ key: 'evaluations/a.json', results }],
      'evaluations/b.json',
    );
    const closed = await services.run({ pipeline: 'fleet', streams: ['battery_evaluations'] });
    const incomplete = '1 object(s) in quarantine';
    expect(resultsOf(closed)).toMatchObject([{ landedByAttempt: 1, objects: 2, quarantined: 1, incomplete }]);
    expect(closed.run).toMatchObject({
      status: 'partial',
      manifest: { incomplete: [{ stream: 'battery_evaluations', reason: incomplete }] },
    });
  });
});
