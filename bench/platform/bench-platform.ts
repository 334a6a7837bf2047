import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseSettings } from '#shared/config/settings.ts';
import { migrateStores } from '#shared/runtime/migrate-stores.ts';
import type { BenchServers } from './bench-servers.ts';
import { createDatabase, dropDatabase } from './databases.ts';

/** Empty stores on running servers: a ledger, a warehouse, a landing folder and a queue of their own. */
export interface BenchPlatform {
  readonly environment: Readonly<Record<string, string>>;
  readonly warehouseUrl: string;
  readonly ledgerUrl: string;
  drop(): Promise<void>;
}

const CONFIG = fileURLToPath(new URL('../bench.config.ts', import.meta.url));

/**
 * Makes a platform whose every setting is the default, but for those given.
 *
 * @param sources variables that say where the pipeline's sources are.
 */
export async function makeBenchPlatform(
  servers: BenchServers,
  sources: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchPlatform> {
  const id = randomBytes(4).toString('hex');
  const names = [`ledger_${id}`, `warehouse_${id}`] as const;
  const [ledgerUrl, warehouseUrl] = await Promise.all([
    createDatabase(servers.mainUrl, names[0]),
    createDatabase(servers.mainUrl, names[1]),
  ]);
  const landing = join(servers.folder, id);
  const environment = {
    PENSTOCK_LEDGER_URL: ledgerUrl,
    PENSTOCK_WAREHOUSE_URL: warehouseUrl,
    PENSTOCK_QUEUE_URL: servers.queueUrl,
    PENSTOCK_QUEUE_PREFIX: `b${id}`,
    ...sources,
    PENSTOCK_LANDING_URL: pathToFileURL(landing).href,
    PENSTOCK_WORK_DIR: join(landing, '.work'),
    PENSTOCK_CONFIG: CONFIG,
    PENSTOCK_HTTP_PORT: '0',
    PENSTOCK_LOG_LEVEL: 'warn',
    ...settings,
  };
  await migrateStores(parseSettings(environment));
  const drop = async (): Promise<void> => {
    for (const name of names) await dropDatabase(servers.mainUrl, name);
  };
  return { environment, ledgerUrl, warehouseUrl, drop };
}
