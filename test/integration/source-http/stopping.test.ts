import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRateBuckets } from '#shared/rate-limit/open-rate-buckets.ts';
import { pageOf, sendJson, writePieces } from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { batchesOf, devices, idsOf, periodStream } from '#test/support/http-source-parts.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { createRateTable } from '#test/support/rate-backends.ts';
import { waitFor } from '#test/support/wait-for.ts';

const start = useHttpBench();
const PROMPT_MS = 100;

/** Heads of answers that the client has seen, of tokens too. */
let heads = 0;
const countHead = (): void => {
  heads += 1;
};
beforeAll(() => subscribe('undici:request:headers', countHead));
afterAll(() => void unsubscribe('undici:request:headers', countHead));

/** Where a call can be when it is stopped, and how many heads have come by then. */
const places: [string, (response: ServerResponse) => void, number][] = [
  ['before the head', () => undefined, 1],
  [
    'in the body',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"items":[');
    },
    2,
  ],
  [
    'in a compressed body',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]));
    },
    2,
  ],
  [
    'in the body of an error',
    (response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.write('{');
    },
    2,
  ],
  ['in the pause before a repetition', (response) => sendJson(response, {}, 503, { 'retry-after': '30' }), 2],
];

test.each(places)(
  'a stop %s ends the read at once and leaves no connection in use',
  async (_, answer, headsBefore) => {
    heads = 0;
    const bench = await start((_request, response) => answer(response));
    const stop = new AbortController();
    const read = idsOf(bench.snapshot('c-1', stop.signal));
    const ended = read.catch((error: unknown) => error);
    await waitFor(() => bench.shard.requests.length === 1 && heads === headsBefore, { what: 'the call' });
    const from = performance.now();
    stop.abort(new Error('drained'));
    expect(await ended).toMatchObject({
      code: 'HTTP_ABORTED',
      retry: 'retryable',
      cause: { message: 'drained' },
    });
    expect(performance.now() - from).toBeLessThan(PROMPT_MS);
    // What is left is idle: closing takes it away.
    await bench.source.close();
    await waitFor(() => bench.shard.sockets === 0, { what: 'all sockets to close', timeoutMs: 1_000 });
  },
);

test('a stop while a token is awaited, in a line, or at the rate limit ends at once', async () => {
  const database = await testDatabase();
  await createRateTable(database.url);
  const buckets = openRateBuckets({ url: database.url, prefix: 'stop' });
  try {
    const limits = { requestsPerSecond: 0.01, burst: 3, connections: 2 };
    const bench = await start(() => undefined, { limits, buckets });
    bench.shard.tokenHandler = () => undefined;
    const stop = new AbortController();
    const reads = Array.from({ length: 10 }, (_, index) =>
      idsOf(bench.snapshot(`c-${index}`, stop.signal)).catch((error: { code: string }) => error.code),
    );
    await waitFor(() => bench.shard.tokens === 1, { what: 'the request for a token' });
    const from = performance.now();
    stop.abort();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['HTTP_ABORTED']));
    expect(performance.now() - from).toBeLessThan(PROMPT_MS);
    await waitFor(() => bench.shard.sockets === 0, { what: 'the token request to be cut', timeoutMs: 1_000 });
  } finally {
    await buckets.close();
    await database.drop();
  }
});

test('a stop among fine calls ends them all', async () => {
  const bench = await start(({ path, query }, response) => {
    if (path.endsWith('/hierarchy')) {
      return sendJson(response, { sites: [{ rooms: [{ thermostats: devices(100) }] }] });
    }
    if (path.includes('/customers/')) return sendJson(response, {}, 501);
    if (path.includes('/d-0/')) sendJson(response, { device_id: 'd-0', day: query.get('day') });
  });
  const stop = new AbortController();
  const options = { stream: periodStream, streamName: 'x', shard: 's1', slice: 'c-1', days: ['2026-03-01'] };
  const read = batchesOf(bench.source.readPeriod({ ...options, signal: stop.signal }));
  const ended = read.catch((error: unknown) => error);
  await waitFor(() => bench.shard.mostInFlight === 8, { what: 'fine calls' });
  const from = performance.now();
  stop.abort();
  expect(await ended).toMatchObject({ code: 'HTTP_ABORTED' });
  expect(performance.now() - from).toBeLessThan(PROMPT_MS);
  expect(bench.choices.remembered.size).toBe(1);
});

test('whoever stops iterating in the middle of a large body cuts it', async () => {
  const endless = function* (): Generator<string> {
    yield '{"items":[';
    for (;;) yield `${JSON.stringify({ notes: 'x'.repeat(10_000) })},`;
  };
  const bench = await start((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    return writePieces(response, endless());
  });
  for await (const batch of bench.snapshot()) {
    expect(batch.rows.length).toBeGreaterThan(0);
    break;
  }
  await waitFor(() => bench.calls.some(({ outcome }) => outcome === 'HTTP_ABORTED'), {
    what: 'the call to end',
  });
  await waitFor(() => bench.shard.sockets <= 1, { what: 'the connection to be cut', timeoutMs: 1_000 });
  expect(bench.breaker).toEqual([]);
});

test('closing ends every read, and the source stays closed', async () => {
  const bench = await start(() => undefined);
  const read = idsOf(bench.snapshot()).catch((error: { code: string }) => error.code);
  await waitFor(() => bench.shard.requests.length === 1, { what: 'the call' });
  await bench.source.close();
  expect(await read).toBe('HTTP_SOURCE_CLOSED');
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({ code: 'HTTP_SOURCE_CLOSED' });
  await waitFor(() => bench.shard.sockets === 0, { what: 'all sockets to close', timeoutMs: 1_000 });
});

test('a small slice does not wait for a large one', async () => {
  const all = devices(300);
  const bench = await start(
    async ({ path, query }, response) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (path.includes('/devices/d-')) return sendJson(response, { device_id: path.split('/')[3] });
      if (path.includes('c-small')) return sendJson(response, pageOf(devices(5), query));
      if (path.endsWith('/hierarchy'))
        return sendJson(response, { sites: [{ rooms: [{ thermostats: all }] }] });
      sendJson(response, {}, 501);
    },
    { limits: { connections: 4 } },
  );
  let largeDone = false;
  const large = batchesOf(bench.period(['2026-03-01', '2026-03-02'])).then(() => {
    largeDone = true;
  });
  await waitFor(() => bench.shard.requests.length > 20, { what: 'the large slice to be under way' });
  const from = performance.now();
  for (let slice = 0; slice < 5; slice += 1) await idsOf(bench.snapshot(`c-small-${slice}`));
  expect(largeDone).toBe(false);
  expect(performance.now() - from).toBeLessThan(5 * 100);
  await large;
});
