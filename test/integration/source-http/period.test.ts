import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { parsedRows } from '#shared/sources/http/raw-pieces.ts';
import {
  pageOf,
  type ShardHandler,
  type ShardRequest,
  sendJson,
  sendText,
} from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { batchesOf, devices, periodStream } from '#test/support/http-source-parts.ts';

const start = useHttpBench();
const day = '2026-03-01';
const never = new AbortController().signal;

interface FakeApi {
  readonly count: number;
  coarse: (request: ShardRequest, response: ServerResponse) => void | Promise<void>;
  fine?: (device: string, request: ShardRequest, response: ServerResponse) => boolean;
}

const rowOf = (device_id: string, request: ShardRequest) => ({ device_id, day: request.query.get('day') });

/** A customer with so many devices in two sites. */
function api(fake: FakeApi): ShardHandler {
  const all = devices(fake.count);
  const half = Math.ceil(fake.count / 2);
  const sites = [all.slice(0, half), all.slice(half)].map((thermostats, index) => ({
    site_id: `s-${index}`,
    rooms: [{ room_id: 'r', thermostats }],
  }));
  return (request, response) => {
    const { path, query } = request;
    const device = /^\/v1\/devices\/(.+)\/aggregates$/.exec(path)?.[1];
    if (path.endsWith('/hierarchy')) {
      const { items, next_cursor } = pageOf(sites, query);
      return sendJson(response, { sites: items, next_cursor });
    }
    if (device === undefined) return fake.coarse(request, response);
    if (fake.fine?.(device, request, response)) return;
    sendJson(response, rowOf(device, request));
  };
}

const coarseOf =
  (ids: readonly { device_id: string }[]) =>
  (request: ShardRequest, response: ServerResponse): void => {
    const { items, next_cursor } = pageOf(ids, request.query);
    sendJson(response, { items: items.map(({ device_id }) => rowOf(device_id, request)), next_cursor });
  };

const status =
  (code: number) =>
  (_: unknown, response: ServerResponse): void =>
    sendJson(response, { message: 'MARK' }, code);

async function readDays(
  bench: Awaited<ReturnType<typeof start>>,
  days: readonly string[] = [day],
  stream = periodStream,
) {
  const read = bench.period(days, stream);
  const batches = await batchesOf(read);
  const rows = batches.flatMap(({ rows: all, way, day: on }) =>
    parsedRows(all).map(({ value }) => ({ ...(value as { device_id: string; day: string }), way, on })),
  );
  return { rows, stats: read.stats() };
}

const ofWay = (rows: readonly { way: string; device_id: string }[], way: string): string[] =>
  rows.filter((row) => row.way === way).map(({ device_id }) => device_id);

test('a complete coarse answer is all there is to ask', async () => {
  const bench = await start(api({ count: 250, coarse: coarseOf(devices(250)) }));
  const { rows, stats } = await readDays(bench);
  expect(new Set(ofWay(rows, 'coarse')).size).toBe(250);
  expect(rows.every((row) => row.on === day && row.day === day)).toBe(true);
  expect(stats).toMatchObject({
    calls: { coarse: 3, fine: 0, other: 1 },
    entities: { expected: 250, answered: 250, gone: 0, missing: {} },
  });
});

test('what a coarse answer leaves out is asked for one by one, and nothing else', async () => {
  const bench = await start(api({ count: 120, coarse: coarseOf(devices(120).slice(0, 110)) }));
  const { rows, stats } = await readDays(bench);
  expect(ofWay(rows, 'coarse')).toHaveLength(110);
  expect(ofWay(rows, 'fine').sort()).toEqual(
    devices(120)
      .slice(110)
      .map((one) => one.device_id)
      .sort(),
  );
  expect(stats).toMatchObject({
    calls: { coarse: 2, fine: 10 },
    rows: 120,
    entities: { expected: 120, answered: 120, missing: {} },
    days: { [day]: { expected: 120, answered: 120 } },
  });
});

test.each([404, 405, 501])(
  'an endpoint that is missing (%i) is not tried again before its time',
  async (code) => {
    const bench = await start(api({ count: 12, coarse: status(code) }));
    const first = await readDays(bench, ['2026-03-01', '2026-03-02']);
    expect(ofWay(first.rows, 'fine')).toHaveLength(24);
    expect(first.stats).toMatchObject({
      calls: { coarse: 1, fine: 24 },
      entities: { expected: 24, answered: 24 },
    });
    const untilMs = bench.choices.remembered.get('s1/c-1/daily_aggregates') ?? 0;
    expect(Math.abs(untilMs - Date.now() - periodStream.fine.rememberMs)).toBeLessThan(60_000);
    expect((await readDays(bench)).stats.calls).toEqual({ coarse: 0, fine: 12, other: 1 });
    bench.choices.remembered.set('s1/c-1/daily_aggregates', Date.now() - 1);
    expect((await readDays(bench)).stats.calls).toEqual({ coarse: 1, fine: 12, other: 1 });
  },
);

test('a coarse answer that fails is replaced, and tried again next time', async () => {
  const bench = await start(api({ count: 5, coarse: status(500) }));
  const { rows, stats } = await readDays(bench);
  expect(ofWay(rows, 'fine')).toHaveLength(5);
  expect(stats).toMatchObject({
    calls: { coarse: 3, fine: 5 },
    retries: 2,
    errors: { HTTP_SERVER_ERROR: 3 },
  });
  expect(bench.choices.remembered.size).toBe(0);
});

test('rows of a coarse answer that breaks off half-way count', async () => {
  const all = devices(500);
  const bench = await start(
    api({
      count: 500,
      coarse: (request, response) => {
        if (request.query.get('cursor') === '200') return sendText(response, '{"items":[{"device_id":"MARK');
        coarseOf(all)(request, response);
      },
    }),
  );
  const { rows, stats } = await readDays(bench);
  expect(ofWay(rows, 'coarse')).toHaveLength(200);
  expect(ofWay(rows, 'fine')).toHaveLength(300);
  expect(new Set(rows.map(({ device_id }) => device_id)).size).toBe(500);
  expect(stats).toMatchObject({ calls: { coarse: 5, fine: 300 }, errors: { HTTP_MALFORMED_BODY: 3 } });
});

test('devices that were removed are gone, not missing', async () => {
  const bench = await start(
    api({
      count: 10,
      coarse: status(501),
      fine: (device, _, response) => {
        const code = { 'd-1': 404, 'd-2': 410 }[device];
        if (code !== undefined) sendJson(response, {}, code);
        return code !== undefined;
      },
    }),
  );
  const { rows, stats } = await readDays(bench);
  expect(rows).toHaveLength(8);
  expect(stats.entities).toEqual({ expected: 10, answered: 8, gone: 2, missing: {} });
});

test('a few devices that fail are named by code; more than declared fail the slice', async () => {
  const bad = new Set<string>();
  const fake: FakeApi = {
    count: 20,
    coarse: status(501),
    fine: (device, _, response) => {
      if (bad.has(device)) sendText(response, '{"device_id":NaN}');
      return bad.has(device);
    },
  };
  const bench = await start(api(fake), { limits: { attempts: 1 } });
  for (const one of ['d-1', 'd-5', 'd-7', 'd-19']) bad.add(one);
  const { rows, stats } = await readDays(bench);
  expect(rows).toHaveLength(16);
  expect(stats.days[day]).toEqual({
    expected: 20,
    answered: 16,
    gone: 0,
    missing: { HTTP_MALFORMED_BODY: 4 },
  });
  bad.add('d-3');
  await expect(readDays(bench)).rejects.toMatchObject({
    code: 'HTTP_TOO_MANY_MISSING',
    retry: 'retryable',
    facts: { shard: 's1', expected: 20, missing: 5, mostly: 'HTTP_MALFORMED_BODY', day },
  });
});

test('an answer about another device, or about none, is no answer', async () => {
  const bench = await start(
    api({
      count: 10,
      coarse: status(501),
      fine: (device, request, response) => {
        if (device === 'd-1') sendJson(response, rowOf('d-2', request));
        if (device === 'd-3') sendJson(response, {});
        return device === 'd-1' || device === 'd-3';
      },
    }),
  );
  const { rows, stats } = await readDays(bench);
  expect(ofWay(rows, 'fine').sort()).toEqual(['d-0', 'd-2', 'd-4', 'd-5', 'd-6', 'd-7', 'd-8', 'd-9']);
  expect(stats.entities.missing).toEqual({ HTTP_ENTITY_UNANSWERED: 2 });
});

test('a shard that goes down fails the slice, however many rows had come', async () => {
  const bench = await start(
    api({
      count: 100,
      coarse: coarseOf(devices(50)),
      fine: (_, request, response) => {
        void bench.shard.stop();
        response.socket?.destroy();
        return request !== undefined;
      },
    }),
    { limits: { attempts: 2 } },
  );
  const stream = { ...periodStream, fine: { ...periodStream.fine, maxMissingRatio: 1 } };
  const error = await readDays(bench, [day], stream).catch((caught: { code: string }) => caught.code);
  expect(['HTTP_SHARD_DOWN', 'HTTP_UNREACHABLE']).toContain(error);
  await bench.shard.listen(0);
});

test('a slice without devices is complete with nothing', async () => {
  const bench = await start(api({ count: 0, coarse: coarseOf([]) }));
  const { rows, stats } = await readDays(bench);
  expect(rows).toEqual([]);
  expect(stats.entities).toEqual({ expected: 0, answered: 0, gone: 0, missing: {} });
});

test('a list of expected devices that cannot be read fails the slice', async () => {
  const bench = await start(status(403));
  await expect(readDays(bench)).rejects.toMatchObject({ code: 'HTTP_FORBIDDEN' });
});

test('fine calls go out at once, but no more than connections', async () => {
  const waiting: (() => void)[] = [];
  const bench = await start(
    api({
      count: 40,
      coarse: status(501),
      fine: (device, request, response) => {
        waiting.push(() => sendJson(response, rowOf(device, request)));
        if (waiting.length === 4) for (const answer of waiting.splice(0)) answer();
        return true;
      },
    }),
    { limits: { connections: 4 } },
  );
  const { rows } = await readDays(bench);
  expect(rows).toHaveLength(40);
  expect(bench.shard.mostInFlight).toBe(4);
});

test('a path that cannot be followed is told before any call', async () => {
  const bench = await start(status(500));
  const stream = { ...periodStream, entity: 'shard', map: { shard: '$shard' } };
  const options = { stream, streamName: 'x', shard: 's1', slice: 'c-1', days: [day], signal: never };
  expect(() => bench.source.readPeriod(options)).toThrow(
    expect.objectContaining({ code: 'HTTP_DECLARATION_INVALID' }),
  );
});
