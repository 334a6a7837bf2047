import type { Pipelines } from '#shared/config/load-pipelines.ts';
import type { Settings } from '#shared/config/settings.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import type { CliContext } from './context.ts';

/** What a verb works with; all of it is closed when the verb is done, however it ends. */
export interface Stores {
  readonly settings: Settings;
  readonly pipelines: Pipelines;
  readonly ledger: Ledger;
  /** Opened whether its server is there or not; calls fail fast while it is away. */
  readonly queue: QueuePort;
}

const CLOSE_MS = 3_000;

/**
 * Opens ledger and queue for one verb.
 *
 * @param work gets the stores; nothing of them may be used after it has returned.
 * @throws CONFIG_…, LEDGER_SCHEMA_…, POSTGRES_… and whatever `work` throws.
 */
export async function withStores<T>(context: CliContext, work: (stores: Stores) => Promise<T>): Promise<T> {
  // Loaded here, so that help, mistakes and other verbs do not wait for it.
  const { loadSetup } = await import('./load-setup.ts');
  const { openStores } = await import('./open-stores.ts');
  const setup = await loadSetup(context);
  const releasers = new Releasers();
  try {
    const stores = await openStores(setup.settings, releasers);
    return await work({ ...setup, ...stores });
  } finally {
    await releasers.releaseAll(CLOSE_MS);
  }
}
