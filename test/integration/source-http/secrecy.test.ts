import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendJson } from '#test/support/http-shard.ts';
import { type HttpBench, useHttpBench } from '#test/support/http-source-bench.ts';
import { batchesOf, devices } from '#test/support/http-source-parts.ts';

/*
 * Whatever an API sends, rows are the only way on for it. Marks stand in every place an API can write to, and in the client's
 * own secrets; nothing that is thrown, counted or reported may hold one.
 */

const MARK = /MARK|TUFSS/; // TUFSS begins its base64, as in the Basic header of the client `MARK…`.
const start = useHttpBench();
const warnings: Error[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning);
beforeAll(() => void process.on('warning', onWarning));
afterAll(() => void process.off('warning', onWarning));

const marked = {
  'x-trace': 'MARK-header',
  'set-cookie': 'session=MARK-cookie',
  'retry-after': '0',
  etag: '"MARK-etag"',
};

const ok = (response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): void => {
  response.writeHead(200, 'MARK-reason', { ...marked, 'content-type': 'application/json', ...headers });
  response.end(body);
};

const row = { device_id: 'd-0', MARK_key: 'MARK-value', deep: [{ 'MARK@example.org': ['MARK'] }] };
const answers: [string, (response: ServerResponse) => void][] = [
  ...[301, 400, 401, 403, 404, 405, 410, 422, 429, 500, 501, 503, 599].map(
    (status): [string, (response: ServerResponse) => void] => [
      `status ${status}`,
      (response) => {
        response.writeHead(status, 'MARK-reason', { ...marked, location: 'http://MARK:MARK@127.0.0.1/MARK' });
        response.end(JSON.stringify({ error: 'MARK', 'MARK-key': 1 }));
      },
    ],
  ),
  ['broken JSON', (response) => ok(response, '{"items":[{"MARK":MARK')],
  ['a broken word', (response) => ok(response, '{"items":[MARK]}')],
  [
    'a broken word in a large body',
    (response) => ok(response, `{"items":["${'x'.repeat(9_000_000)}",MARK]}`),
  ],
  [
    'a large body that ends early',
    (response) => ok(response, `{"items":[${'"MARK",'.repeat(1_300_000)}"MARK`),
  ],
  ['another key', (response) => ok(response, '{"MARK":[]}')],
  ['another shape', (response) => ok(response, '{"items":"MARK"}')],
  [
    'an unreadable cursor',
    (response) => ok(response, JSON.stringify({ items: [row], next_cursor: { MARK: 'MARK' } })),
  ],
  [
    'a cursor that loops',
    (response) => ok(response, JSON.stringify({ items: [row], next_cursor: 'MARK-cursor' })),
  ],
  [
    'broken UTF-8',
    (response) => ok(response, Buffer.concat([Buffer.from('{"items":["MARK'), Buffer.from([0xff, 0x22])])),
  ],
  ['another type', (response) => ok(response, 'MARK', { 'content-type': 'text/MARK; charset=MARK' })],
  ['another encoding', (response) => ok(response, 'MARK', { 'content-encoding': 'MARK' })],
  ['broken gzip', (response) => ok(response, 'MARK', { 'content-encoding': 'gzip' })],
  [
    'cut gzip',
    (response) => ok(response, gzipSync('MARK'.repeat(1000)).subarray(0, 30), { 'content-encoding': 'gzip' }),
  ],
  ['a wrong length', (response) => ok(response, 'MARK', { 'content-length': '2' })],
  ['no HTTP', (response) => void response.socket?.end('MARK / MARK\r\nMARK: MARK\r\n\r\nMARK')],
  [
    'a broken header',
    (response) => void response.socket?.end('HTTP/1.1 200 MARK\r\nMA RK\u0000: MARK\r\n\r\n'),
  ],
  [
    'a huge header',
    (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${'MARK'.repeat(20_000)}\r\n\r\n`),
  ],
  [
    'broken chunks',
    (response) =>
      void response.socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nMARK\r\nMARK'),
  ],
  ['a reset', (response) => void response.socket?.resetAndDestroy()],
];

/** All that can be found out about what a read left behind, the rows left out. */
function traces(bench: HttpBench, error: unknown, stats: unknown): string {
  return inspect([error, stats, bench.calls, bench.breaker, warnings], {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
  });
}

const bearing = (bench: HttpBench): HttpBench => {
  bench.shard.tokenHandler = (_, response) =>
    sendJson(response, { access_token: 'MARK-token', expires_in: 60 });
  return bench;
};

test('the search finds a mark wherever it is planted', async () => {
  const bench = await start((_, response) => ok(response, '{}'));
  const planted = Object.assign(new Error('x', { cause: { deep: [{ 'MARK-key': 1 }] } }), { facts: {} });
  expect(traces(bench, planted, {})).toMatch(MARK);
  expect(traces(bench, undefined, { errors: { MARK: 1 } })).toMatch(MARK);
  expect(traces(bench, Buffer.from('MARK-client:secret').toString('base64'), {})).toMatch(MARK);
});

test.each(answers)('of %s nothing is left in errors, counts and reports of a snapshot', async (_, answer) => {
  const bench = bearing(await start((_request, response) => answer(response), { limits: { attempts: 2 } }));
  const read = bench.snapshot();
  const error = await batchesOf(read).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  expect(traces(bench, error, read.stats())).not.toMatch(MARK);
});

test.each(answers)(
  'of %s nothing is left when it answers for one device, or for a token',
  async (name, answer) => {
    const bench = bearing(
      await start(
        ({ path }, response) => {
          if (path.endsWith('/hierarchy')) {
            return sendJson(response, {
              sites: [{ rooms: [{ thermostats: [...devices(3), { device_id: 'MARK-device' }] }] }],
            });
          }
          if (path.includes('MARK-device') || path.includes('/customers/')) return answer(response);
          sendJson(response, { device_id: path.split('/')[3] });
        },
        { limits: { attempts: 1 } },
      ),
    );
    const read = bench.period(['2026-03-01']);
    const ended = await batchesOf(read).catch((caught: unknown) => caught);
    const error = Array.isArray(ended) ? undefined : ended;
    expect(traces(bench, error, read.stats())).not.toMatch(MARK);

    const refused = await start((_, response) => sendJson(response, { items: [] }), {
      limits: { attempts: 1 },
    });
    refused.shard.tokenHandler = (_, response) => answer(response);
    const token = await batchesOf(refused.snapshot()).catch((caught: unknown) => caught);
    expect([name, token]).toEqual([name, expect.any(Error)]);
    expect(traces(refused, token, refused.snapshot().stats())).not.toMatch(MARK);
  },
);

test('client, secret and token are in no error of a shard that is dead', async () => {
  const bench = await start((_, response) => ok(response, '{}'));
  await bench.shard.stop();
  const error = await batchesOf(bench.snapshot()).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE' });
  expect(traces(bench, error, {})).not.toMatch(/MARK|penstock:/);
  await bench.shard.listen(0);
});
