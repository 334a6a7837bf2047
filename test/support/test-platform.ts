import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createOltpReader, createOltpSchema } from '#dev/oltp/fill.ts';
import { parseSettings } from '#shared/config/settings.ts';
import { migrateStores } from '#shared/runtime/migrate-stores.ts';
import { testDatabase } from './postgres.ts';
import { testRedis } from './redis.ts';

export type QueueKind = 'postgres' | 'redis';

/** Stores of one test: three fresh databases, a queue of its own, a landing folder. */
export interface TestPlatform {
  /** Variables as every service and the command line read them. */
  readonly environment: Readonly<Record<string, string>>;
  /** The OLTP owner's connection; the pipeline reads as `penstock_reader`. */
  readonly oltpUrl: string;
  readonly warehouseUrl: string;
  readonly ledgerUrl: string;
  readonly landingDir: string;
  /** Drops everything. Stop the services first. */
  stop(): Promise<void>;
}

/** The credit pipeline with a short margin. */
const QUICK_CONFIG = fileURLToPath(new URL('../fixtures/quick.config.ts', import.meta.url));

/** Times that make a death show within seconds; everything else is as in production. */
const QUICK_TIMES = {
  PENSTOCK_TICK_MS: '200',
  PENSTOCK_RECONCILE_MS: '400',
  PENSTOCK_LEASE_MS: '1500',
  PENSTOCK_QUEUE_LOCK_MS: '1000',
  PENSTOCK_RETRY_BASE_MS: '100',
  PENSTOCK_DRAIN_MS: '5000',
};

export interface TestPlatformOptions {
  readonly queue?: QueueKind;
  /** Where all databases are made; default the run's shared server. */
  readonly postgresUrl?: string;
  /** Replaces settings, e.g. a warehouse on a server of the test's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Makes the stores, the OLTP schema and the ledger's. */
export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const database = () => testDatabase(options.postgresUrl);
  const databases = await Promise.all([database(), database(), database(), database()]);
  const [oltp, warehouse, ledger, queue] = databases;
  await createOltpSchema(oltp.url);
  const landingDir = await mkdtemp(join(tmpdir(), 'penstock-landing-'));
  const queueUrl = options.queue === 'redis' ? (await testRedis()).url : queue.url;
  const environment = {
    PENSTOCK_LEDGER_URL: ledger.url,
    PENSTOCK_WAREHOUSE_URL: warehouse.url,
    PENSTOCK_QUEUE_URL: queueUrl,
    PENSTOCK_QUEUE_PREFIX: `t${randomBytes(5).toString('hex')}`,
    PENSTOCK_LANDING_URL: pathToFileURL(landingDir).href,
    PENSTOCK_WORK_DIR: join(landingDir, '.work'),
    PENSTOCK_SOURCE_OLTP_URL: await createOltpReader(oltp.url),
    PENSTOCK_CONFIG: QUICK_CONFIG,
    PENSTOCK_HTTP_PORT: '0',
    PENSTOCK_LOG_LEVEL: 'silent',
    PENSTOCK_API_TOKEN: 'a-token-for-tests-only',
    ...QUICK_TIMES,
    ...options.environment,
  };
  await migrateStores(parseSettings(environment));
  return {
    environment,
    oltpUrl: oltp.url,
    warehouseUrl: environment.PENSTOCK_WAREHOUSE_URL,
    ledgerUrl: environment.PENSTOCK_LEDGER_URL,
    landingDir,
    stop: async () => {
      await Promise.all(databases.map((database) => database.drop()));
      await rm(landingDir, { recursive: true, force: true });
    },
  };
}
