import { modeOf } from '#services/extractor/window-mode.ts';
import { nextTimes } from '#services/scheduler/due-times.ts';
import { planNext } from '#services/scheduler/plan-next.ts';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { TaskKind } from '#shared/contracts/task.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { planRun, type RunPlan, type RunRequest } from '#shared/runs/plan-run.ts';
import type { Stores } from '../stores.ts';
import { watermarkText } from '../watermark-text.ts';
import { type ModelPlan, planModels } from './plan-models.ts';

/** One slice as the extractor would read it now. */
export interface SlicePlan {
  readonly stream: string;
  readonly slice: string;
  readonly shard: string;
  /** As the ledger names it. */
  readonly mode: 'full' | 'incremental';
  readonly reason: string;
  /** Where the last window ended; null before the first load. */
  readonly watermark: string | null;
}

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
      slices.map(async (slice) => ({ ...slice, ...(await windowOf(ledger, pipeline, plan, slice)) })),
    ),
    tasks: plannedTasks(plan, slices),
    models: await planModels(ledger, settings, pipeline, plan),
    schedules: Object.entries(pipeline.schedules).map(([schedule, declared]) => ({
      schedule,
      cron: `${declared.cron} ${declared.tz}`,
      next: nextTimes(declared, request.logicalTime, NEXT_TIMES).map((time) => time.toISOString()),
    })),
  };
}

async function windowOf(
  ledger: Ledger,
  pipeline: PipelineDeclaration,
  plan: Omit<RunPlan, 'slices'>,
  { stream, slice }: { readonly stream: string; readonly slice: string },
): Promise<Pick<SlicePlan, 'mode' | 'reason' | 'watermark'>> {
  const declared = pipeline.streams[stream];
  if (declared === undefined) throw new Error(`stream ${stream} was planned and is not declared`);
  const moved = await getWatermark(ledger, pipeline.name, stream, slice);
  const cursor = moved?.cursor ?? null;
  const slot = { pipeline: pipeline.name, stream, slice };
  const { kind } = await modeOf(ledger, plan, slot, declared, cursor);
  const watermark = cursor === null ? null : watermarkText(cursor, declared.cursor.type);
  if (kind === 'incremental') return { mode: 'incremental', reason: 'from the watermark', watermark };
  if (kind === 'full-compare') return { mode: 'full', reason: 'a full comparison is due', watermark };
  return { mode: 'full', reason: cursor === null ? 'first load' : 'full refresh', watermark };
}

/** Lets the barrier decide, as if every task succeeded. */
function plannedTasks(
  { streams, layers }: Pick<RunPlan, 'streams' | 'layers'>,
  slices: readonly { readonly stream: string; readonly slice: string }[],
): TaskPlan[] {
  const tasks: TaskPlan[] = slices.map(({ stream, slice }) => ({ kind: 'extract', stream, slice }));
  for (;;) {
    const done = tasks.map((task) => ({ ...task, status: 'succeeded' as const }));
    const next = planNext(streams, layers.length > 0, done);
    if (next.step !== 'insert') return tasks;
    tasks.push(...next.tasks.map((task) => ({ ...task, slice: '' })));
  }
}
