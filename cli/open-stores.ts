import type { Settings } from '#shared/config/settings.ts';
import { type Ledger, openLedger } from '#shared/ledger/ledger.ts';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { openQueueStore } from '#shared/runtime/open-queue-store.ts';
import { createLogger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';

const POOL_SIZE = 2;
/** Room for closing the queue's connections. */
const CLOSE_MS = 2_000;

/** Opens ledger and queue; `releasers` closes them. */
export async function openStores(
  settings: Settings,
  releasers: Releasers,
): Promise<{ ledger: Ledger; queue: QueuePort }> {
  const ledger = await openLedger({
    url: settings.ledgerUrl,
    applicationName: 'penstock-cli',
    poolSize: POOL_SIZE,
  });
  releasers.add('ledger', () => ledger.close());
  const log = createLogger('cli', 'silent');
  const queue = await openQueueStore(settings, ledger, log, createMetrics({ processMetrics: false }));
  releasers.add('queue connections', async () => void (await queue.close({ deadlineMs: CLOSE_MS })));
  return { ledger, queue };
}
