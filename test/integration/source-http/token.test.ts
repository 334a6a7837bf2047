import { expect, test } from 'vitest';
import { sendJson } from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { devices, idsOf } from '#test/support/http-source-parts.ts';

const start = useHttpBench();
const good = { items: devices(1), next_cursor: null };
const basic = `Basic ${Buffer.from('penstock:MARK-secret').toString('base64')}`;

test('100 tasks share one token and one renewal', async () => {
  const bench = await start(({ authorization }, response) =>
    authorization === `Bearer token-${bench.shard.tokens}`
      ? sendJson(response, good)
      : sendJson(response, {}, 401),
  );
  const readAll = () =>
    Promise.all(Array.from({ length: 100 }, (_, index) => idsOf(bench.snapshot(`c-${index}`))));
  await readAll();
  expect(bench.shard.tokens).toBe(1);
  // The API forgets the token: every task is refused with it, at about the same time.
  bench.shard.tokens += 1;
  await readAll();
  expect(bench.shard.tokens).toBe(3);
  expect(bench.calls.filter(({ outcome }) => outcome === 'HTTP_UNAUTHORIZED').length).toBeGreaterThan(0);
});

test('a token is asked for with the client and its secret, and renewed before it expires', async () => {
  const asked: string[] = [];
  const bench = await start((_, response) => sendJson(response, good), {
    source: { auth: { kind: 'client-credentials', path: '/oauth/token', renewBeforeMs: 200 } },
  });
  bench.shard.tokenHandler = ({ authorization, method }, response) => {
    asked.push(`${method} ${authorization}`);
    sendJson(response, { access_token: `t${asked.length}`, expires_in: 0.4 });
  };
  await idsOf(bench.snapshot());
  const from = performance.now();
  while (asked.length < 2) await idsOf(bench.snapshot());
  expect(performance.now() - from).toBeLessThan(390);
  expect(asked[0]).toBe(`POST ${basic}`);
  expect(bench.calls.map(({ outcome }) => outcome)).not.toContain('HTTP_UNAUTHORIZED');
});

test('a token that is refused once is renewed and the call repeated; twice in a row ends it', async () => {
  const bench = await start(({ authorization }, response) =>
    authorization === 'Bearer token-1' ? sendJson(response, {}, 401) : sendJson(response, good),
  );
  expect(await idsOf(bench.snapshot())).toEqual(['d-0']);
  bench.shard.handler = (_, response) => sendJson(response, {}, 401);
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({
    code: 'HTTP_UNAUTHORIZED',
    retry: 'terminal',
  });
  expect(bench.shard.requests).toHaveLength(4);
});

test.each([400, 401, 403])(
  'a client that is refused with %i is an error that waits for an operator',
  async (status) => {
    const bench = await start((_, response) => sendJson(response, good));
    bench.shard.tokenHandler = (_, response) => sendJson(response, { error: 'MARK' }, status);
    const error = await idsOf(bench.snapshot()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'HTTP_CREDENTIALS_REFUSED', retry: 'terminal', actor: 'operator' });
    expect(bench.shard.tokens).toBe(1);
  },
);

test.each([
  [{}],
  [null],
  [{ access_token: 'a', expires_in: 0 }],
  [{ access_token: 'a' }],
  [{ access_token: 'a\r\nx: y', expires_in: 10 }],
  [{ access_token: '', expires_in: 10 }],
])('a token answer of %o is unusable', async (answer) => {
  const bench = await start((_, response) => sendJson(response, good));
  bench.shard.tokenHandler = (_, response) => sendJson(response, answer);
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({ code: 'HTTP_TOKEN_UNUSABLE' });
  expect(bench.shard.requests).toHaveLength(0);
});

test('a token endpoint that fails for a while is asked again', async () => {
  const bench = await start((_, response) => sendJson(response, good));
  bench.shard.tokenHandler = (_, response) =>
    bench.shard.tokens < 3
      ? sendJson(response, {}, 503)
      : sendJson(response, { access_token: 'a', expires_in: '60' });
  expect(await idsOf(bench.snapshot())).toEqual(['d-0']);
});

test('without authentication no token is asked for', async () => {
  const bench = await start((_, response) => sendJson(response, good), { source: { auth: null } });
  await idsOf(bench.snapshot());
  expect(bench.shard.tokens).toBe(0);
  expect(bench.shard.requests[0]?.authorization).toBe('');
});
