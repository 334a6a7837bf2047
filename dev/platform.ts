import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { createOltpReader, createOltpSchema } from './oltp/fill.ts';
import { cacheFolder } from './servers/cache-folder.ts';
import { durableDataDir, type PostgresServer, startPostgres } from './servers/postgres.ts';

/** Everything a laptop needs, running: two PostgreSQL servers and a landing folder. */
export interface DevPlatform {
  /** Variables as `parseSettings` reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Owner's connection to the OLTP database; the pipeline itself reads as `penstock_reader`. */
  readonly oltpOwnerUrl: string;
  /** A superuser's connection to the warehouse, for people. */
  readonly warehouseUrl: string;
  stop(): Promise<void>;
}

export interface DevPlatformOptions {
  /** Names the data that is kept between starts; undefined starts on empty temporary clusters. */
  readonly keep?: string;
  /** Starts from nothing even if kept data is there. */
  readonly landingDir?: string;
}

/** Small servers: a laptop runs both beside an editor. */
const MAIN_SETTINGS = {
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

/**
 * Starts both servers, makes the databases, the OLTP schema and the reader's role.
 *
 * @throws the errors of `dev/servers`.
 */
export async function startDevPlatform(options: DevPlatformOptions): Promise<DevPlatform> {
  const dataDir = (name: string) =>
    options.keep === undefined ? {} : { dataDir: durableDataDir(`${options.keep}-${name}`) };
  const servers = await Promise.all([
    startPostgres({ ...dataDir('main'), settings: MAIN_SETTINGS }),
    startPostgres({ ...dataDir('queue'), settings: QUEUE_SETTINGS }),
  ]);
  const [main, queue] = servers;
  await makeDatabases(main, ['ledger', 'warehouse', 'oltp']);
  const oltpOwnerUrl = databaseUrl(main, 'oltp');
  await createOltpSchema(oltpOwnerUrl);
  const readerUrl = await createOltpReader(oltpOwnerUrl);
  const root = options.landingDir ?? join(cacheFolder(), 'landing', options.keep ?? String(process.pid));
  await mkdir(root, { recursive: true });
  return {
    environment: {
      PENSTOCK_LEDGER_URL: databaseUrl(main, 'ledger'),
      PENSTOCK_WAREHOUSE_URL: databaseUrl(main, 'warehouse'),
      PENSTOCK_QUEUE_URL: queue.url,
      PENSTOCK_SOURCE_OLTP_URL: readerUrl,
      PENSTOCK_LANDING_URL: pathToFileURL(root).href,
      PENSTOCK_WORK_DIR: join(root, '.work'),
    },
    oltpOwnerUrl,
    warehouseUrl: databaseUrl(main, 'warehouse'),
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
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
