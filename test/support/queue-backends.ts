import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { PenstockError } from '#shared/errors/penstock-error.ts';
import { migrateQueue } from '#shared/queue/migrate-queue.ts';
import { openQueue } from '#shared/queue/open-queue.ts';
import type { QueueConfig } from '#shared/queue/queue-config.ts';
import type { DeadLetter, QueuePort } from '#shared/queue/queue-port.ts';
import { startOwnPostgres } from './own-postgres.ts';
import { testDatabase } from './postgres.ts';
import { describeWithRedis, startOwnRedis, testRedis } from './redis.ts';

export type BackendKind = 'redis' | 'postgres';

/** Runs one suite against both backends. */
export function describeQueueBackends(title: string, suite: (kind: BackendKind) => void): void {
  describeWithRedis(`${title} on Redis`, () => suite('redis'));
  describe(`${title} on PostgreSQL`, () => suite('postgres'));
}

export type QueueOverrides = Partial<Omit<QueueConfig, 'prefix'>>;

/** What a suite's tests work with. Ports opened through it are closed after each test. */
export interface QueueBench {
  readonly url: string;
  readonly prefix: string;
  /** Dead letters and background errors of the current test. */
  readonly letters: DeadLetter[];
  readonly errors: PenstockError[];
  open(overrides?: QueueOverrides): Promise<QueuePort>;
  /** A queue name no other test uses. */
  name(): string;
}

/** A queue on the run's shared servers. */
export function useQueueBench(kind: BackendKind): QueueBench {
  const bench = new Bench();
  let drop: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    if (kind === 'redis') {
      bench.url = (await testRedis()).url;
      return;
    }
    const database = await testDatabase();
    bench.url = database.url;
    drop = database.drop;
    await migrateQueue(bench);
  });
  afterEach(() => bench.closeAll());
  afterAll(() => drop());
  return bench;
}

/** A server of the suite's own, to be killed, frozen and restarted. */
export interface OwnQueueServer {
  readonly url: string;
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
  stop(): Promise<void>;
}

export interface OwnQueueBench extends QueueBench {
  readonly server: OwnQueueServer;
}

/** Durable enough to survive `kill` and `restart`; every test starts with it running. */
export function useOwnQueueBench(kind: BackendKind): OwnQueueBench {
  const bench = new OwnBench();
  beforeAll(async () => {
    bench.server = await startOwnServer(kind);
    bench.url = bench.server.url;
    await migrateQueue(bench);
  });
  afterEach(() => bench.closeAll());
  afterAll(() => bench.server.stop());
  return bench;
}

export async function startOwnServer(kind: BackendKind): Promise<OwnQueueServer> {
  if (kind === 'postgres') return startOwnPostgres();
  return startOwnRedis({ settings: { appendonly: 'yes', appendfsync: 'everysec' } });
}

class Bench implements QueueBench {
  url = '';
  readonly prefix = `q_${randomBytes(5).toString('hex')}`;
  readonly letters: DeadLetter[] = [];
  readonly errors: PenstockError[] = [];
  readonly #open: QueuePort[] = [];

  async open(overrides: QueueOverrides = {}): Promise<QueuePort> {
    const port = await openQueue({
      url: this.url,
      prefix: this.prefix,
      dead: { record: async (letter) => void this.letters.push(letter) },
      onError: (error) => void this.errors.push(error),
      lockMs: 1_000,
      stalledIntervalMs: 500,
      ...overrides,
    });
    this.#open.push(port);
    return port;
  }

  name(): string {
    return `t-${randomBytes(5).toString('hex')}`;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((port) => port.close({ deadlineMs: 2_000 })));
    this.letters.length = 0;
    this.errors.length = 0;
  }
}

class OwnBench extends Bench implements OwnQueueBench {
  #server: OwnQueueServer | undefined;

  get server(): OwnQueueServer {
    if (this.#server === undefined) throw new Error('the server is started in beforeAll');
    return this.#server;
  }

  set server(server: OwnQueueServer) {
    this.#server = server;
  }
}
