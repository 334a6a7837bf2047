import { getRun } from '#shared/ledger/runs.ts';
import type { Leftover } from '#shared/models/model-warehouse.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/**
 * Drops candidates and retired relations that runs left behind when their process died. Only of closed runs the ledger
 * knows. A candidate kept because its tests failed stays until a later run publishes its model, and what a view still
 * reads stays for the view.
 */
export async function dropModelLeftovers(deps: SchedulerDeps): Promise<number> {
  const { models } = deps;
  const schemas = await models.schemasOf([...deps.pipelines.keys()]);
  const found = await models.leftovers(schemas);
  const closed = await closedRuns(deps, found);
  const unwanted = found.filter(({ runId, keptFailed }) => !keptFailed && closed.has(runId));
  if (unwanted.length === 0) return 0;
  await models.drop(unwanted.map(({ relation }) => relation));
  const left = new Set((await models.leftovers(schemas)).map(nameOf));
  return unwanted.filter((leftover) => !left.has(nameOf(leftover))).length;
}

const nameOf = ({ relation }: Leftover): string => `${relation.schema}.${relation.name}`;

async function closedRuns({ ledger }: SchedulerDeps, leftovers: readonly Leftover[]): Promise<Set<string>> {
  const runs = await Promise.all(
    [...new Set(leftovers.map(({ runId }) => runId))].map((runId) => getRun(ledger, runId)),
  );
  return new Set(runs.flatMap((run) => (run == null || run.finishedAt === null ? [] : [run.runId])));
}
