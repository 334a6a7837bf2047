import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue } from '#shared/queue/open-queue.ts';
import type { JobContext } from '#shared/queue/queue-port.ts';

/** Its only argument, as JSON. */
export interface WorkerOrders {
  readonly url: string;
  readonly prefix: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly globalConcurrency?: number;
  /** Omitted: the production settings. */
  readonly lockMs?: number;
  readonly stalledIntervalMs?: number;
  /** How long a job takes; it ends early when its signal fires. */
  readonly holdMs: number;
}

/** One line of its output, as JSON. */
export interface WorkerEvent {
  readonly event: 'ready' | 'start' | 'end' | 'aborted';
  readonly atMs: number;
  readonly jobId?: string;
  readonly delivery?: number;
  readonly reason?: string;
}

const orders = JSON.parse(process.argv[2] ?? '{}') as WorkerOrders;

function say(event: WorkerEvent['event'], details: Omit<WorkerEvent, 'event' | 'atMs'> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, atMs: Date.now(), ...details })}\n`);
}

async function hold(context: JobContext): Promise<void> {
  const { jobId, delivery, signal } = context;
  say('start', { jobId, delivery });
  try {
    await sleep(orders.holdMs, undefined, { signal });
    say('end', { jobId });
  } catch {
    const reason: unknown = signal.reason;
    const code = reason instanceof Error && 'code' in reason ? String(reason.code) : 'unknown';
    say('aborted', { jobId, reason: code });
    throw reason;
  }
}

const { url, prefix, lockMs, stalledIntervalMs, globalConcurrency } = orders;
const port = await openQueue({
  url,
  prefix,
  dead: { record: async () => undefined },
  onError: () => undefined,
  ...(lockMs === undefined ? {} : { lockMs }),
  ...(stalledIntervalMs === undefined ? {} : { stalledIntervalMs }),
});
const worker = await port.work(
  orders.queue,
  { noop: (_payload, context) => hold(context) },
  { concurrency: orders.concurrency, ...(globalConcurrency === undefined ? {} : { globalConcurrency }) },
);
await worker.ready();
say('ready');
