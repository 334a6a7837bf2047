import { createConnection } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deviceId } from '#dev/shard-api/fleet/fleet.ts';
import { MARK_PATTERN } from '#dev/shard-api/personal/mark.ts';
import { sourceEnvironment } from '#dev/shard-api/source-environment.ts';
import { type ShardApi, startShardApi } from '#dev/shard-api/start.ts';
import { ShardClient } from '#test/support/shard-client.ts';
import { waitFor } from '#test/support/wait-for.ts';

const NOW = Date.UTC(2026, 10, 21, 9, 30);
const OPTIONS = {
  seed: 7,
  shards: 2,
  sizes: { s1: [230, 12], s2: [9] },
  removedShare: 0.2,
  clock: () => NOW,
};

let api: ShardApi;
let client: ShardClient;

beforeAll(async () => {
  api = await startShardApi(OPTIONS);
  client = clientOf(api, 's1');
});
afterAll(async () => {
  await client.close();
  await api.stop();
});

const clientOf = (of: ShardApi, shard: string): ShardClient =>
  new ShardClient(of.shards.find(({ name }) => name === shard)?.url ?? '');

/** Runs `work` on an API of its own. */
async function withApi<T>(
  options: Parameters<typeof startShardApi>[0],
  work: (own: ShardApi, its: ShardClient) => Promise<T>,
): Promise<T> {
  const own = await startShardApi({ ...OPTIONS, ...options });
  const its = clientOf(own, 's1');
  try {
    return await work(own, its);
  } finally {
    await its.close();
    await own.stop();
  }
}

interface Listed {
  readonly items: readonly Record<string, unknown>[];
  readonly total?: number;
  readonly next_cursor: string | null;
}
const idsOf = (pages: readonly Listed[]): unknown[] =>
  pages.flatMap(({ items }) => items.map(({ device_id }) => device_id));
const devicesThere = (customer: string): string[] => {
  const found = api.fleet.customer(customer);
  return found === undefined ? [] : api.fleet.devicesOf(found, NOW).map(deviceId);
};

test('a token is given to the client, for a time', async () => {
  const { status, text } = await client.signIn();
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    access_token: expect.stringMatching(/^tok-[0-9a-f]{32}$/),
    token_type: 'bearer',
    expires_in: 3_600,
  });
});

test('customers are listed with how many devices they have now', async () => {
  const pages = await client.pages<Listed>('/v1/customers?limit=1');
  expect(pages).toHaveLength(2);
  expect(pages.flatMap(({ items }) => items)).toEqual([
    expect.objectContaining({ customer_id: 'c-00001', device_count: devicesThere('c-00001').length }),
    expect.objectContaining({ customer_id: 'c-00002', device_count: devicesThere('c-00002').length }),
  ]);
});

test('states, paged to the end, bring each device that is there once', async () => {
  const pages = await client.pages<Listed>('/v1/customers/c-00001/devices/state?limit=50');
  expect(pages.length).toBeGreaterThan(3);
  expect(idsOf(pages)).toEqual(devicesThere('c-00001'));
  expect(devicesThere('c-00001').length).toBeLessThan(230);
  expect(pages.every(({ total }) => total === devicesThere('c-00001').length)).toBe(true);
  expect(pages[0]?.items[0]).toMatchObject({
    device_id: 'd-0000001',
    customer_id: 'c-00001',
    site_id: 'st-1-1',
    room_id: 'rm-1-1',
    online: expect.any(Boolean),
    uptime_s: expect.any(Number),
    firmware: {
      embedded: expect.stringMatching(/^\d\.\d\.\d$/),
      hardware: expect.stringMatching(/^[ABC]\d$/),
    },
    sensors: { temperature: expect.any(Number), rssi: expect.any(Number) },
    battery: { voltage: expect.any(Number), percent: expect.any(Number) },
    calibration_total: expect.any(Number),
    connectivity: { ratio: expect.any(Number) },
    configuration: { regulation_mode: expect.stringMatching(/^(pid|hysteresis|adaptive)$/) },
  });
});

test('the hierarchy, paged by sites, brings at least each device that is there', async () => {
  interface Sites {
    readonly customer_id: string;
    readonly sites: readonly { rooms: readonly { thermostats: readonly { device_id: string }[] }[] }[];
    readonly next_cursor: string | null;
  }
  const pages = await client.pages<Sites>('/v1/customers/c-00001/hierarchy?limit=3');
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.every(({ sites, customer_id }) => sites.length <= 3 && customer_id === 'c-00001')).toBe(true);
  const listed = pages.flatMap(({ sites }) =>
    sites.flatMap(({ rooms }) =>
      rooms.flatMap(({ thermostats }) => thermostats.map(({ device_id }) => device_id)),
    ),
  );
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed).toEqual(expect.arrayContaining(devicesThere('c-00001')));
});

test('aggregates are the same by customer and by device', async () => {
  const pages = await client.pages<Listed>('/v1/customers/c-00001/aggregates?day=2026-11-20&limit=100');
  expect(idsOf(pages)).toEqual(devicesThere('c-00001'));
  for (const item of pages[0]?.items.slice(0, 5) ?? []) {
    const fine = await client.getJson(`/v1/devices/${item['device_id']}/aggregates?day=2026-11-20`);
    expect(fine).toEqual(item);
  }
  expect(pages[0]?.items[0]).toMatchObject({
    day: '2026-11-20',
    samples: expect.any(Number),
    rssi: { avg: expect.any(Number) },
  });
});

test('a removed device is gone', async () => {
  const there = new Set(devicesThere('c-00001'));
  const gone = Array.from({ length: 230 }, (_, index) => deviceId(index + 1)).find((id) => !there.has(id));
  const { status, text } = await client.get(`/v1/devices/${gone}/aggregates?day=2026-11-20`);
  expect(status).toBe(404);
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'device_removed' } });
});

test.each([
  ['/v1/customers?limit=0', 400, 'limit_invalid'],
  ['/v1/customers?limit=1001', 400, 'limit_invalid'],
  ['/v1/customers?cursor=abc', 400, 'cursor_invalid'],
  ['/v1/customers/c-00001/aggregates', 400, 'day_invalid'],
  ['/v1/customers/c-00001/aggregates?day=2026-02-30', 400, 'day_invalid'],
  ['/v1/customers/c-00009/devices/state', 404, 'customer_unknown'],
  ['/v1/customers/c-00003/devices/state', 404, 'customer_unknown'],
  ['/v1/customers/%E0%A4%A/devices/state', 404, 'customer_unknown'],
  ['/v1/devices/d-9999999/aggregates?day=2026-11-20', 404, 'device_unknown'],
  ['/v1/devices/d-0000250/aggregates?day=2026-11-20', 404, 'device_unknown'],
  ['/v1/nothing', 404, 'path_unknown'],
])('%s is answered by %i %s, with people in the error', async (path, status, code) => {
  const answer = await client.get(path);
  expect(answer.status).toBe(status);
  const { error } = JSON.parse(answer.text) as { error: Record<string, unknown> };
  expect(error['code']).toBe(code);
  expect(error['message']).toMatch(MARK_PATTERN);
  expect(Object.keys(error).some((key) => MARK_PATTERN.test(key))).toBe(true);
});

test('a cursor belongs to its list', async () => {
  const [page] = await client.pages<Listed>('/v1/customers/c-00001/devices/state?limit=5', 1);
  const cursor = page?.next_cursor;
  for (const path of [
    '/v1/customers/c-00002/devices/state',
    '/v1/customers/c-00001/aggregates?day=2026-11-20',
  ]) {
    const answer = await client.get(`${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`);
    expect(answer.status, path).toBe(400);
  }
});

test('who is not the client gets no token; who has none gets nothing', async () => {
  const wrong = Buffer.from('penstock-s1:wrong').toString('base64');
  const refused = await client.send(
    'POST',
    '/oauth/token',
    `Basic ${wrong}`,
    'grant_type=client_credentials',
  );
  expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('invalid_client') });
  const { username, password } = new URL(api.shards[0]?.url ?? '');
  const right = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  expect(await client.send('POST', '/oauth/token', right, 'grant_type=password')).toMatchObject({
    status: 400,
  });
  expect(await client.send('GET', '/oauth/token', right)).toMatchObject({ status: 405 });
  for (const authorization of ['', 'Bearer ', 'Bearer tok-0', right]) {
    const answer = await client.send('GET', '/v1/customers', authorization);
    expect(answer).toMatchObject({ status: 401, text: expect.stringContaining('token_invalid') });
    expect(answer.headers['www-authenticate']).toContain('invalid_token');
  }
  const other = clientOf(api, 's2');
  const { text } = await other.signIn();
  await other.close();
  const { access_token: foreign } = JSON.parse(text) as { access_token: string };
  expect(await client.send('GET', '/v1/customers', `Bearer ${foreign}`)).toMatchObject({ status: 401 });
  expect(await client.send('PUT', '/v1/customers', await bearer())).toMatchObject({ status: 405 });
});

async function bearer(): Promise<string> {
  const { access_token: token } = JSON.parse((await client.signIn()).text) as { access_token: string };
  return `Bearer ${token}`;
}

test('a token expires', () =>
  withApi({ tokenTtlMs: 1_500 }, async (_own, its) => {
    expect(await its.get('/v1/customers')).toMatchObject({ status: 200 });
    const refused = async () => (await its.get('/v1/customers')).status === 401;
    await waitFor(refused, { what: 'the token to expire' });
    await its.signIn();
    expect(await its.get('/v1/customers')).toMatchObject({ status: 200 });
  }));

test('beyond the limit there is 429 with the seconds to wait, and then it goes on', () =>
  withApi({ requestsPerSecond: 1, burst: 3 }, async (own, its) => {
    const statuses: number[] = [];
    let retryAfter: unknown;
    for (let nth = 0; nth < 5; nth += 1) {
      const { status, headers } = await its.get('/v1/customers');
      statuses.push(status);
      if (status === 429) retryAfter = headers['retry-after'];
    }
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    expect(statuses).toContain(429);
    expect(retryAfter).toBe('1');
    const letIn = async () => (await its.get('/v1/customers')).status === 200;
    await waitFor(letIn, { what: 'the limit to let calls through again', intervalMs: 100 });
    expect((await clientOfOther(own)).status).toBe(200);
  }));

/** Each shard has a limit of its own. */
async function clientOfOther(own: ShardApi) {
  const other = clientOf(own, 's2');
  try {
    return await other.get('/v1/customers');
  } finally {
    await other.close();
  }
}

test('two servers of one seed and instant say the same, another seed says something else', async () => {
  const path = '/v1/customers/c-00001/devices/state?limit=30';
  const say = (seed: number) => withApi({ seed }, async (_own, its) => (await its.get(path)).text);
  const [first, again, other] = await Promise.all([say(7), say(7), say(8)]);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test('a clock that moves moves the states', async () => {
  let nowMs = NOW;
  await withApi({ clock: () => nowMs }, async (_own, its) => {
    const before = await its.get('/v1/customers/c-00001/devices/state?limit=30');
    nowMs += 3_600_000;
    const after = await its.get('/v1/customers/c-00001/devices/state?limit=30');
    expect(after.text).not.toBe(before.text);
    expect(Date.parse(String(after.headers['date']))).toBe(nowMs);
  });
});

test('pages that are rendered once are the same pages, for an instant that stands still', async () => {
  let nowMs = NOW;
  const options = { preRendered: true, clock: () => nowMs };
  await withApi(options, async (own, its) => {
    expect(own.warm(50)).toBeGreaterThan(6);
    nowMs += 86_400_000;
    for (const path of [
      '/v1/customers',
      '/v1/customers/c-00001/devices/state',
      '/v1/customers/c-00001/hierarchy',
    ]) {
      const kept = await its.pages(`${path}?limit=50`);
      expect(await its.pages(`${path}?limit=50`)).toEqual(kept);
      expect(kept).toEqual(await client.pages(`${path}?limit=50`));
    }
    const fault = await own.scenario.add({ kind: 'truncated' });
    await expect(its.pages('/v1/customers?limit=50')).rejects.toThrow(SyntaxError);
    await fault();
    expect(await its.pages('/v1/customers?limit=50')).toHaveLength(1);
  });
});

test('personal data is marked in bodies, keys, headers and reason phrases', async () => {
  const ok = await client.get('/v1/customers/c-00001/devices/state?limit=100');
  expect(String(ok.headers['x-account-contact'])).toMatch(MARK_PATTERN);
  expect(ok.text.match(new RegExp(MARK_PATTERN, 'gi'))?.length).toBeGreaterThan(900);
  expect(ok.text).toMatch(/"[^"]*PII-[0-9a-f]{12}@example\.test":/);
  for (const path of [
    '/v1/customers',
    '/v1/customers/c-00001/hierarchy',
    '/v1/devices/d-0000001/aggregates?day=2026-11-20',
  ]) {
    expect((await client.get(path)).text, path).toMatch(MARK_PATTERN);
  }
  const cookies = [];
  for (let nth = 0; nth < 40; nth += 1)
    cookies.push((await client.get('/v1/customers?limit=1')).headers['set-cookie']);
  expect(cookies.filter(Boolean).join()).toMatch(MARK_PATTERN);
  expect(cookies).toContain(undefined);
});

test('fuzzed answers carry secrets on top of what they say, in errors too', () =>
  withApi({ fuzz: true }, async (_own, its) => {
    const path = '/v1/customers/c-00001/devices/state?limit=30';
    const plain = await client.get(path);
    const fuzzed = [await its.get(path), await its.get(path)];
    expect(fuzzed[0]?.text).not.toBe(fuzzed[1]?.text);
    for (const { text, headers } of fuzzed) {
      expect(text.length).toBeGreaterThan(plain.text.length);
      expect(JSON.parse(text)).toMatchObject(JSON.parse(plain.text) as object);
      expect(Object.keys(headers).some((name) => MARK_PATTERN.test(name))).toBe(true);
    }
    const error = await its.get('/v1/nothing');
    expect(JSON.parse(error.text)).toMatchObject({ error: { code: 'path_unknown' } });
    expect(error.text.length).toBeGreaterThan((await client.get('/v1/nothing')).text.length);
  }));

test('calls are counted by shard, endpoint, status and customer, before they are answered', () =>
  withApi({}, async (own, its) => {
    await its.getJson('/v1/customers');
    await its.get('/v1/customers/c-00001/devices/state');
    await its.get('/v1/customers/c-00001/devices/state');
    await its.get('/v1/devices/d-0000001/aggregates?day=x');
    const line = { shard: 's1', bytes: expect.any(Number) };
    expect(own.counters.list()).toEqual([
      { ...line, endpoint: 'token', status: 200, customer: null, calls: 1 },
      { ...line, endpoint: 'customers', status: 200, customer: null, calls: 1 },
      { ...line, endpoint: 'states', status: 200, customer: 'c-00001', calls: 2 },
      { ...line, endpoint: 'device-aggregates', status: 400, customer: 'c-00001', calls: 1 },
    ]);
    expect(own.counters.total({ endpoint: 'states' })).toBe(2);
    expect(own.counters.total({ status: 200 })).toBe(4);
    expect(own.counters.total({ shard: 's2' })).toBe(0);
    expect(own.counters.traffic('s1')).toEqual({ connections: 1, peakInFlight: 1 });
    own.counters.reset();
    expect(own.counters.list()).toEqual([]);
  }));

test('the environment names one URL a shard', () => {
  expect(Object.keys(sourceEnvironment(api.shards))).toEqual([
    'PENSTOCK_SOURCE_FLEET_S1_URL',
    'PENSTOCK_SOURCE_FLEET_S2_URL',
  ]);
  expect(sourceEnvironment(api.shards)['PENSTOCK_SOURCE_FLEET_S2_URL']).toMatch(
    /^http:\/\/penstock-s2:[0-9a-f]{24}@127\.0\.0\.1:\d+$/,
  );
});

test('stopping cuts idle connections and calls under way, and frees the ports', async () => {
  const own = await startShardApi({
    ...OPTIONS,
    scenario: { faults: [{ kind: 'timeout', endpoints: ['hierarchy'] }] },
  });
  const [idle, waiting] = [clientOf(own, 's1'), clientOf(own, 's1')];
  await idle.get('/v1/customers');
  const hung = waiting.get('/v1/customers/c-00001/hierarchy').catch((error: Error) => error.name);
  await waitFor(() => own.counters.total({ endpoint: 'hierarchy' }) === 1, { what: 'the call to hang' });
  await own.stop();
  await own.stop();
  expect(await hung).toMatch(/Error$/);
  await Promise.all([idle.close(), waiting.close()]);
  for (const { port } of own.shards) expect(await canConnect(port)).toBe(false);
});

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

test('a port that is taken fails the start, and nothing stays up', async () => {
  const taken = api.shards[1]?.port ?? 0;
  const before = await canConnect(taken - 1);
  const starting = startShardApi({ ...OPTIONS, firstPort: taken - 1 });
  await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(await canConnect(taken - 1)).toBe(before);
});
