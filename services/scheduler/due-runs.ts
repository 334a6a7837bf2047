import { ensureSchedule } from '#shared/ledger/ensure-schedule.ts';
import { createDueRun, lastDueTime } from '#shared/ledger/runs.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { planRun } from '#shared/runs/plan-run.ts';
import { dueTimes } from './due-times.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/**
 * Makes the runs that have come due. Computed from the ledger under a unique (pipeline, schedule, logical time), so any
 * number of schedulers make one run; due times that pass while a run is open fold into the next. A schedule that fails
 * stops no other.
 *
 * @returns ids of the runs that are new.
 */
export async function createDueRuns(deps: SchedulerDeps): Promise<string[]> {
  const created: string[] = [];
  for (const pipeline of deps.pipelines.values()) {
    for (const schedule of Object.keys(pipeline.schedules)) {
      const runId = await createIfDue(deps, pipeline, schedule).catch((err: unknown) =>
        deps.log.warn(
          { err, pipeline: pipeline.name, schedule },
          'a schedule failed; the next tick tries again',
        ),
      );
      if (typeof runId === 'string') created.push(runId);
    }
  }
  return created;
}

async function createIfDue(
  { ledger, now }: SchedulerDeps,
  pipeline: PipelineDeclaration,
  schedule: string,
): Promise<string | undefined> {
  const declared = pipeline.schedules[schedule];
  if (declared === undefined) return undefined;
  // Before the state is read: who pauses a schedule before a time comes due gets no run of that time.
  const at = now();
  const state = await ensureSchedule(ledger, pipeline.name, schedule, at);
  if (state.paused) return undefined;
  // A schedule that never ran has nothing to catch up with: it counts from when it was first seen.
  const last = (await lastDueTime(ledger, pipeline.name, schedule)) ?? state.seenAt;
  const due = dueTimes(declared, new Date(last), at);
  if (due === undefined) return undefined;
  const plan = planRun(pipeline, { kind: 'scheduled', schedule, logicalTime: due.latest });
  const { outcome, run } = await createDueRun(ledger, {
    ...plan,
    schedule,
    requestedBy: 'scheduler',
    foldedTimes: due.folded.map((time) => time.toISOString()),
  });
  return outcome === 'created' ? run.runId : undefined;
}
