import { afterAll, beforeAll, expect, test } from 'vitest';
import { schedulerService } from '#services/scheduler/service.ts';
import { queues } from '#shared/contracts/jobs.ts';
import type { Service } from '#shared/lifecycle/service.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { openClient } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';

let platform: TestPlatform;
let service: Service;
let base: string;
let authorization: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  const input = await serviceInput(platform.environment, process.cwd(), false);
  authorization = `Basic ${Buffer.from(`anyone:${input.settings.apiToken}`).toString('base64')}`;
  const listening = Promise.withResolvers<number>();
  service = schedulerService({ ...input, onListening: listening.resolve });
  await service.start();
  base = `http://127.0.0.1:${await listening.promise}`;
  const client = await openClient(input);
  await client.queue.enqueue(queues.load, 'load', { taskId: '4711', generation: 3 });
  await client.close();
});
afterAll(async () => {
  await service.stop(5_000);
  await platform.stop();
});

const load = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, base), { ...init, headers: { authorization } });

test.each([
  ['nobody', {}],
  [
    'somebody with a wrong password',
    { authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` },
  ],
  ['a bearer of the token', { authorization: 'Bearer a-token-for-tests-only' }],
  ['garbage', { authorization: 'Basic !' }],
])('%s is asked to log in, for the page, its assets and its data alike', async (_who, headers) => {
  for (const path of ['/queues', '/queues/', '/queues/static/js/main.js', '/queues/api/queues']) {
    const response = await fetch(`${base}${path}`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    expect(await response.text()).not.toContain('4711');
  }
});

test('with a login the page loads with all it needs, from nowhere else', async () => {
  const response = await load('/');
  expect(response.url).toBe(`${base}/queues`);
  expect(response.status).toBe(200);
  const html = await response.text();
  const at = new URL(/<base href="([^"]+)"/.exec(html)?.[1] ?? 'no base', response.url);
  const assets = [...html.matchAll(/(?:src|href)="((?:\.\/)?static\/[^"]+)"/g)].map(([, path]) => path ?? '');
  expect(assets.length).toBeGreaterThan(3);
  for (const asset of assets) {
    const got = await load(new URL(asset, at).href);
    expect({ asset, status: got.status }).toEqual({ asset, status: 200 });
    await got.arrayBuffer();
  }
  // A browser lets nothing of another host in, such as the font the page names: without a way there it would wait for it.
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain('http');
});

test('it lists every queue, shows field names instead of payloads, and takes no order', async () => {
  const listed = await (await load('/queues/api/queues?activeQueue=load&page=1&status=latest')).text();
  for (const name of [queues.scheduler, queues.extract('main'), queues.load, queues.transform])
    expect(listed).toContain(`"${name}"`);
  const { queues: shown } = JSON.parse(listed) as {
    queues: { name: string; readOnlyMode: boolean; jobs: { id: string; data: unknown }[] }[];
  };
  expect(shown.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
  const job = shown.find(({ name }) => name === 'load')?.jobs[0];
  expect(job).toMatchObject({ id: 'load-4711-3', data: { fields: ['taskId', 'generation'] } });
  for (const order of ['pause', 'obliterate', 'empty', 'clean/wait', 'retry/failed', 'load-4711-3/clean']) {
    const response = await load(`/queues/api/queues/load/${order}`, { method: 'PUT' });
    expect({ order, refused: response.status >= 400 }).toEqual({ order, refused: true });
    await response.text();
  }
  const after = await (await load('/queues/api/queues?activeQueue=load&page=1&status=latest')).text();
  expect(after).toContain('load-4711-3');
});
