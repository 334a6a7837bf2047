import { expect, test } from 'vitest';
import { openHttpSource } from '#shared/sources/http/open-http-source.ts';
import { pageOf, sendJson } from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import {
  batchesOf,
  devices,
  FullBuckets,
  idsOf,
  MemoryChoices,
  snapshotStream,
  sourceDeclaration,
} from '#test/support/http-source-parts.ts';

const start = useHttpBench();
const never = new AbortController().signal;

test('all pages of a slice, with their cost', async () => {
  const all = devices(250);
  const bench = await start(({ query }, response) =>
    sendJson(response, { ...pageOf(all, query), total: 250 }),
  );
  const read = bench.snapshot('c-7');
  const batches = await batchesOf(read);
  expect(batches.map(({ rows, way, day }) => [rows.length, way, day])).toEqual([
    [100, 'coarse', undefined],
    [100, 'coarse', undefined],
    [50, 'coarse', undefined],
  ]);
  expect(bench.shard.paths()).toEqual(Array(3).fill('/v1/customers/c-7/devices/state'));
  expect(bench.shard.requests.map(({ query }) => query.get('cursor'))).toEqual([null, '100', '200']);
  expect(read.stats()).toMatchObject({
    calls: { coarse: 3, fine: 0, other: 0 },
    retries: 0,
    errors: {},
    rows: 250,
    duplicates: 0,
    entities: { expected: 250, answered: 250, gone: 0, missing: {} },
    days: {},
  });
  expect(read.stats().bytes).toBeGreaterThan(250 * 20);
  expect(bench.calls.map(({ endpoint, way, outcome }) => `${endpoint} ${way} ${outcome}`)).toEqual([
    'token null ok',
    'snapshot coarse ok',
    'snapshot coarse ok',
    'snapshot coarse ok',
  ]);
});

test('connections are kept and used again', async () => {
  const bench = await start(({ query }, response) => sendJson(response, pageOf(devices(2_000), query)));
  await idsOf(bench.snapshot());
  expect(bench.shard.requests).toHaveLength(20);
  expect(bench.shard.sockets).toBeLessThanOrEqual(2);
});

test('duplicate and reordered pages change nothing', async () => {
  const all = devices(500);
  const pages = [3, 0, 0, 4, 1, 2];
  const bench = await start(({ query }, response) => {
    const at = Number(query.get('cursor') ?? 0);
    const from = (pages[at] ?? 0) * 100;
    sendJson(response, { items: all.slice(from, from + 100), next_cursor: at < 5 ? String(at + 1) : null });
  });
  const read = bench.snapshot();
  expect((await idsOf(read)).sort()).toEqual(all.map(({ device_id }) => device_id).sort());
  expect(read.stats()).toMatchObject({ rows: 500, duplicates: 100, entities: { answered: 500 } });
});

test.each([
  ['the same cursor', (at: number) => ({ items: devices(10, `p${at}`), next_cursor: at === 0 ? 'a' : 'a' })],
  ['a cursor of before', (at: number) => ({ items: devices(10, `p${at}`), next_cursor: String(at % 5) })],
  ['the same page for ever', (at: number) => ({ items: devices(10), next_cursor: `c${at}` })],
])('%s is a loop and not read for ever', async (_, answer) => {
  const bench = await start((_request, response) =>
    sendJson(response, answer(bench.shard.requests.length - 1)),
  );
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({
    code: 'HTTP_PAGING_LOOPS',
    retry: 'retryable',
    facts: { shard: 's1', endpoint: '/v1/customers/{slice}/devices/state' },
  });
  expect(bench.shard.requests.length).toBeLessThan(10);
});

test('rows deep down come with what is around them', async () => {
  const room = { room_id: 'r-1', thermostats: devices(2) };
  const site = { site_id: 's-1', rooms: [room] };
  const answer = { sites: [site], next_cursor: null };
  const bench = await start((_, response) => sendJson(response, answer));
  const { endpoint } = snapshotStream;
  const stream = { ...snapshotStream, endpoint: { ...endpoint, rows: 'sites[].rooms[].thermostats[]' } };
  const options = { stream, streamName: 'hierarchy', shard: 's1', slice: 'c-1', signal: never };
  const [batch] = await batchesOf(bench.source.readSnapshot(options));
  const around = { ...answer, sites: [] };
  expect(batch?.rows).toEqual([
    { value: { device_id: 'd-0' }, parents: [room, site, around] },
    { value: { device_id: 'd-1' }, parents: [room, site, around] },
  ]);
});

test('slices are listed once each, whatever the listing repeats', async () => {
  const customers = [
    { customer_id: 'c-1', device_count: 3 },
    { customer_id: 'c-2', device_count: '12' },
    { customer_id: 'c-1', device_count: 3 },
    { customer_id: 'c-3', device_count: 'many' },
  ];
  const bench = await start(({ query }, response) => sendJson(response, pageOf(customers, query)));
  expect(await bench.source.listSlices('s1', never)).toEqual({
    slices: [
      { id: 'c-1', entities: 3 },
      { id: 'c-2', entities: 12 },
      { id: 'c-3', entities: null },
    ],
    refused: null,
  });
  await expect(bench.source.listSlices('s2', never)).rejects.toMatchObject({ code: 'HTTP_SOURCE_INVALID' });
});

test('slices without a valid id are counted, and keep none of the others from being read', async () => {
  const customers = [{ customer_id: 'c-1' }, { customer_id: 'MARK@example.org' }, {}, { customer_id: 'c-2' }];
  const bench = await start(({ query }, response) => sendJson(response, pageOf(customers, query)));
  expect(await bench.source.listSlices('s1', never)).toEqual({
    slices: [
      { id: 'c-1', entities: null },
      { id: 'c-2', entities: null },
    ],
    refused: { count: 2, firstPosition: 2 },
  });
});

test('a listing without one valid id is an error without the id', async () => {
  const customers = [{ customer_id: 'MARK@example.org' }, { customer_id: '..' }];
  const bench = await start(({ query }, response) => sendJson(response, pageOf(customers, query)));
  const error = await bench.source.listSlices('s1', never).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'HTTP_SLICE_ID_INVALID', facts: { position: 1, id: 'customer_id' } });
  expect(String(error)).not.toContain('MARK');
});

test('every URL that is missing or wrong is named at once, none is quoted', () => {
  const observe = {
    callEnded: () => undefined,
    breakerChanged: () => undefined,
    rateWaited: () => undefined,
  };
  const open = () =>
    openHttpSource({
      source: sourceDeclaration({}, ['s1', 's2', 's3']),
      name: 'fleet',
      urls: { s1: 'http://u:p@127.0.0.1:1', s2: 'MARK' },
      buckets: new FullBuckets(),
      choices: new MemoryChoices(),
      observe,
    });
  expect(open).toThrow(
    expect.objectContaining({
      code: 'HTTP_SOURCE_INVALID',
      facts: { problems: 's2 is no URL; s3 has no URL' },
    }),
  );
});
