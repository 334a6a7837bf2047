import { afterEach, beforeEach, expect, test } from 'vitest';
import { deviceId } from '#dev/shard-api/fleet/fleet.ts';
import { MARK_PATTERN } from '#dev/shard-api/personal/mark.ts';
import type { FaultInput } from '#dev/shard-api/scenario/scenario.ts';
import { type ShardApi, startShardApi } from '#dev/shard-api/start.ts';
import { ShardClient } from '#test/support/shard-client.ts';
import { waitFor } from '#test/support/wait-for.ts';

const NOW = Date.UTC(2026, 10, 21, 9, 30);
const HOUR_MS = 3_600_000;
const STATES = '/v1/customers/c-00001/devices/state?limit=50';
const OTHERS = '/v1/customers/c-00002/devices/state?limit=50';
const COARSE = '/v1/customers/c-00001/aggregates?day=2026-11-20&limit=50';
const fine = (device: number): string => `/v1/devices/${deviceId(device)}/aggregates?day=2026-11-20`;

let nowMs: number;
let api: ShardApi;
let client: ShardClient;

beforeEach(async () => {
  nowMs = NOW;
  const sizes = { s1: [120, 10], s2: [5] };
  api = await startShardApi({ seed: 7, shards: 2, sizes, removedShare: 0, clock: () => nowMs });
  client = new ShardClient(api.shards[0]?.url ?? '');
  await client.signIn();
});
afterEach(async () => {
  await client.close();
  await api.stop();
});

interface State {
  readonly device_id: string;
  readonly online: boolean;
  readonly last_seen: string | null;
  readonly uptime_s: unknown;
}
interface Listed {
  readonly items: readonly State[];
  readonly total?: unknown;
  readonly next_cursor: string | null;
}
const ids = (pages: readonly Listed[]): string[] =>
  pages.flatMap(({ items }) => items.map(({ device_id }) => device_id));
const all = Array.from({ length: 120 }, (_, index) => deviceId(index + 1));
const failure = (path: string, signal?: AbortSignal): Promise<string> =>
  client.get(path, signal).then(
    ({ status }) => String(status),
    (error: Error & { code?: unknown }) => (typeof error.code === 'string' ? error.code : error.name),
  );

test('latency: the call takes its time, others do not', async () => {
  await api.scenario.add({ kind: 'latency', ms: 800, customers: ['c-00001'] });
  const took = async (path: string): Promise<number> => {
    const startedMs = performance.now();
    await client.getJson(path);
    return performance.now() - startedMs;
  };
  expect(await took(STATES)).toBeGreaterThanOrEqual(799);
  expect(await took(OTHERS)).toBeLessThan(799);
});

test('time-out: nothing comes, or nothing after the first half', async () => {
  await api.scenario.add({ kind: 'timeout', count: 1 });
  const hung = failure(STATES, AbortSignal.timeout(200));
  expect(await hung).toMatch(/Abort|Timeout/);
  expect(api.counters.total({ endpoint: 'states', status: 0 })).toBe(1);
  await api.scenario.add({ kind: 'timeout', stage: 'body', count: 1 });
  expect(await failure(STATES, AbortSignal.timeout(200))).toMatch(/Abort|Timeout/);
  expect(await failure(STATES)).toBe('200');
});

test.each(['start', 'body'] as const)('reset at the %s: the connection ends the hard way', async (stage) => {
  await api.scenario.add({ kind: 'reset', stage, count: 1 });
  expect(await failure(STATES)).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  expect(api.counters.total({ endpoint: 'states', status: 0 })).toBe(1);
  expect(await failure(STATES)).toBe('200');
});

test('truncated and malformed: 200 and not JSON; the second shows personal data to whoever quotes it', async () => {
  await api.scenario.add({ kind: 'truncated', count: 1 });
  const truncated = await client.get(STATES);
  expect(truncated).toMatchObject({ status: 200 });
  expect(() => JSON.parse(truncated.text)).toThrow(SyntaxError);
  await api.scenario.add({ kind: 'malformed', count: 1 });
  const malformed = await client.get(STATES);
  expect(malformed).toMatchObject({ status: 200 });
  expect(() => JSON.parse(malformed.text)).toThrow(MARK_PATTERN);
  expect(malformed.text.length).toBeGreaterThan(truncated.text.length);
});

test('wrong content type: 200 and a page for people', async () => {
  await api.scenario.add({ kind: 'content-type' });
  const { status, headers, text } = await client.get(STATES);
  expect({ status, type: headers['content-type'] }).toEqual({
    status: 200,
    type: 'text/html; charset=utf-8',
  });
  expect(text).toMatch(MARK_PATTERN);
});

test('errors of the server come in bursts, also of the token', async () => {
  const burst = { failing: 2, passing: 3 };
  await api.scenario.add({ kind: 'server-error', status: 503, burst, endpoints: ['states', 'token'] });
  const statuses = [];
  for (let nth = 0; nth < 6; nth += 1) statuses.push(await failure(STATES));
  expect(statuses).toEqual(['503', '503', '200', '200', '200', '503']);
  expect((await client.signIn()).status).toBe(503);
  expect(await failure(COARSE)).toBe('200');
});

test('429 out of the blue, with seconds or a date to wait for', async () => {
  await api.scenario.add({ kind: 'rate-limited', retryAfterSeconds: 7, count: 1 });
  expect((await client.get(STATES)).headers['retry-after']).toBe('7');
  await api.scenario.add({ kind: 'rate-limited', retryAfterSeconds: 60, asDate: true, count: 1 });
  const { status, headers } = await client.get(STATES);
  expect(status).toBe(429);
  expect(Date.parse(String(headers['retry-after']))).toBe(NOW + 60_000);
});

test('401 although the token was promised longer', async () => {
  await api.scenario.add({ kind: 'expired-token', count: 2 });
  expect([await failure(STATES), await failure(STATES), await failure(STATES)]).toEqual([
    '401',
    '401',
    '200',
  ]);
});

test('a device counts as removed: 404 by itself, left out of its customer, still in the hierarchy', async () => {
  await api.scenario.add({ kind: 'removed-device', devices: [deviceId(7)] });
  expect(await client.get(fine(7))).toMatchObject({
    status: 404,
    text: expect.stringContaining('device_removed'),
  });
  expect(await failure(fine(8))).toBe('200');
  expect(ids(await client.pages(COARSE))).toEqual(all.filter((id) => id !== deviceId(7)));
  expect((await client.get('/v1/customers/c-00001/hierarchy')).text).toContain(deviceId(7));
});

test('501 where customers have no aggregates; devices do', async () => {
  await api.scenario.add({ kind: 'not-implemented', customers: ['c-00001'] });
  expect(await failure(COARSE)).toBe('501');
  expect(await failure(COARSE.replace('c-00001', 'c-00002'))).toBe('200');
  expect(await failure(fine(1))).toBe('200');
});

test('an incomplete answer leaves devices out, the same ones each time', async () => {
  await api.scenario.add({ kind: 'incomplete', share: 0.3 });
  const told = ids(await client.pages(COARSE));
  expect(told.length).toBeGreaterThan(60);
  expect(told.length).toBeLessThan(108);
  expect(ids(await client.pages(COARSE))).toEqual(told);
  const leftOut = all.find((id) => !told.includes(id)) ?? '';
  expect(await failure(fine(Number(leftOut.slice(2))))).toBe('200');
  expect(ids(await client.pages(STATES))).toEqual(all);
});

test('late aggregates are left out and 404 until the day is long over', async () => {
  await api.scenario.add({ kind: 'late-aggregates', share: 0.3, hours: 30 });
  const early = ids(await client.pages(COARSE));
  expect(early.length).toBeLessThan(108);
  const late = Number((all.find((id) => !early.includes(id)) ?? '').slice(2));
  expect(await client.get(fine(late))).toMatchObject({
    status: 404,
    text: expect.stringContaining('not_ready'),
  });
  nowMs = Date.UTC(2026, 10, 22, 6);
  expect(await failure(fine(late))).toBe('200');
  expect(ids(await client.pages(COARSE))).toEqual(all);
});

test('pages that repeat, that come in another order, and that never end', async () => {
  const duplicates = await api.scenario.add({ kind: 'duplicate-pages' });
  const doubled = ids(await client.pages(STATES));
  expect(doubled).toHaveLength(240);
  expect([...new Set(doubled)]).toEqual(all);
  await duplicates();
  const reordered = await api.scenario.add({ kind: 'reordered-pages' });
  const shuffled = ids(await client.pages(STATES));
  expect(shuffled).not.toEqual(all);
  expect(shuffled.toSorted()).toEqual(all);
  await reordered();
  await api.scenario.add({ kind: 'cursor-loop' });
  const pages = await client.pages<Listed>(STATES, 7);
  expect(pages).toHaveLength(7);
  expect(new Set(pages.map(({ next_cursor }) => next_cursor)).size).toBe(2);
});

test('numbers as strings', async () => {
  await api.scenario.add({ kind: 'numbers-as-strings' });
  const page = await client.getJson<Listed>(STATES);
  expect(page.total).toBe('120');
  expect(page.items[0]?.uptime_s).toMatch(/^\d+$/);
  expect(page.items[0]?.online).toBeTypeOf('boolean');
});

test('a bare NaN, which JSON does not know', async () => {
  await api.scenario.add({ kind: 'nan', share: 0.5 });
  for (const [path, found] of [
    [STATES, /"temperature":NaN,/],
    [COARSE, /"avg":NaN,/],
  ] as const) {
    const { text } = await client.get(path);
    expect(text).toMatch(found);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => JSON.parse(text.replaceAll('NaN', 'null'))).not.toThrow();
  }
});

test('clocks ahead: devices seen in the future, and the date of the answer', async () => {
  await api.scenario.add({ kind: 'clock-skew', ms: 3 * HOUR_MS });
  const { headers, text } = await client.get(STATES);
  expect(Date.parse(String(headers['date']))).toBe(NOW + 3 * HOUR_MS);
  const { items } = JSON.parse(text) as Listed;
  const seen = items.map(({ last_seen }) => Date.parse(last_seen ?? ''));
  expect(Math.max(...seen.filter(Number.isFinite))).toBeGreaterThan(NOW + 2 * HOUR_MS);
});

test('fields nobody announced, and a customer whose devices are all off', async () => {
  await api.scenario.add({ kind: 'new-fields' });
  await api.scenario.add({ kind: 'devices-off', customers: ['c-00002'], forMs: 48 * HOUR_MS });
  const mine = await client.getJson<Listed>(STATES);
  expect(mine.items.every((item) => 'co2_ppm' in item && 'radio' in item)).toBe(true);
  expect(mine.items.some(({ online }) => online)).toBe(true);
  const off = await client.getJson<Listed>(OTHERS);
  expect(off.items).toHaveLength(10);
  expect(off.items.some(({ online }) => online)).toBe(false);
  for (const { last_seen } of off.items)
    expect(Date.parse(last_seen ?? '')).toBeLessThanOrEqual(NOW - 48 * HOUR_MS);
});

test('fuzz by scenario', async () => {
  const plain = await client.get(STATES);
  await api.scenario.add({ kind: 'fuzz' });
  const fuzzed = await client.get(STATES);
  expect(JSON.parse(fuzzed.text)).toMatchObject(JSON.parse(plain.text) as object);
  expect(fuzzed.text.length).toBeGreaterThan(plain.text.length);
});

test('a body of 200 MB is JSON to its end and is never held in memory', async () => {
  await api.scenario.add({ kind: 'huge-body', count: 1 });
  const before = process.memoryUsage.rss();
  let [bytes, peak, tail] = [0, 0, ''];
  const status = await client.stream(STATES, (chunk) => {
    bytes += chunk.length;
    peak = Math.max(peak, process.memoryUsage.rss());
    tail = `${tail}${chunk.toString('latin1')}`.slice(-20);
    return true;
  });
  expect({ status, bytes }).toEqual({ status: 200, bytes: 200_000_000 });
  expect(tail).toMatch(/ *""\]\}$/);
  expect(peak - before).toBeLessThan(100_000_000);
});

test('a large body is well formed, may say its length, and may be left half-way', async () => {
  await api.scenario.set({ faults: [{ kind: 'huge-body', bytes: 400_000, count: 1, announced: true }] });
  const whole = await client.get(STATES);
  expect(whole.headers['content-length']).toBe('400000');
  const parsed = JSON.parse(whole.text) as Listed & { history: readonly unknown[] };
  expect(parsed.items).toHaveLength(50);
  expect(parsed.history.length).toBeGreaterThan(100);
  await api.scenario.set({ faults: [{ kind: 'huge-body', count: 1 }] });
  let bytes = 0;
  await client.stream(STATES, (chunk) => {
    bytes += chunk.length;
    return bytes < 1_000_000;
  });
  expect(await failure(STATES)).toBe('200');
});

test.each<[NonNullable<Extract<FaultInput, { kind: 'shard-down' }>['mode']>, RegExp]>([
  ['refused', /ECONNREFUSED/],
  ['reset', /ECONNRESET|UND_ERR_SOCKET/],
])('a shard that is down (%s) is down for its time; the other one answers', async (mode, how) => {
  const bring = await api.scenario.add({ kind: 'shard-down', shards: ['s1'], mode });
  expect(await failure(STATES)).toMatch(/ECONN|UND_ERR_SOCKET/);
  expect(await failure(STATES)).toMatch(how);
  const other = new ShardClient(api.shards[1]?.url ?? '');
  expect((await other.get('/v1/customers')).status).toBe(200);
  await other.close();
  await bring();
  expect(await failure(STATES)).toBe('200');
  await api.scenario.set({
    faults: [{ kind: 'shard-down', shards: ['s1'], mode, startMs: 50, durationMs: 400 }],
  });
  const isDown = async () => (await failure(STATES)).startsWith('2') === false;
  await waitFor(isDown, { what: 'the shard to go down' });
  await waitFor(async () => !(await isDown()), { what: 'the shard to come back' });
});

test('a scenario replaces what was there; a broken one changes nothing', async () => {
  await api.scenario.set('no-coarse');
  expect(await failure(COARSE)).toBe('501');
  await expect(api.scenario.set({ faults: [{ kind: 'reset', shards: ['s9'] }] })).rejects.toMatchObject({
    code: 'SHARD_API_SCENARIO',
  });
  expect(await failure(COARSE)).toBe('501');
  await api.scenario.set({ faults: [{ kind: 'truncated', endpoints: ['states'] }] });
  expect(await failure(COARSE)).toBe('200');
  await api.scenario.clear();
  expect(ids(await client.pages(STATES))).toEqual(all);
});
