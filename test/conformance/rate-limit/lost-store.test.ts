import { describe, expect, test } from 'vitest';
import { openRateBuckets } from '#shared/rate-limit/open-rate-buckets.ts';
import { startOwnPostgres } from '#test/support/own-postgres.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { createRateTable } from '#test/support/rate-backends.ts';
import { describeWithRedis, startOwnRedis } from '#test/support/redis.ts';

const shape = { ratePerSecond: 1_000, burst: 10 };

describeWithRedis('a Redis that goes away', () => {
  test('is waited for, then named', async () => {
    const server = await startOwnRedis();
    const buckets = openRateBuckets({ url: server.url, prefix: 'r', patienceMs: 1_500 });
    const bucket = buckets.bucket('api', shape);
    try {
      await bucket.take();
      await server.stop();
      await expect(bucket.take()).rejects.toMatchObject({
        code: 'RATE_STORE_UNREACHABLE',
        retry: 'retryable',
      });
    } finally {
      await buckets.close();
    }
  });
});

describe('a PostgreSQL', () => {
  test('that restarts is waited for', async () => {
    const server = await startOwnPostgres();
    await createRateTable(server.url);
    const buckets = openRateBuckets({ url: server.url, prefix: 'r', patienceMs: 20_000 });
    const bucket = buckets.bucket('api', shape);
    try {
      await bucket.take();
      const restarted = server.restart('fast');
      await bucket.take();
      await restarted;
      await bucket.take();
    } finally {
      await buckets.close();
      await server.stop();
    }
  });

  test('without the table is a terminal error, at once', async () => {
    const database = await testDatabase();
    const buckets = openRateBuckets({ url: database.url, prefix: 'r', patienceMs: 60_000 });
    try {
      const point = buckets.bucket('api', shape).take();
      await expect(point).rejects.toMatchObject({ code: 'RATE_STORE_REFUSED', retry: 'terminal' });
    } finally {
      await buckets.close();
      await database.drop();
    }
  });
});
