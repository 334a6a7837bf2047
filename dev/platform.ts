import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { type FleetSources, startFleetSources } from './fleet-sources.ts';
import { keptLandingFolder, temporaryLandingFolder } from './landing-folder.ts';
import { createOltpReader, createOltpSchema } from './oltp/fill.ts';
import { durableDataDir, type PostgresServer, startPostgres } from './servers/postgres.ts';
import { startRedis } from './servers/redis.ts';
import type { ShardApiOptions } from './shard-api/options.ts';

export type QueueKind = 'postgres' | 'redis';

/** Everything a laptop needs, running: servers and a landing folder. */
export interface DevPlatform {
  /** Variables as `parseSettings` reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Owner's connection to the OLTP database; the pipeline itself reads as `penstock_reader`. */
  readonly oltpOwnerUrl: string;
  /** A superuser's connection to the warehouse, for people. */
  readonly warehouseUrl: string;
  /** Root of landing, archive and quarantine. */
  readonly landingDir: string;
  /** The sources of the fleet pipeline, if they were asked for. */
  readonly fleet?: FleetSources;
  /** Stops the servers; what was not to be kept is removed. */
  stop(): Promise<void>;
}

export interface DevPlatformOptions {
  /** Names the data that is kept between starts; undefined starts on empty temporary clusters. */
  readonly keep?: string;
  /** Default `postgres`: a server of its own. */
  readonly queue?: QueueKind;
  /** Also starts the simulated shards of the fleet pipeline and its battery database; `{}` for all defaults. */
  readonly fleet?: ShardApiOptions;
}

/**
 * Small servers: a laptop runs both beside an editor. Compiling a statement costs more than its rows here, so no JIT; the
 * sorts of a demo fit into the memory given to each.
 */
const MAIN_SETTINGS = {
  jit: 'off',
  work_mem: '32MB',
  max_connections: '200',
  max_prepared_transactions: '10',
  shared_buffers: '128MB',
  max_wal_size: '4GB',
};
/**
 * The queue has a server of its own, since any writing transaction of a cluster slows BullMQ's queries on it down
 * by keeping dead rows alive (docs/decisions: queue port).
 */
const QUEUE_SETTINGS = { max_connections: '100', shared_buffers: '32MB', synchronous_commit: 'off' };
const STOP_MS = 20_000;

/**
 * Starts the servers, makes the databases, the OLTP schema and the reader's role.
 *
 * @throws the errors of `dev/servers` and of `startFleetSources`; nothing is left running then.
 */
export async function startDevPlatform(options: DevPlatformOptions): Promise<DevPlatform> {
  const releasers = new Releasers();
  const stop = async (): Promise<void> => void (await releasers.releaseAll(STOP_MS));
  try {
    const [main, queueUrl] = await startServers(options, releasers);
    await makeDatabases(main, ['ledger', 'warehouse', 'oltp']);
    const oltpOwnerUrl = databaseUrl(main, 'oltp');
    await createOltpSchema(oltpOwnerUrl);
    const readerUrl = await createOltpReader(oltpOwnerUrl);
    const fleet = await fleetSources(options, main, releasers);
    const landingDir = await landingFolder(options, releasers);
    return {
      environment: {
        PENSTOCK_LEDGER_URL: databaseUrl(main, 'ledger'),
        PENSTOCK_WAREHOUSE_URL: databaseUrl(main, 'warehouse'),
        PENSTOCK_QUEUE_URL: queueUrl,
        PENSTOCK_SOURCE_OLTP_URL: readerUrl,
        ...fleet?.environment,
        PENSTOCK_LANDING_URL: pathToFileURL(landingDir).href,
        PENSTOCK_WORK_DIR: join(landingDir, '.work'),
      },
      oltpOwnerUrl,
      warehouseUrl: databaseUrl(main, 'warehouse'),
      landingDir,
      ...(fleet === undefined ? {} : { fleet }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fleetSources(
  { fleet }: DevPlatformOptions,
  main: PostgresServer,
  releasers: Releasers,
): Promise<FleetSources | undefined> {
  if (fleet === undefined) return undefined;
  await makeDatabases(main, ['battery']);
  return startFleetSources(databaseUrl(main, 'battery'), fleet, releasers);
}

async function startServers(
  options: DevPlatformOptions,
  releasers: Releasers,
): Promise<readonly [PostgresServer, string]> {
  const dataDir = (name: string) =>
    options.keep === undefined ? {} : { dataDir: durableDataDir(`${options.keep}-${name}`) };
  const startQueue = () =>
    options.queue === 'redis'
      ? startRedis()
      : startPostgres({ ...dataDir('queue'), settings: QUEUE_SETTINGS });
  const starting = [startPostgres({ ...dataDir('main'), settings: MAIN_SETTINGS }), startQueue()] as const;
  // Both are waited for even when one fails, or the other would be left running.
  const started = await Promise.allSettled(starting);
  for (const result of started) {
    if (result.status === 'fulfilled') releasers.add('server', () => result.value.stop());
  }
  const [main, queue] = await Promise.all(starting);
  return [main, queue.url];
}

async function landingFolder({ keep }: DevPlatformOptions, releasers: Releasers): Promise<string> {
  if (keep === undefined) return temporaryLandingFolder(releasers);
  const folder = keptLandingFolder(keep);
  await mkdir(folder, { recursive: true });
  return folder;
}

function databaseUrl(server: PostgresServer, name: string): string {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function makeDatabases(server: PostgresServer, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.url, application_name: 'penstock-dev' });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    const there = new Set(rows.map((row) => row.datname));
    for (const name of names) {
      if (!there.has(name)) await client.query(`create database ${quoteIdent(name)}`);
    }
  } finally {
    await client.end();
  }
}
