import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeRunReport } from '#cli/show/describe-run.ts';
import { runReport } from '#cli/show/run-report.ts';
import type { AnswerPlace, SentAnswer } from '#dev/shard-api/server/tamper.ts';
import { droppedKeys } from '#shared/ledger/dropped-keys.ts';
import { filesOfRun } from '#shared/ledger/files.ts';
import { openRejects } from '#shared/ledger/rejects.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { sliceStatuses } from '#shared/ledger/slice-status.ts';
import { tasksOf } from '#shared/ledger/tasks.ts';
import { listWatermarks } from '#shared/ledger/watermarks.ts';
import { silentProbe } from '#shared/lifecycle/step-probe.ts';
import { retryMissing } from '#shared/runs/retry-run.ts';
import { type ApiPlatform, startApiPlatform } from '#test/support/api-platform.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';

const DAY = '2026-03-10';
const NEXT_DAY = '2026-03-11';

/**
 * While they are on: the first customer of one shard is listed under an id that can be neither asked for nor named; the first two devices of a
 * page of aggregates say days of their own.
 */
const wrongs = {
  shard: null as string | null,
  /** Of which customer, and which days. */
  days: null as { readonly of: string; readonly are: readonly string[] } | null,
  target: (target: string) => target,
  answer(answer: SentAnswer, { endpoint, shard, customer }: AnswerPlace): SentAnswer {
    if (answer.status !== 200) return answer;
    if (endpoint === 'customers' && shard === wrongs.shard) {
      const text = String(answer.bytes).replace(/"customer_id":"[^"]+"/, '"customer_id":"nobody/at all"');
      return { ...answer, bytes: Buffer.from(text) };
    }
    if (endpoint !== 'aggregates' || wrongs.days?.of !== customer) return answer;
    let text = String(answer.bytes);
    for (const day of wrongs.days?.are ?? []) text = text.replace(`"day":"${DAY}"`, `"day":"${day}"`);
    return { ...answer, bytes: Buffer.from(text) };
  },
};

/** How far ahead of the machine's the services' clock is. */
const clock = { aheadMs: 0 };
const DAY_MS = 86_400_000;

describeOverQueues('an API behind five shards', (queue) => {
  let platform: ApiPlatform;
  let services: RunningServices;

  beforeAll(async () => {
    platform = await startApiPlatform(
      { customers: 15, devices: 900, removedShare: 0, tamper: wrongs },
      { queue },
    );
    services = await startServices(platform, silentProbe, [], {
      now: () => new Date(Date.now() + clock.aheadMs),
    });
  });
  afterEach(() => platform.api.scenario.clear());
  afterAll(async () => {
    await services.stop();
    await platform.stop();
  });

  const run = (streams: string[], at = new Date()) =>
    services.run({ pipeline: 'api', streams, logicalTime: at });
  const warehouse = async <T>(sql: string): Promise<T[]> =>
    withClient(platform.warehouseUrl, async (client) => (await client.query(sql)).rows as T[]);
  const devices = async () =>
    (
      await warehouse<{ n: number }>(
        'select count(distinct device_id)::int as n from api_bronze.device_states',
      )
    )[0]?.n;

  test('every slice of every shard comes once, many to a file, and moves its watermark', async () => {
    const { run: closed, tasks } = await run(['device_states', 'hierarchy']);
    expect(closed).toMatchObject({ status: 'succeeded', manifest: { sliceCount: 30, incomplete: [] } });
    expect(closed.manifest?.['totals']).toMatchObject({ rows: 1_800, expected: 1_800, answered: 1_800 });
    expect(tasks.filter(({ kind }) => kind === 'discover')).toHaveLength(5);
    expect(await devices()).toBe(900);
    const [tree] = await warehouse<{ n: number }>('select count(*)::int as n from api_bronze.hierarchy');
    expect(tree?.n).toBe(900);
    const files = (await filesOfRun(services.ledger, closed.runId)).filter(({ isRejects }) => !isRejects);
    expect(files.length).toBeLessThan(25);
    expect(files.some(({ slice }) => slice === '*')).toBe(true);
    expect(await listWatermarks(services.ledger, 'api', 'device_states')).toHaveLength(15);
    const statuses = await sliceStatuses(services.ledger, 'api');
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set(['fresh']));
    expect(
      statuses.every(({ newestEventAt, stream }) => newestEventAt !== null || stream === 'hierarchy'),
    ).toBe(true);
  });

  test('a dead shard fails its own slices in seconds, by name, and a retry days later brings just those', async () => {
    await platform.api.scenario.set({ faults: [{ kind: 'shard-down', shards: ['s2'] }] });
    const { run: closed } = await run(['device_states']);
    expect(closed.status).toBe('partial');
    const incomplete = closed.manifest?.['incomplete'] as { slice: string; reason: string }[];
    expect(incomplete.length).toBeGreaterThan(0);
    expect(incomplete.every(({ slice }) => slice.startsWith('s2/'))).toBe(true);
    const stale = await warehouse<{ slice: string; status: string }>(
      `select slice, status from api_gold.customers where stream = 'device_states' and status <> 'fresh' order by 1`,
    );
    expect(stale).toEqual(incomplete.map(({ slice }) => ({ slice, status: 'stale' })));
    await platform.api.scenario.clear();
    const before = platform.api.counters.total({ shard: 's1', endpoint: 'states' });
    // In the processes that began the run: what lies ahead of now is counted from the day of the reading.
    clock.aheadMs = 3 * DAY_MS;
    await retryMissing(services, closed.runId);
    const again = await services.closed(closed.runId);
    clock.aheadMs = 0;
    expect(again.run).toMatchObject({ status: 'succeeded', retries: 1 });
    expect(platform.api.counters.total({ shard: 's1', endpoint: 'states' })).toBe(before);
    const left = await warehouse(`select from api_gold.customers where status <> 'fresh'`);
    expect(left).toHaveLength(0);
  });

  test('a customer without a valid id keeps no other from being read, and a retry asks for the list again', async () => {
    wrongs.shard = 's2';
    const { run: closed, tasks } = await run(['device_states']);
    wrongs.shard = null;
    expect(closed.status).toBe('partial');
    expect(closed.manifest?.['incomplete']).toEqual([
      {
        ...{ stream: 'device_states', slice: 's2/*' },
        reason: expect.stringMatching(/^1 of its slices have no valid id, the first at position 1 /),
      },
    ]);
    expect(tasks.filter(({ kind }) => kind === 'extract')).toHaveLength(14);
    const shown = describeRunReport(await runReport(services, closed.runId));
    expect(shown).toMatch(/shards listed in part\n.*\n.*\napi\/s2 .*HTTP_SLICE_ID_INVALID/);
    // It is listed no more by a name that is known, which does not make it gone.
    const statuses = await sliceStatuses(services.ledger, 'api');
    expect(statuses.filter(({ status }) => status === 'gone')).toEqual([]);
    await retryMissing(services, closed.runId);
    const again = await services.closed(closed.runId);
    expect(again.run).toMatchObject({ status: 'succeeded', manifest: { sliceCount: 15, incomplete: [] } });
  });

  test('aggregates come by the slice where they can, by the device where they must, each row saying how', async () => {
    await platform.api.scenario.set({
      faults: [
        { kind: 'not-implemented', shards: ['s1'] },
        { kind: 'incomplete', shards: ['s2'], share: 0.2 },
      ],
    });
    const { run: closed } = await run(['daily_aggregates'], new Date(`${DAY}T03:00:00Z`));
    expect(closed).toMatchObject({ status: 'succeeded', manifest: { incomplete: [] } });
    const ways = await warehouse<{ shard: string; ways: string; n: number }>(
      `select shard, string_agg(distinct fetched_by, ',' order by fetched_by) as ways, count(*)::int as n
       from api_bronze.daily_aggregates group by 1 order by 1`,
    );
    expect(ways.map(({ shard, ways: by }) => [shard, by])).toEqual([
      ['s1', 'fine'],
      ['s2', 'coarse,fine'],
      ['s3', 'coarse'],
      ['s4', 'coarse'],
      ['s5', 'coarse'],
    ]);
    expect(ways.reduce((total, { n }) => total + n, 0)).toBe(900);
    const totals = closed.manifest?.['totals'] as { calls: Record<string, number> } | undefined;
    expect(totals?.calls['fine']).toBeGreaterThan(totals?.calls['coarse'] ?? 0);
  });

  test('a day from before what is kept, or ahead of tomorrow, is a reject by name, and the rest of its slice lands', async () => {
    // Customers of s1 are asked device by device since their coarse call was missing.
    const asked = platform.api.fleet.customers.filter(({ shard }) => shard !== 's1');
    const largest = asked.toSorted((a, b) => b.size - a.size)[0];
    wrongs.days = { of: largest?.id ?? '', are: ['2025-01-31', '2098-01-01'] };
    const { run: closed } = await run(['daily_aggregates'], new Date(`${NEXT_DAY}T03:00:00Z`));
    wrongs.days = null;
    expect(closed.status).toBe('succeeded');
    const rejects = await openRejects(services.ledger, 'api', 'daily_aggregates');
    expect(rejects.map(({ column, code, runId }) => [column, code, runId])).toEqual([
      ['day', 'min', closed.runId],
      ['day', 'max', closed.runId],
    ]);
    const days = await warehouse<{ day: string; n: number }>(
      `select day::text as day, count(*)::int as n from api_bronze.daily_aggregates
       where day < '2026-01-01' or day >= '${DAY}' group by 1`,
    );
    expect(days).toEqual([{ day: DAY, n: 898 }]);
  });

  test('nothing outside the contract is kept, and the run tells what it left out', async () => {
    const { run: closed } = await run(['device_states']);
    const [leaked] = await warehouse<{ n: number }>(
      `select count(*)::int as n from api_bronze.device_states where state::text ~ 'PII-|@|owner|notes'`,
    );
    expect(leaked?.n).toBe(0);
    const dropped = await droppedKeys(services.ledger, closed.runId);
    expect(JSON.stringify(dropped)).not.toMatch(/PII-|@/);
  });

  test('two runs at once take turns on a slice and neither loses nor doubles a row', async () => {
    const ids = await Promise.all(
      ['one', 'two'].map((key) =>
        services.ask({ pipeline: 'api', streams: ['device_states'], idempotencyKey: `${queue}-${key}` }),
      ),
    );
    const both = await Promise.all(ids.map((id) => services.closed(id, 90_000)));
    expect(both.map(({ run: closed }) => closed.status)).toEqual(['succeeded', 'succeeded']);
    const [doubled] = await warehouse<{ n: number }>(
      `select count(*)::int as n from (select from api_bronze.device_states group by device_id, queried_at having count(*) > 1) d`,
    );
    expect(doubled?.n).toBe(0);
  });

  test('a broken customer is given up after its budget, and its shard is not', async () => {
    const [customer] = platform.api.fleet.customers;
    await platform.api.scenario.set({
      faults: [{ kind: 'server-error', customers: [customer?.id ?? ''], endpoints: ['states'] }],
    });
    const { run: closed } = await run(['device_states']);
    expect(closed.status).toBe('partial');
    const incomplete = closed.manifest?.['incomplete'] as { slice: string; reason: string }[];
    expect(incomplete).toHaveLength(1);
    expect(incomplete[0]?.slice.endsWith(`/${customer?.id}`)).toBe(true);
    expect(incomplete[0]?.reason).toMatch(/HTTP_|error|500/);
    const tasks = await tasksOf(services.ledger, closed.runId);
    expect(tasks.filter(({ status, kind }) => kind === 'extract' && status === 'failed')).toHaveLength(1);
    expect((await getRun(services.ledger, closed.runId))?.finishedAt).not.toBeNull();
    await waitFor(async () => (await services.queue.counts('extract-fleet-s1')).active === 0, {
      what: 'free slots',
    });
  });
});
