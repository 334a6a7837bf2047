import {
  type ConnectionOptions,
  createRedisBackend,
  type IQueueBackend,
  type Processor,
  Queue,
  type QueueBaseOptions,
} from 'bullmq';
import { throttleClaims } from './claim-throttle.ts';
import { CuttableWorker } from './cuttable-worker.ts';
import type { QueueSettings } from './queue-config.ts';
import type { BackendQueue, BuiltWorker, QueueDriver } from './queue-driver.ts';
import { RedisClients } from './redis-clients.ts';
import { redisProblems } from './redis-problems.ts';
import { workerOptions } from './worker-options.ts';

const PIPELINE_IDS = 1000;
/** Nobody reads the events; on Redis every queue keeps a stream of them. */
const EVENTS_KEPT = 100;

/** BullMQ on Redis. */
export function redisDriver(settings: QueueSettings, onError: (error: unknown) => void): QueueDriver {
  const clients = new RedisClients(settings.url, settings.producerTimeoutMs, onError);
  const queues = new Map<string, BackendQueue>();

  const queue = async (name: string): Promise<BackendQueue> => {
    const connection = await clients.producer();
    const known = queues.get(name);
    if (known !== undefined) return known;
    const streams = { events: { maxLen: EVENTS_KEPT } };
    const built = new Queue(name, { connection, prefix: settings.prefix, streams });
    built.on('error', onError);
    const typed = built as unknown as BackendQueue;
    queues.set(name, typed);
    return typed;
  };

  return {
    kind: 'redis',
    capabilities: {
      exactGlobalConcurrency: true,
      cheapGlobalConcurrency: true,
      reliableEvents: false,
      exactRetention: true,
      indifferentToOpenTransactions: true,
      plannedJobsPerSecond: 10_000,
    },
    queue,
    worker: (name, processor, concurrency) =>
      buildWorker(clients, settings, onError, name, processor, concurrency),
    present: async (name, jobIds) => {
      const { toKey } = await queue(name);
      return presentIds(await clients.producer(), toKey, jobIds);
    },
    problems: async () => redisProblems(await clients.producer()),
    close: (deadlineMs) => clients.close(deadlineMs),
  };
}

async function buildWorker(
  clients: RedisClients,
  settings: QueueSettings,
  onError: (error: unknown) => void,
  name: string,
  processor: Processor<unknown, unknown, string>,
  concurrency: number,
): Promise<BuiltWorker> {
  const connection = await clients.worker();
  let backend: ReturnType<typeof createRedisBackend> | undefined;
  const options = { ...workerOptions(settings, concurrency), connection, prefix: settings.prefix };
  const worker = new CuttableWorker(
    name,
    processor,
    options,
    (queueName, opts, factoryOptions): IQueueBackend => {
      const redisOptions = opts as QueueBaseOptions<ConnectionOptions>;
      backend = throttleClaims(createRedisBackend(queueName, redisOptions, factoryOptions));
      return backend;
    },
  );
  worker.on('error', onError);
  await worker.waitUntilReady();
  const cut = (): void => {
    void worker.abandonLocks();
    void backend?.blockingConnection?.close(true).catch(() => undefined);
  };
  return { worker, cut };
}

/** A job that has a hash without a finish time waits, is delayed or runs. */
async function presentIds(
  client: Awaited<ReturnType<RedisClients['producer']>>,
  toKey: (id: string) => string,
  jobIds: readonly string[],
): Promise<Set<string>> {
  const present = new Set<string>();
  for (let from = 0; from < jobIds.length; from += PIPELINE_IDS) {
    const chunk = jobIds.slice(from, from + PIPELINE_IDS);
    const pipeline = client.pipeline();
    for (const id of chunk) pipeline.hmget(toKey(id), 'timestamp', 'finishedOn');
    const replies = (await pipeline.exec()) ?? [];
    for (const [index, [error, fields]] of replies.entries()) {
      if (error !== null) throw error;
      const id = chunk[index];
      if (id !== undefined && Array.isArray(fields) && fields[0] !== null && fields[1] === null)
        present.add(id);
    }
  }
  return present;
}
