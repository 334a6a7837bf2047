import { schedulerService } from '#services/scheduler/service.ts';
import { type Ledger, openLedger } from '#shared/ledger/ledger.ts';
import { requestCancel } from '#shared/ledger/run-lifecycle.ts';
import { getRun, listRuns, type Run } from '#shared/ledger/runs.ts';
import { silentProbe } from '#shared/lifecycle/step-probe.ts';
import type { PipelineDeclaration, ScheduleDeclaration } from '#shared/pipeline/declaration.ts';
import { definePipeline } from '#shared/pipeline/define-pipeline.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import quick from '#test/fixtures/pipelines/quick/pipeline.ts';
import type { TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';

/** Schedulers without workers: their runs stay open until a test ends them. */
export interface Schedulers {
  readonly ledger: Ledger;
  /** What the schedulers take for now; a test moves it. */
  readonly clock: { at: string };
  /** Runs of a schedule, oldest logical time first. */
  runsOf(schedule: string): Promise<Run[]>;
  /** Waits until a schedule has so many runs. */
  hasRuns(schedule: string, count: number): Promise<Run[]>;
  /** Ends a run, as a person would. */
  end(run: Run): Promise<void>;
  stop(): Promise<void>;
}

export type Schedules = Readonly<Record<string, Pick<ScheduleDeclaration, 'cron' | 'tz'>>>;

/** The quick pipeline under another name, with these schedules of one stream. */
export function pipelineWith(name: string, schedules: Schedules): PipelineDeclaration {
  const declared = Object.entries(schedules).map(([key, { cron, tz }]) => [
    key,
    { cron, tz, streams: ['cnpj_ws'], layers: [] },
  ]);
  return definePipeline({ ...quick, name, schedules: Object.fromEntries(declared) });
}

/** Starts two schedulers of one pipeline on the same stores. */
export async function startSchedulers(
  platform: TestPlatform,
  pipeline: PipelineDeclaration,
  at: string,
): Promise<Schedulers> {
  const clock = { at };
  const base = await serviceInput(platform.environment, process.cwd(), false);
  const input = {
    ...base,
    settings: { ...base.settings, tickMs: 50 },
    pipelines: new Map([[pipeline.name, pipeline]]),
    probe: silentProbe,
    now: () => new Date(clock.at),
  };
  const both = [schedulerService(input), schedulerService(input)];
  await Promise.all(both.map((service) => service.start()));
  const ledger = await openLedger({ url: platform.ledgerUrl, applicationName: 'test-client', poolSize: 2 });
  const runsOf = (schedule: string) => scheduledRuns(ledger, pipeline.name, schedule);
  return {
    ledger,
    clock,
    runsOf,
    hasRuns: (schedule, count) =>
      waitFor(async () => ((await runsOf(schedule)).length >= count ? runsOf(schedule) : undefined), {
        what: `${count} run(s) of ${schedule}`,
      }),
    end: (run) => endRun(ledger, run.runId),
    stop: async () => {
      await ledger.close();
      await Promise.all(both.map((service) => service.stop(5_000)));
    },
  };
}

async function scheduledRuns(ledger: Ledger, pipeline: string, schedule: string): Promise<Run[]> {
  const runs = (await listRuns(ledger, { pipeline })).filter((run) => run.schedule === schedule);
  return runs.sort((a, b) => a.logicalTime.localeCompare(b.logicalTime));
}

async function endRun(ledger: Ledger, runId: string): Promise<void> {
  await requestCancel(ledger, runId);
  await waitFor(async () => (await getRun(ledger, runId))?.finishedAt != null, { what: 'the run to end' });
}
