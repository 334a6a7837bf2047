import { afterAll, beforeAll, expect, test } from 'vitest';
import { schedulerService } from '#services/scheduler/service.ts';
import type { Service } from '#shared/lifecycle/service.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';

const TOKEN = 'a-token-for-tests-only';
let platform: TestPlatform;
let service: Service;
let base: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  const input = await serviceInput(platform.environment, process.cwd(), false);
  const listening = Promise.withResolvers<number>();
  service = schedulerService({ ...input, onListening: listening.resolve });
  await service.start();
  base = `http://127.0.0.1:${await listening.promise}`;
});
afterAll(async () => {
  await service.stop(5_000);
  await platform.stop();
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says is looked at field by field.
  readonly body: any;
}

/** Every answer, whatever it was asked, is checked for what must never leave. */
async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${base}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
  });
  const text = await response.text();
  expect(text).not.toMatch(/^\s+at /m);
  expect(text).not.toContain('node_modules');
  expect(text).not.toContain(TOKEN);
  expect(text).not.toContain('postgres://');
  const type = response.headers.get('content-type') ?? '';
  const body = type.includes('json') ? JSON.parse(text) : undefined;
  return { status: response.status, type, text, headers: response.headers, body };
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
  call('/v1/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

function expectProblem(answer: Answer, status: number, ...words: string[]): void {
  expect(answer).toMatchObject({ status, type: expect.stringContaining('application/problem+json') });
  expect(answer.body).toMatchObject({ type: 'about:blank', title: expect.any(String), status });
  for (const word of words) expect(answer.body.detail).toContain(word);
}

test.each([
  ['none', {}],
  ['a wrong one', { authorization: 'Bearer a-token-for-tests-onlx' }],
  ['its beginning', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
  ['of another kind', { authorization: `Token ${TOKEN}` }],
  ['a password', { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` }],
])('without the token (%s) the API answers 401, whatever the path', async (_what, headers) => {
  for (const path of ['/v1/runs', '/v1/runs/rabc', '/v1/nothing']) {
    const response = await fetch(`${base}${path}`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    await response.text();
  }
});

test('a run is asked for, shown and listed', async () => {
  const made = await post({ pipeline: 'credit', streams: ['installments'], asOf: '2026-03-31' });
  expect(made.status).toBe(202);
  expect(made.body).toMatchObject({
    pipeline: 'credit',
    kind: 'manual',
    status: 'queued',
    streams: ['installments'],
    asOf: '2026-03-31',
    requestedBy: 'api',
  });
  expect(made.headers.get('location')).toBe(`/v1/runs/${made.body.runId}`);
  const shown = await call(`/v1/runs/${made.body.runId}`);
  expect(shown.status).toBe(200);
  expect(shown.body).toMatchObject({ runId: made.body.runId, manifest: null });
  const listed = await call('/v1/runs?pipeline=credit');
  expect(listed.body.runs.map((run: { runId: string }) => run.runId)).toContain(made.body.runId);
  const full = await post({ pipeline: 'credit', fullRefresh: true });
  expect(full.body.kind).toBe('full_refresh');
});

test('one idempotency key is one run: 202, then 200 with the same', async () => {
  const key = { 'idempotency-key': 'order-66' };
  const first = await post({ pipeline: 'credit' }, key);
  const second = await post({ pipeline: 'credit' }, key);
  expect([first.status, second.status]).toEqual([202, 200]);
  expect(second.body.runId).toBe(first.body.runId);
  const both = await Promise.all(
    [1, 2, 3, 4].map(() => post({ pipeline: 'credit' }, { 'idempotency-key': 'at-once' })),
  );
  expect(new Set(both.map(({ body }) => body.runId)).size).toBe(1);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 200, 200, 202]);
});

test('what does not exist is answered with the names there are', async () => {
  expectProblem(await post({ pipeline: 'credits' }), 400, 'credits', 'known=credit');
  expectProblem(
    await post({ pipeline: 'credit', streams: ['instalments'] }),
    400,
    'instalments',
    'cnpj_ws, installments',
  );
  expectProblem(await post({ pipeline: 'credit', schedule: 'nightly' }), 400, 'nightly', 'bronze');
  expectProblem(await call('/v1/runs/raaaaaaaaaaa'), 404, 'GET /v1/runs');
  expectProblem(await call('/v1/runs?before=raaaaaaaaaaa'), 400, 'no run with this id');
  expectProblem(await call('/v1/pipelines'), 404, '/v1/runs');
  expectProblem(await call('/nowhere'), 404, '/healthz');
});

test.each([
  ['bad JSON', '{"pipeline": "credit"', 400, 'JSON'],
  ['no object', '[]', 400, 'object'],
  ['no pipeline', {}, 400, 'pipeline'],
  ['an unknown field', { pipeline: 'credit', stream: 'installments' }, 400, 'stream'],
  ['a wrong type', { pipeline: 'credit', streams: 'installments' }, 400, 'streams'],
  ['no stream at all', { pipeline: 'credit', streams: [] }, 400, 'streams'],
  ['no date', { pipeline: 'credit', asOf: '2026-02-30' }, 400, 'asOf'],
  ['a pipeline that is inherited', { pipeline: '__proto__' }, 400, 'known=credit'],
  ['a schedule that is inherited', { pipeline: 'credit', schedule: 'constructor' }, 400, 'bronze'],
  ['a stream that is inherited', { pipeline: 'credit', streams: ['toString'] }, 400, 'installments'],
  ['too large a body', { pipeline: 'x'.repeat(70_000) }, 413, 'size'],
])('%s is refused in words', async (_what, body, status, word) => {
  expectProblem(await post(body), status, word);
});

test('what is not sent as JSON, has a mad key or a mad id is refused in words', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expectProblem(await post('pipeline=credit', form), 415, 'application/json');
  for (const key of ['x'.repeat(201), 'two words', '']) {
    expectProblem(await post({ pipeline: 'credit' }, { 'idempotency-key': key }), 400, 'Idempotency-Key');
  }
  expectProblem(await call('/v1/runs/%00'), 404);
  expectProblem(await call('/v1/runs/%E0%A4%A'), 400);
  for (const query of ['limit=0', 'limit=201', 'limit=x', 'status=done', 'sort=asc', 'before=%00']) {
    expectProblem(await call(`/v1/runs?${query}`), 400);
  }
});

test('pages follow one another without gap or repetition', async () => {
  for (let n = 0; n < 5; n += 1) await post({ pipeline: 'credit' }, { 'idempotency-key': `page-${n}` });
  const all = (await call('/v1/runs?limit=200')).body.runs.map((run: { runId: string }) => run.runId);
  const seen: string[] = [];
  for (let next: string | null = '', pages = 0; next !== null && pages < 50; pages += 1) {
    const { body } = await call(`/v1/runs?limit=2${next === '' ? '' : `&before=${next}`}`);
    expect(body.runs.length).toBeLessThanOrEqual(2);
    seen.push(...body.runs.map((run: { runId: string }) => run.runId));
    next = body.next;
  }
  expect(all.length).toBeGreaterThanOrEqual(5);
  expect(seen).toEqual(all);
});
