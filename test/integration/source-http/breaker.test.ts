import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { sendJson } from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { devices, idsOf } from '#test/support/http-source-parts.ts';
import { waitFor } from '#test/support/wait-for.ts';

const start = useHttpBench();
const good = { items: devices(1), next_cursor: null };
const breaker = { failures: 4, resetMs: 400 };

/** Reads slices one after the other; how each ended. */
async function outcomes(
  read: (slice: string) => Promise<unknown>,
  count: number,
  from = 0,
): Promise<string[]> {
  const codes: string[] = [];
  for (let slice = from; slice < from + count; slice += 1) {
    const ended = read(`c-${slice}`).then(
      () => 'ok',
      (error: { code: string }) => error.code,
    );
    codes.push(await ended);
  }
  return codes;
}

test('a dead port costs a moment, whatever the number of slices', async () => {
  const bench = await start((_, response) => sendJson(response, good), {
    limits: { breaker: { failures: 4, resetMs: 60_000 } },
  });
  const { port } = bench.shard;
  await bench.shard.stop();
  const from = performance.now();
  const codes = await outcomes((slice) => idsOf(bench.snapshot(slice)), 400);
  expect(performance.now() - from).toBeLessThan(5_000);
  expect(codes.filter((code) => code !== 'HTTP_SHARD_DOWN')).toEqual(['HTTP_UNREACHABLE']);
  expect(bench.breaker).toEqual(['open']);
  expect(bench.calls.filter(({ outcome }) => outcome === 'HTTP_UNREACHABLE')).toHaveLength(4);
  await bench.shard.listen(port);
});

test('a shard that answers again is used again, found out by one call', async () => {
  const bench = await start((_, response) => sendJson(response, {}, 503), {
    limits: { breaker, attempts: 1 },
  });
  expect(await outcomes((slice) => idsOf(bench.snapshot(slice)), 6)).toEqual([
    ...Array(4).fill('HTTP_SERVER_ERROR'),
    ...Array(2).fill('HTTP_SHARD_DOWN'),
  ]);
  expect(bench.shard.requests).toHaveLength(4);
  const still = await waitFor(
    async () =>
      (await outcomes((slice) => idsOf(bench.snapshot(slice)), 1)).find((code) => code !== 'HTTP_SHARD_DOWN'),
    { what: 'the probe', timeoutMs: 5_000 },
  );
  expect(still).toBe('HTTP_SERVER_ERROR');
  expect(bench.shard.requests).toHaveLength(5);
  bench.shard.handler = (_, response) => sendJson(response, good);
  await waitFor(async () => (await outcomes((slice) => idsOf(bench.snapshot(slice)), 1))[0] === 'ok', {
    what: 'the shard to be used again',
    timeoutMs: 5_000,
  });
  expect(bench.breaker).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  expect(bench.shard.requests).toHaveLength(6);
});

test('while the probe is on its way, others fail at once', async () => {
  const bench = await start((_, response) => sendJson(response, {}, 503), {
    limits: { breaker, attempts: 1 },
  });
  await outcomes((slice) => idsOf(bench.snapshot(slice)), 4);
  const held = Promise.withResolvers<void>();
  bench.shard.handler = async (_, response) => {
    await held.promise;
    sendJson(response, good);
  };
  const seen = bench.shard.requests.length;
  let probe: Promise<string[]> | undefined;
  await waitFor(
    async () => {
      probe = outcomes((slice) => idsOf(bench.snapshot(slice)), 1);
      await Promise.race([probe, waitFor(() => bench.shard.requests.length > seen, { what: 'the probe' })]);
      return bench.shard.requests.length > seen;
    },
    { what: 'the probe to reach the shard' },
  );
  expect(await outcomes((slice) => idsOf(bench.snapshot(slice)), 5, 10)).toEqual(
    Array(5).fill('HTTP_SHARD_DOWN'),
  );
  expect(bench.shard.requests.length).toBe(seen + 1);
  held.resolve();
  expect(await probe).toEqual(['ok']);
});

test('one bad customer does not open it, alone or among others', async () => {
  const bench = await start(
    ({ path }, response) => (path.includes('c-bad') ? sendJson(response, {}, 500) : sendJson(response, good)),
    { limits: { breaker, attempts: 3 } },
  );
  for (let round = 0; round < 3; round += 1) {
    await expect(idsOf(bench.snapshot('c-bad'))).rejects.toMatchObject({ code: 'HTTP_SERVER_ERROR' });
  }
  expect(bench.breaker).toEqual([]);
  const mixed = await Promise.all([
    outcomes(() => idsOf(bench.snapshot('c-bad')), 2),
    outcomes((slice) => idsOf(bench.snapshot(slice)), 20),
  ]);
  expect(mixed).toEqual([Array(2).fill('HTTP_SERVER_ERROR'), Array(20).fill('ok')]);
  expect(bench.breaker).toEqual([]);
});

test('those that wait for a slot of a shard that goes down are told at once', async () => {
  const bench = await start(() => undefined, {
    limits: { connections: 4, requestTimeoutMs: 400, attempts: 1, breaker: { failures: 4, resetMs: 60_000 } },
  });
  const from = performance.now();
  const all = await Promise.all(
    Array.from({ length: 200 }, (_, slice) => outcomes(() => idsOf(bench.snapshot(`c-${slice}`)), 1)),
  );
  expect(performance.now() - from).toBeLessThan(3_000);
  const codes = all.flat();
  const timedOut = codes.filter((code) => code === 'HTTP_TIMED_OUT').length;
  // Up to three more went out as slots came free, before the fourth failure.
  expect([timedOut >= 4, timedOut <= 7]).toEqual([true, true]);
  expect(codes.filter((code) => code === 'HTTP_SHARD_DOWN')).toHaveLength(200 - timedOut);
  // Nor did they take points of the rate for calls that were not made; the token is one.
  expect(bench.buckets.taken).toBe(timedOut + 1);
});

test('a shard that takes connections and says nothing is unreachable, and a stop does not wait for it', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket.resume());
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const bench = await start(() => undefined, {
    url: `https://penstock:x@127.0.0.1:${port}`,
    limits: { requestTimeoutMs: 1_500, attempts: 1 },
  });
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
  const stop = new AbortController();
  const read = idsOf(bench.snapshot('c-2', stop.signal)).catch((error: { code: string }) => error.code);
  await waitFor(() => bench.buckets.taken === 2, { what: 'the second call' });
  const from = performance.now();
  stop.abort();
  expect(await read).toBe('HTTP_ABORTED');
  expect(performance.now() - from).toBeLessThan(100);
  await bench.source.close();
  await waitFor(() => sockets.size === 0, { what: 'connections under way to be given up', timeoutMs: 1_000 });
  silent.close();
});
