import { requestRun } from '#shared/runs/request-run.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/**
 * Asks for a run of each pipeline whose unlogged tables a crash of the warehouse has emptied: until they are built again, their names
 * fail. Once for each crash: a run that fails is not asked for again, the next one that comes due builds them.
 *
 * @returns how many runs are new.
 */
export async function rebuildEmptied(deps: SchedulerDeps): Promise<number> {
  let created = 0;
  for (const pipeline of deps.pipelines.values()) {
    const emptied = await deps.models.emptied(await deps.models.schemasOf([pipeline.name]));
    if (emptied === undefined) continue;
    const asked = await requestRun(deps, pipeline, {
      kind: 'manual',
      logicalTime: deps.now(),
      requestedBy: 'scheduler: tables emptied by a crash',
      idempotencyKey: `emptied-${emptied.serverStartedAt}`,
    });
    if (asked.created) created += 1;
  }
  return created;
}
