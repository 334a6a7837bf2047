import { runMigrations } from 'bullmq';
import pg from 'pg';
import { classifyQueueError } from './classify-queue-error.ts';
import { backendOf, checkPrefix } from './queue-url.ts';

/**
 * Creates or upgrades the queue's own schema. On Redis there is nothing to do.
 *
 * Safe to run from many processes at once: the whole migration is one transaction under an advisory lock.
 *
 * @param config.prefix the schema; the role needs CREATE on the database.
 * @throws PenstockError `QUEUE_UNREACHABLE`, `QUEUE_PERMISSION_DENIED`, `QUEUE_URL_UNSUPPORTED`, `QUEUE_PREFIX_INVALID`.
 */
export async function migrateQueue(config: { readonly url: string; readonly prefix: string }): Promise<void> {
  checkPrefix(config.prefix);
  if (backendOf(config.url) === 'redis') return;
  const client = new pg.Client({ connectionString: config.url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await runMigrations(client, config.prefix);
  } catch (error) {
    throw classifyQueueError(error, 'migrate');
  } finally {
    await client.end().catch(() => undefined);
  }
}
