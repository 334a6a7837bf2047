import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { bullBoardRouter } from '#shared/queue/bull-board.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { rawQueue } from '#test/support/raw-queue.ts';

describeQueueBackends('Bull Board', (kind) => {
  const bench = useQueueBench(kind);
  const servers: Server[] = [];
  afterEach(() => Promise.all(servers.splice(0).map(stop)));

  async function serve(port: QueuePort, queues: readonly string[]): Promise<string> {
    const app = express();
    app.use('/queues', bullBoardRouter(port, { basePath: '/queues', queues }));
    const server = app.listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/queues`;
  }

  test('shows queues and jobs under its path, but no payload value, and takes no order', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await (await rawQueue(port, queue)).add('noop', { hidden: 'secret value' }, { jobId: 'noop-1-0' });
    const board = await serve(port, [queue]);
    const page = await fetch(`${board}/`);
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('<base href="/queues/" />');
    const asset = /href="(static\/css\/[^"]+)"/.exec(html)?.[1] ?? 'no asset found';
    expect((await fetch(new URL(asset, `${board}/`))).status).toBe(200);
    const listed = await (
      await fetch(`${board}/api/queues?activeQueue=${queue}&page=1&status=latest`)
    ).text();
    expect(listed).toContain('noop-1-0');
    expect(listed).toContain('hidden');
    expect(listed).not.toContain('secret value');
    for (const order of ['pause', 'obliterate', 'clean/wait', 'add'])
      expect((await fetch(`${board}/api/queues/${queue}/${order}`, { method: 'PUT' })).status).not.toBe(200);
    expect((await fetch(`${board}/api/queues/${queue}/pause`, { method: 'PUT' })).status).toBe(405);
    expect((await port.counts(queue)).waiting).toBe(1);
  });

  test('answers 503 while the server is away', async () => {
    const nowhere = kind === 'redis' ? 'redis://127.0.0.1:1' : 'postgres://nobody@127.0.0.1:1/none';
    const port = await bench.open({ url: nowhere, producerTimeoutMs: 200 });
    const board = await serve(port, ['main']);
    expect((await fetch(`${board}/`)).status).toBe(503);
  });
});

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
