import { purgeOperations, purgeRuns } from '#shared/ledger/retention.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

const DAY_MS = 86_400_000;

/** Takes runs older than `keepRunsDays` out of the ledger, except those something still stands on. */
export async function purgeOldRuns({ ledger, settings, now }: SchedulerDeps): Promise<number> {
  const olderThan = new Date(now().getTime() - settings.keepRunsDays * DAY_MS).toISOString();
  const purged = await purgeRuns(ledger, { olderThan });
  await purgeOperations(ledger, olderThan);
  return purged.length;
}
