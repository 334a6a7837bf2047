import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '#dev/servers/cache-folder.ts';
import { startPostgres } from '#dev/servers/postgres.ts';
import { startRedis } from '#dev/servers/redis.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';

export type QueueKind = 'postgres' | 'redis';

/** Servers of one bench; everything durable is written with fsync. */
export interface BenchServers {
  /** Source, ledger and warehouse, a database each. */
  readonly mainUrl: string;
  readonly queueUrl: string;
  /** For landing and scratch, on the disk of the servers. */
  readonly folder: string;
  stop(): Promise<void>;
}

const STOP_MS = 30_000;
const DURABLE = { fsync: 'on', full_page_writes: 'on' };
/** As `dev/platform.ts` has them, durable. */
const MAIN_SETTINGS = {
  ...DURABLE,
  jit: 'off',
  work_mem: '32MB',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '4GB',
};
/** The queue is transport: what the last moment before a power cut queued is queued again from the ledger. */
const QUEUE_SETTINGS = {
  ...DURABLE,
  max_connections: '100',
  shared_buffers: '32MB',
  synchronous_commit: 'off',
};

/** Starts what a platform needs: one PostgreSQL, and the queue's server. */
export async function startBenchServers(queue: QueueKind): Promise<BenchServers> {
  const releasers = new Releasers();
  const stop = async (): Promise<void> => void (await releasers.releaseAll(STOP_MS));
  try {
    const main = await startPostgres({ settings: MAIN_SETTINGS });
    releasers.add('main server', () => main.stop());
    const queueServer =
      queue === 'redis' ? await startRedis() : await startPostgres({ settings: QUEUE_SETTINGS });
    releasers.add('queue server', () => queueServer.stop());
    const folder = await mkdtemp(join(cacheFolder(), 'bench-'));
    releasers.add('folder', () => rm(folder, { recursive: true, force: true }));
    return { mainUrl: main.url, queueUrl: queueServer.url, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
