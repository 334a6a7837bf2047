import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { type BackendKind, useOwnQueueBench } from '#test/support/queue-backends.ts';
import { describeWithRedis } from '#test/support/redis.ts';
import { waitFor } from '#test/support/wait-for.ts';

const kind: BackendKind = 'redis';

describeWithRedis('Redis at its limits', () => {
  const bench = useOwnQueueBench(kind);
  afterEach(() =>
    admin((client) => client.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction')),
  );

  async function admin(work: (client: Redis) => Promise<unknown>): Promise<void> {
    const client = new Redis(bench.url);
    await work(client);
    await client.quit();
  }

  test('an eviction policy that would lose jobs is reported in words', async () => {
    const port = await bench.open();
    await admin((client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    expect(await port.check()).toEqual([expect.stringContaining('maxmemory-policy is allkeys-lru')]);
  });

  test('a full server refuses jobs by name, is not flooded by the worker, and work goes on after', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const payloads = Array.from({ length: 50 }, (_, index) => ({ taskId: String(index), generation: 0 }));
    await port.enqueueMany(queue, 'noop', payloads);
    await admin((client) => client.config('SET', 'maxmemory', '1mb'));
    let runs = 0;
    const noop = async (): Promise<void> => {
      runs += 1;
    };
    await port.work(queue, { noop }, { concurrency: 10 });
    await waitFor(() => bench.errors.some(({ code }) => code === 'QUEUE_SERVER_FULL'), {
      what: 'the report',
    });
    const refused = port.enqueue(queue, 'noop', { taskId: '99', generation: 0 });
    await expect(refused).rejects.toMatchObject({ code: 'QUEUE_SERVER_FULL', retry: 'retryable' });
    expect(await commandsIn(bench.url, 1_000)).toBeLessThan(300);
    expect(bench.errors.length).toBeLessThan(10);
    await admin((client) => client.config('SET', 'maxmemory', '0'));
    await waitFor(() => runs === 50, { what: 'all jobs', timeoutMs: 20_000 });
  });
});

/** Commands the server handled in so much time. */
async function commandsIn(url: string, ms: number): Promise<number> {
  const client = new Redis(url);
  const total = async (): Promise<number> =>
    Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
  const before = await total();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await total();
  await client.quit();
  return after - before;
}
