import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sendJson, sendText } from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { devices, idsOf } from '#test/support/http-source-parts.ts';

const start = useHttpBench();
const good = { items: devices(3), next_cursor: null };
const body = JSON.stringify(good);

/** Answers badly so many times, then well. */
function failing(times: number, bad: (response: ServerResponse) => void) {
  let calls = 0;
  return (_: unknown, response: ServerResponse): void => {
    calls += 1;
    if (calls <= times) bad(response);
    else sendJson(response, good);
  };
}

const passing: [string, string, (response: ServerResponse) => void][] = [
  ['429', 'HTTP_RATE_LIMITED', (response) => sendJson(response, {}, 429)],
  ['500', 'HTTP_SERVER_ERROR', (response) => sendJson(response, {}, 500)],
  ['502', 'HTTP_SERVER_ERROR', (response) => sendJson(response, {}, 502)],
  ['503', 'HTTP_SERVER_ERROR', (response) => sendJson(response, {}, 503)],
  ['504', 'HTTP_SERVER_ERROR', (response) => sendJson(response, {}, 504)],
  ['408', 'HTTP_TIMED_OUT', (response) => sendJson(response, {}, 408)],
  [
    'a reset before the head',
    'HTTP_CONNECTION_BROKEN',
    (response) => void response.socket?.resetAndDestroy(),
  ],
  [
    'a reset mid-body',
    'HTTP_CONNECTION_BROKEN',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.write(body.slice(0, 20), () => response.socket?.resetAndDestroy());
    },
  ],
  [
    'a body shorter than said',
    'HTTP_CONNECTION_BROKEN',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.write(body.slice(0, 20), () => response.socket?.end());
    },
  ],
  [
    'a chunked body without its end',
    'HTTP_CONNECTION_BROKEN',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(body, () => response.socket?.destroy());
    },
  ],
  ['no HTTP at all', 'HTTP_CONNECTION_BROKEN', (response) => void response.socket?.end('MARK hello\r\n\r\n')],
  ['truncated JSON', 'HTTP_MALFORMED_BODY', (response) => sendText(response, body.slice(0, 20))],
  ['NaN', 'HTTP_MALFORMED_BODY', (response) => sendText(response, '{"items":[{"t":NaN}]}')],
  ['an empty body', 'HTTP_MALFORMED_BODY', (response) => sendText(response, '')],
  [
    'broken gzip',
    'HTTP_MALFORMED_BODY',
    (response) => sendText(response, body, { 'content-encoding': 'gzip' }),
  ],
  [
    'an unknown encoding',
    'HTTP_WRONG_CONTENT_TYPE',
    (response) => sendText(response, body, { 'content-encoding': 'br' }),
  ],
  [
    'HTML',
    'HTTP_WRONG_CONTENT_TYPE',
    (response) => sendText(response, '<html>', { 'content-type': 'text/html' }),
  ],
  [
    'another charset',
    'HTTP_WRONG_CONTENT_TYPE',
    (response) => sendText(response, body, { 'content-type': 'application/json; charset=latin1' }),
  ],
  ['no content', 'HTTP_WRONG_CONTENT_TYPE', (response) => void response.writeHead(204).end()],
  ['an error with status 200', 'HTTP_UNEXPECTED_SHAPE', (response) => sendJson(response, { error: 'MARK' })],
];

test.each(passing)('after %s the call is repeated', async (_, code, bad) => {
  const bench = await start(failing(1, bad));
  const read = bench.snapshot();
  expect(await idsOf(read)).toEqual(['d-0', 'd-1', 'd-2']);
  expect(read.stats()).toMatchObject({
    retries: 1,
    errors: { [code]: 1 },
    calls: { coarse: 2 },
    duplicates: 0,
  });
});

test.each(passing)('%s for ever is given up after the declared attempts', async (_, code, bad) => {
  const bench = await start((_request, response) => bad(response), { limits: { attempts: 2 } });
  const error = await idsOf(bench.snapshot()).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code, retry: 'retryable', facts: { shard: 's1' } });
  expect(String(error)).not.toContain('MARK');
  expect(bench.shard.requests).toHaveLength(2);
});

test.each([
  [400, 'HTTP_REQUEST_REFUSED'],
  [403, 'HTTP_FORBIDDEN'],
  [404, 'HTTP_NOT_FOUND'],
  [405, 'HTTP_METHOD_NOT_ALLOWED'],
  [410, 'HTTP_GONE'],
  [422, 'HTTP_REQUEST_REFUSED'],
  [501, 'HTTP_NOT_IMPLEMENTED'],
  [302, 'HTTP_REDIRECTED'],
])('%i ends the call at once', async (status, code) => {
  const bench = await start((_, response) =>
    sendJson(response, { MARK: 1 }, status, { location: 'http://127.0.0.1:1/MARK' }),
  );
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({ code, retry: 'terminal', facts: { status } });
  expect(bench.shard.requests).toHaveLength(1);
});

test('an answer that takes too long is given up in its time, head and body together', async () => {
  const slow = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  };
  const bench = await start(failing(1, slow), { limits: { requestTimeoutMs: 300 } });
  const read = bench.snapshot();
  expect(await idsOf(read)).toHaveLength(3);
  expect(read.stats().errors).toEqual({ HTTP_TIMED_OUT: 1 });
  const [timedOut] = bench.calls.filter(({ outcome }) => outcome === 'HTTP_TIMED_OUT');
  expect(timedOut?.ms).toBeGreaterThan(250);
  expect(timedOut?.ms).toBeLessThan(900);
});

test('a slice has a time of its own over all its calls', async () => {
  const bench = await start((_, response) => sendJson(response, {}, 503), {
    limits: { sliceTimeoutMs: 400, attempts: 100, breaker: { failures: 1_000, resetMs: 1 } },
  });
  const from = performance.now();
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({
    code: 'HTTP_SLICE_TIMED_OUT',
    retry: 'retryable',
  });
  expect(performance.now() - from).toBeLessThan(1_000);
});

test('Retry-After is waited for, and after a 429 holds back the whole shard', async () => {
  const bench = await start(failing(1, (response) => sendJson(response, {}, 429, { 'retry-after': '1' })));
  await idsOf(bench.snapshot());
  const [first, second] = bench.shard.requests.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(995);
  expect(bench.buckets.pauses).toEqual([1_000]);
});

test('Retry-After of a 503 is waited for as a date, too', async () => {
  const when = (): string => new Date(Date.now() + 2_000).toUTCString();
  const bench = await start(failing(1, (response) => sendJson(response, {}, 503, { 'retry-after': when() })));
  await idsOf(bench.snapshot());
  const [first, second] = bench.shard.requests.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(900);
  expect(bench.buckets.pauses).toEqual([]);
});

test('a long error body costs a connection, a short one does not', async () => {
  const long = Buffer.alloc(1_000_000, 'x');
  let calls = 0;
  const bench = await start((_, response) => {
    calls += 1;
    response.writeHead(calls > 2 ? 200 : 500, { 'content-type': 'application/json' });
    response.end(calls > 2 ? body : calls === 1 ? long : 'short');
  });
  await idsOf(bench.snapshot());
  expect(bench.shard.sockets).toBeLessThanOrEqual(2);
});
