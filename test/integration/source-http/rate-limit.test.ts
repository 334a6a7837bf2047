import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRateBuckets } from '#shared/rate-limit/open-rate-buckets.ts';
import { openHttpSource } from '#shared/sources/http/open-http-source.ts';
import { sendJson, TestShard } from '#test/support/http-shard.ts';
import { idsOf, MemoryChoices, snapshotStream, sourceDeclaration } from '#test/support/http-source-parts.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { createRateTable } from '#test/support/rate-backends.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await createRateTable(database.url);
});
afterAll(() => database.drop());

const signal = new AbortController().signal;

test('two sources that share a rate keep to it together, tokens and repetitions included', async () => {
  const limits = { requestsPerSecond: 40, burst: 10, connections: 6 };
  const arrivals: number[] = [];
  const shard = await TestShard.start((_, response) => {
    arrivals.push(performance.now());
    // Seldom enough that no call meets it as often as it is repeated.
    const fails = arrivals.length % 23 === 0;
    sendJson(response, fails ? {} : { items: [] }, fails ? 500 : 200);
  });
  const open = (pipeline: string) => {
    const buckets = openRateBuckets({ url: database.url, prefix: 'rate' });
    const waits: number[] = [];
    const source = openHttpSource({
      source: sourceDeclaration(limits),
      name: pipeline,
      urls: { s1: shard.url },
      buckets,
      choices: new MemoryChoices(),
      observe: {
        callEnded: () => undefined,
        breakerChanged: () => undefined,
        rateWaited: ({ ms }) => void waits.push(ms),
      },
    });
    return { source, buckets, waits };
  };
  const both = [open('one'), open('other')];
  try {
    const reads = both.flatMap(({ source }) =>
      Array.from({ length: 40 }, (_, index) => {
        const options = {
          stream: snapshotStream,
          streamName: 'device_states',
          shard: 's1',
          slice: `c-${index}`,
          signal,
        };
        return idsOf(source.readSnapshot(options));
      }),
    );
    const from = performance.now();
    await Promise.all(reads);
    const seconds = (performance.now() - from) / 1_000;
    const calls = arrivals.length + shard.tokens;
    expect(arrivals.length).toBeGreaterThan(80);
    expect(calls).toBeLessThanOrEqual(limits.burst + limits.requestsPerSecond * seconds);
    const waits = both.flatMap((one) => one.waits);
    expect(waits).toHaveLength(calls);
    expect(Math.max(...waits)).toBeGreaterThan(100);
  } finally {
    for (const { source, buckets } of both) {
      await source.close();
      await buckets.close();
    }
    await shard.stop();
  }
});
