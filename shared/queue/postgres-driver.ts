import {
  type IQueueBackend,
  type PostgresConnection,
  PostgresQueueBackend,
  type Processor,
  Queue,
} from 'bullmq';
import { throttleClaims } from './claim-throttle.ts';
import { CuttableWorker } from './cuttable-worker.ts';
import { PeriodTicker } from './period-ticker.ts';
import { postgresProblems } from './postgres-problems.ts';
import { createPostgresConnection, readyOrClosed } from './postgres-queue-connection.ts';
import { atTheEnd, TRIM_EVERY_MS, trimFinished } from './postgres-retention.ts';
import type { QueueSettings } from './queue-config.ts';
import type { BackendQueue, BuiltWorker, QueueDriver } from './queue-driver.ts';
import { pauseWhenSaturated } from './saturation-pause.ts';
import { settledWithin } from './within-deadline.ts';
import { workerOptions } from './worker-options.ts';

const PRODUCER_CONNECTIONS = 4;
const MAX_WORKER_CONNECTIONS = 10;

/** BullMQ on PostgreSQL, in a schema of its own. */
export function postgresDriver(settings: QueueSettings, onError: (error: unknown) => void): QueueDriver {
  const producer = new Producer(settings, onError);
  return {
    kind: 'postgres',
    capabilities: {
      exactGlobalConcurrency: true,
      cheapGlobalConcurrency: false,
      reliableEvents: false,
      exactRetention: false,
      indifferentToOpenTransactions: false,
      plannedJobsPerSecond: 1_000,
    },
    queue: (name) => producer.queue(name),
    worker: (name, processor, concurrency) => buildWorker(settings, onError, name, processor, concurrency),
    present: async (name, jobIds) => presentIds(await producer.connection(), name, jobIds),
    problems: async () => postgresProblems(await producer.connection(), settings.prefix),
    close: (deadlineMs) => producer.close(deadlineMs),
  };
}

/** One connection pool under all queue objects of the process. */
class Producer {
  readonly #settings: QueueSettings;
  readonly #onError: (error: unknown) => void;
  #building: Promise<PostgresConnection> | undefined;
  readonly #queues = new Map<string, BackendQueue>();

  constructor(settings: QueueSettings, onError: (error: unknown) => void) {
    this.#settings = settings;
    this.#onError = onError;
  }

  connection(): Promise<PostgresConnection> {
    this.#building ??= this.#build().catch((error: unknown) => {
      this.#building = undefined;
      throw error;
    });
    return this.#building;
  }

  async queue(name: string): Promise<BackendQueue> {
    const connection = await this.connection();
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const built = new Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend, unknown>(
      name,
      { connection },
      (queueName, _opts) =>
        new PostgresQueueBackend(connection, queueName, { connection: connection.pool }, false),
    );
    built.on('error', this.#onError);
    this.#queues.set(name, built);
    return built;
  }

  async close(deadlineMs: number): Promise<void> {
    const connection = await this.#building?.catch(() => undefined);
    if (connection !== undefined) await settledWithin(connection.close(), deadlineMs);
  }

  async #build(): Promise<PostgresConnection> {
    const { url, prefix, producerTimeoutMs } = this.#settings;
    const connection = createPostgresConnection(
      {
        url,
        schema: prefix,
        maxConnections: PRODUCER_CONNECTIONS,
        connectTimeoutMs: producerTimeoutMs,
        queryTimeoutMs: producerTimeoutMs * 3,
        durableCommits: true,
      },
      this.#onError,
    );
    await readyOrClosed(connection, connection.waitUntilReady(), producerTimeoutMs);
    return connection;
  }
}

async function buildWorker(
  settings: QueueSettings,
  onError: (error: unknown) => void,
  name: string,
  processor: Processor<unknown, unknown, string>,
  concurrency: number,
): Promise<BuiltWorker> {
  const connection = createPostgresConnection(
    {
      url: settings.url,
      schema: settings.prefix,
      maxConnections: Math.min(concurrency + 1, MAX_WORKER_CONNECTIONS),
      connectTimeoutMs: 5_000,
      queryTimeoutMs: Math.max(settings.lockMs, 5_000),
      durableCommits: false,
    },
    onError,
  );
  const worker = new CuttableWorker(
    name,
    processor,
    {
      ...workerOptions(settings, concurrency),
      removeOnComplete: atTheEnd(settings.retention.completedCount),
      removeOnFail: atTheEnd(settings.retention.failedCount),
      connection,
    },
    (queueName, opts) => {
      const options = { ...opts, connection: connection.pool };
      const backend = new PostgresQueueBackend(connection, queueName, options, true, queueName);
      return pauseWhenSaturated(throttleClaims(backend));
    },
  );
  worker.on('error', onError);
  await readyOrClosed(connection, worker.waitUntilReady(), settings.producerTimeoutMs * 2);
  const trimmer = new PeriodTicker(TRIM_EVERY_MS, () =>
    trimFinished(connection, name, settings.retention).catch(onError),
  );
  worker.on('closing', () => trimmer.stop());
  void trimmer.start();
  const cut = (): void => {
    trimmer.stop();
    void worker.abandonLocks();
    void connection.close().catch(() => undefined);
  };
  return { worker, cut };
}

async function presentIds(
  connection: PostgresConnection,
  queue: string,
  jobIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await connection.pool.query<{ id: string }>(
    `SELECT id FROM job
      WHERE queue = $1 AND id = ANY ($2::text[]) AND state IN ('waiting', 'delayed', 'active')`,
    [queue, jobIds],
  );
  return new Set(rows.map((row) => row.id));
}
