import type { Settings } from '#shared/config/settings.ts';
import { migrateLedger } from '#shared/ledger/migrate-ledger.ts';
import { migrateQueue } from '#shared/queue/migrate-queue.ts';

/** Brings ledger and queue to this version's schema, each under its own lock. Forward only, repeatable. */
export async function migrateStores(
  settings: Pick<Settings, 'ledgerUrl' | 'queueUrl' | 'queuePrefix'>,
): Promise<void> {
  await migrateLedger(settings.ledgerUrl);
  await migrateQueue({ url: settings.queueUrl, prefix: settings.queuePrefix });
}
