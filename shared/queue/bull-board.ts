import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import { type RequestHandler, Router } from 'express';
import type { QueuePort } from './queue-port.ts';

const POLL_SECONDS = 10;

export interface BullBoardOptions {
  /** Where the browser sees the board, e.g. `/queues`; a wrong one gives a page with broken assets. */
  readonly basePath: string;
  readonly queues: readonly string[];
}

/**
 * Router of a read-only Bull Board: states, failures and delays of jobs. It neither authenticates nor
 * writes; mount it behind the service's own authentication. Answers 503 while the queue server is away.
 */
export function bullBoardRouter(port: QueuePort, options: BullBoardOptions): Router {
  let building: Promise<RequestHandler> | undefined;
  const router = Router();
  router.use(async (request, response, next) => {
    building ??= buildBoard(port, options);
    try {
      const board = await building;
      board(request, response, next);
    } catch {
      building = undefined;
      response.status(503).type('text/plain').send('The queue server does not answer.\n');
    }
  });
  return router;
}

async function buildBoard(port: QueuePort, options: BullBoardOptions): Promise<RequestHandler> {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(options.basePath);
  const found = await port.bullBoardQueues(options.queues);
  const queues = found.map((queue) => redactedAdapter(queue as Queue));
  const pollingInterval = { forceInterval: POLL_SECONDS, showSetting: false };
  const uiConfig = { boardTitle: 'Penstock', hideRedisDetails: true, showWorkers: false, pollingInterval };
  // The express package brings a patch release of the API of its own, so the types differ by identity only.
  const server = serverAdapter as unknown as Parameters<typeof createBullBoard>[0]['serverAdapter'];
  createBullBoard({ queues, serverAdapter: server, options: { uiConfig } });
  return serverAdapter.getRouter() as RequestHandler;
}

/** Payloads hold ids only, but a malformed job may hold anything: only field names are shown. */
function redactedAdapter(queue: Queue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false });
  adapter.setFormatter('data', (data: unknown) => ({ fields: fieldNames(data) }));
  return adapter;
}

function fieldNames(data: unknown): string[] {
  return typeof data === 'object' && data !== null ? Object.keys(data) : [];
}
