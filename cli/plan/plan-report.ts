import { nextTimes } from '#services/scheduler/due-times.ts';
import { planNext } from '#services/scheduler/plan-next.ts';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { TaskKind } from '#shared/contracts/task.ts';
import { getRun } from '#shared/ledger/runs.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { planRun, type RunPlan, type RunRequest } from '#shared/runs/plan-run.ts';
import { isListed } from '#shared/runs/slices-of.ts';
import type { Stores } from '../stores.ts';
import { type ModelPlan, planModels } from './plan-models.ts';
import { planSlice, type SlicePlan } from './plan-slice.ts';

export interface TaskPlan {
  readonly kind: TaskKind;
  readonly stream: string;
  readonly slice: string;
}

/** Everything a run would do, from the code that does it. */
export interface PlanReport extends Omit<RunPlan, 'slices'> {
  /** True when a run with this id is there: asking again changes nothing. */
  readonly exists: boolean;
  readonly slices: readonly SlicePlan[];
  /** In the order the barrier lets them go, when all goes well. */
  readonly tasks: readonly TaskPlan[];
  readonly models: readonly ModelPlan[];
  /** The next instants of the pipeline's schedules. */
  readonly schedules: readonly {
    readonly schedule: string;
    readonly cron: string;
    readonly next: string[];
  }[];
}

const NEXT_TIMES = 3;
/** Stands for as many tasks as a source lists slices. */
const EACH_LISTED = '(each slice listed)';

/** Plans what a request would do, writing nothing. */
export async function planReport(
  { ledger, pipelines, settings }: Stores,
  name: string,
  request: RunRequest,
): Promise<PlanReport> {
  const pipeline = pipelineNamed(pipelines, name);
  const { slices, ...plan } = planRun(pipeline, request);
  return {
    ...plan,
    exists: (await getRun(ledger, plan.runId)) !== undefined,
    slices: await Promise.all(
      [...slices, ...listedSlices(pipeline, plan.streams)].map((slice) =>
        planSlice(ledger, pipeline, plan, slice),
      ),
    ),
    tasks: plannedTasks(pipeline, plan, slices),
    models: await planModels(ledger, settings, pipeline, plan),
    schedules: Object.entries(pipeline.schedules).map(([schedule, declared]) => ({
      schedule,
      cron: `${declared.cron} ${declared.tz}`,
      next: nextTimes(declared, request.logicalTime, NEXT_TIMES).map((time) => time.toISOString()),
    })),
  };
}

/** One line for each stream whose slices are known only once its source was asked. */
const listedSlices = (pipeline: PipelineDeclaration, streams: readonly string[]) =>
  streams
    .filter((stream) => isListed(pipeline, stream))
    .map((stream) => ({ stream, slice: EACH_LISTED, shard: '(each)' }));

/** Lets the barrier decide, as if every task succeeded. */
function plannedTasks(
  pipeline: PipelineDeclaration,
  { streams: names, layers, discoveries }: Pick<RunPlan, 'streams' | 'layers' | 'discoveries'>,
  slices: readonly { readonly stream: string; readonly slice: string }[],
): TaskPlan[] {
  const streams = names.map((name) => ({ name, isListed: isListed(pipeline, name) }));
  const tasks: TaskPlan[] = [
    ...discoveries.map(({ source, shard }) => ({
      ...{ kind: 'discover' as const, stream: '', slice: `${source}/${shard}` },
    })),
    ...slices.map(({ stream, slice }) => ({ kind: 'extract' as const, stream, slice })),
    ...streams
      .filter((stream) => stream.isListed)
      .map(({ name }) => ({ kind: 'extract' as const, stream: name, slice: EACH_LISTED })),
  ];
  for (;;) {
    const done = tasks.map((task) => ({ ...task, status: 'succeeded' as const }));
    const next = planNext(streams, layers.length > 0, done);
    if (next.step !== 'insert') return tasks;
    tasks.push(...next.tasks.map((task) => ({ ...task, slice: '' })));
  }
}
