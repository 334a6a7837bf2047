import type { Pipelines } from '#shared/config/load-pipelines.ts';
import type { Settings } from '#shared/config/settings.ts';
import { type Ledger, openLedger } from '#shared/ledger/ledger.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { openQueueStore } from '#shared/runtime/open-queue-store.ts';
import { createLogger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import { type CliContext, loadSetup } from './context.ts';

/** What a verb works with; all of it is closed when the verb is done, however it ends. */
export interface Stores {
  readonly settings: Settings;
  readonly pipelines: Pipelines;
  readonly ledger: Ledger;
  /** Opened whether its server is there or not; calls fail fast while it is away. */
  readonly queue: QueuePort;
}

const POOL_SIZE = 2;
const CLOSE_MS = 2_000;

/**
 * Opens ledger and queue for one verb.
 *
 * @param work gets the stores; nothing of them may be used after it has returned.
 * @throws CONFIG_…, LEDGER_SCHEMA_…, POSTGRES_… and whatever `work` throws.
 */
export async function withStores<T>(context: CliContext, work: (stores: Stores) => Promise<T>): Promise<T> {
  const setup = await loadSetup(context);
  const releasers = new Releasers();
  try {
    const stores = await openStores(setup, releasers);
    return await work({ ...setup, ...stores });
  } finally {
    await releasers.releaseAll(CLOSE_MS + 1_000);
  }
}

/** Opens ledger and queue; `releasers` closes them. */
export async function openStores(
  { settings }: { readonly settings: Settings },
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
