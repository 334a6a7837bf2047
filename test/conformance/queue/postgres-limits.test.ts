import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { PenstockError } from '#shared/errors/penstock-error.ts';
import { migrateQueue } from '#shared/queue/migrate-queue.ts';
import { openQueue } from '#shared/queue/open-queue.ts';
import { useQueueBench } from '#test/support/queue-backends.ts';
import { waitFor } from '#test/support/wait-for.ts';

const task = (taskId: number) => ({ taskId: String(taskId), generation: 0 });

describe('the PostgreSQL queue', () => {
  const bench = useQueueBench('postgres');

  test('before its migration says so, starves no timer, and its worker starts after it', async () => {
    const errors: PenstockError[] = [];
    const config = { url: bench.url, prefix: `q_${randomBytes(5).toString('hex')}` };
    const port = await openQueue({
      ...config,
      dead: { record: async () => undefined },
      onError: (error) => void errors.push(error),
    });
    let runs = 0;
    const noop = async (): Promise<void> => {
      runs += 1;
    };
    const worker = await port.work('main', { noop }, { concurrency: 2 });
    await expect(port.enqueue('main', 'noop', task(1))).rejects.toMatchObject({ code: 'QUEUE_NOT_MIGRATED' });
    expect(await port.check()).toEqual([expect.stringContaining('penstock migrate')]);
    expect(await longestTimerDelayMs(500)).toBeLessThan(300);
    expect(errors.map(({ code }) => code)).toContain('QUEUE_NOT_MIGRATED');
    expect(errors.length).toBeLessThan(5);
    await Promise.all([migrateQueue(config), migrateQueue(config), migrateQueue(config)]);
    await worker.ready();
    await port.enqueue('main', 'noop', task(1));
    await waitFor(() => runs === 1, { what: 'the job' });
    await port.close({ deadlineMs: 2_000 });
  });

  test('migrated twice keeps its jobs', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueue(queue, 'noop', task(1));
    await migrateQueue(bench);
    expect((await port.counts(queue)).waiting).toBe(1);
  });

  test('a worker with spare slots does not spin while the global limit is reached', async () => {
    const port = await bench.open();
    const other = await bench.open();
    const queue = bench.name();
    const gate = Promise.withResolvers<void>();
    const noop = (): Promise<void> => gate.promise;
    const options = { concurrency: 5, globalConcurrency: 2 };
    const workers = [await port.work(queue, { noop }, options), await other.work(queue, { noop }, options)];
    await Promise.all(workers.map((worker) => worker.ready()));
    await port.enqueueMany(queue, 'noop', [1, 2, 3, 4, 5, 6].map(task));
    await waitFor(async () => (await port.counts(queue)).active === 2, { what: 'the limit' });
    const transactions = await transactionsIn(bench.url, 2_000);
    gate.resolve();
    await waitFor(async () => (await port.counts(queue)).completed === 6, { what: 'all jobs' });
    // 900 to 7,600 a second without the pause.
    expect(transactions / 2).toBeLessThan(150);
  });

  test('connections cut during acknowledgements neither fail nor repeat jobs', async () => {
    // Longer than an acknowledgement takes to be repeated, or the lock would be lost meanwhile.
    const port = await bench.open({ lockMs: 4_000 });
    const queue = bench.name();
    let runs = 0;
    const noop = async (): Promise<void> => {
      runs += 1;
    };
    await (await port.work(queue, { noop }, { concurrency: 8 })).ready();
    const payloads = Array.from({ length: 600 }, (_, index) => task(index));
    await port.enqueueMany(queue, 'noop', payloads);
    for (const part of [50, 150, 250, 350, 450, 550]) {
      await waitFor(() => runs > part, { what: 'some jobs', timeoutMs: 20_000 });
      await cutConnections(bench.url);
    }
    const idle = async () => {
      const counts = await port.counts(queue).catch(() => undefined);
      return counts !== undefined && counts.active + counts.waiting + counts.delayed === 0 && counts;
    };
    const counts = await waitFor(idle, { what: 'the queue to drain', timeoutMs: 30_000 });
    expect(counts.failed).toBe(0);
    expect(runs).toBe(600);
  });
});

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function cutConnections(url: string): Promise<unknown> {
  const query = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  return asAdmin(url, (client) => client.query(query));
}

/** Transactions of the database in so much time. */
function transactionsIn(url: string, ms: number): Promise<number> {
  return asAdmin(url, async (client) => {
    const total = async (): Promise<number> => {
      const query = `SELECT (xact_commit + xact_rollback)::int AS total FROM pg_stat_database
         WHERE datname = current_database()`;
      const { rows } = await client.query<{ total: number }>(query);
      return rows[0]?.total ?? 0;
    };
    const before = await total();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return (await total()) - before;
  });
}

async function longestTimerDelayMs(ms: number): Promise<number> {
  const endsAtMs = performance.now() + ms;
  let longest = 0;
  while (performance.now() < endsAtMs) {
    const startedAtMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 10));
    longest = Math.max(longest, performance.now() - startedAtMs - 10);
  }
  return longest;
}
