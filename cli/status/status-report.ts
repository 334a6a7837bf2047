import { DEFAULT_SHARD, queues } from '#shared/contracts/jobs.ts';
import { openDeadLetters } from '#shared/ledger/dead-letters.ts';
import { quarantinedFiles } from '#shared/ledger/files.ts';
import { type KnownProcess, liveProcesses } from '#shared/ledger/processes.ts';
import { openRejectCounts } from '#shared/ledger/rejects.ts';
import { openRuns } from '#shared/ledger/runs.ts';
import { type SliceCounts, sliceCounts, slicesNotFresh } from '#shared/ledger/slice-status.ts';
import { taskCounts } from '#shared/ledger/tasks.ts';
import { listWatermarks } from '#shared/ledger/watermarks.ts';
import { watermarkTypeOf } from '#shared/pipeline/watermark-type.ts';
import type { QueueCounts } from '#shared/queue/queue-port.ts';
import { listedShards } from '#shared/runs/listed-shards.ts';
import { type RunView, runView } from '#shared/runs/run-view.ts';
import type { Stores } from '../stores.ts';
import { describeTasks } from '../watch-run.ts';
import { lagMs, watermarkText } from '../watermark-text.ts';

export interface WatermarkStatus {
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
  readonly watermark: string;
  /** Null where the cursor is no time. */
  readonly lagMs: number | null;
  readonly movedAt: string;
  readonly runId: string | null;
}

/** Where the whole platform stands. */
export interface StatusReport {
  readonly services: readonly Pick<KnownProcess, 'service' | 'processId' | 'startedAt' | 'heartbeatAt'>[];
  readonly openRuns: readonly (RunView & { readonly tasks: string })[];
  readonly queues: readonly ({ readonly queue: string } & QueueCounts)[];
  /** Problems of the queue in words; its counts are missing then. */
  readonly queueProblems: readonly string[];
  readonly watermarks: readonly WatermarkStatus[];
  /** Of streams whose source lists their slices. */
  readonly slices: readonly SliceCounts[];
  /** Those that are stale, missing or incomplete, {@link MAX_NOT_FRESH} at most. */
  readonly slicesNotFresh: Awaited<ReturnType<typeof slicesNotFresh>>;
  readonly quarantined: readonly { pipeline: string; stream: string; files: number }[];
  readonly rejects: readonly { pipeline: string; stream: string; count: number }[];
  readonly deadLetters: readonly { queue: string; jobName: string; code: string; at: string }[];
}

/** Heartbeats a process may miss before it counts as gone. */
const MISSED_BEATS = 3;
const MAX_NOT_FRESH = 100;

/** Collects the state from ledger and queue; a queue that is away is reported, not thrown. */
export async function statusReport(stores: Stores): Promise<StatusReport> {
  const { ledger, settings, pipelines } = stores;
  const names = [...pipelines.keys()];
  const [services, runs, watermarks, slices, notFresh, quarantined, rejects, letters, queue] =
    await Promise.all([
      liveProcesses(ledger, settings.leaseMs * MISSED_BEATS),
      openRunsOf(stores),
      watermarksOf(stores),
      sliceCounts(ledger, names),
      slicesNotFresh(ledger, names, MAX_NOT_FRESH),
      quarantinedOf(stores),
      openRejectCounts(ledger),
      openDeadLetters(ledger),
      queueStatus(stores),
    ]);
  return {
    services: services.map(({ service, processId, startedAt, heartbeatAt }) => ({
      service,
      processId,
      startedAt,
      heartbeatAt,
    })),
    openRuns: runs,
    ...queue,
    watermarks,
    slices,
    slicesNotFresh: notFresh,
    quarantined,
    rejects,
    deadLetters: letters.map(({ queue: name, jobName, code, at }) => ({ queue: name, jobName, code, at })),
  };
}

async function openRunsOf({ ledger }: Stores): Promise<StatusReport['openRuns']> {
  const runs = await openRuns(ledger);
  return Promise.all(
    runs.map(async (run) => ({ ...runView(run), tasks: describeTasks(await taskCounts(ledger, run.runId)) })),
  );
}

async function watermarksOf({ ledger, pipelines }: Stores): Promise<WatermarkStatus[]> {
  const now = new Date();
  const found = await Promise.all([...pipelines.keys()].map((name) => listWatermarks(ledger, name)));
  return found.flat().map(({ pipeline, stream, slice, cursor, movedAt, runId }) => {
    const declared = pipelines.get(pipeline)?.streams[stream];
    const type = declared === undefined ? 'int64' : watermarkTypeOf(declared);
    const watermark = watermarkText(cursor, type);
    return { pipeline, stream, slice, watermark, lagMs: lagMs(cursor, type, now), movedAt, runId };
  });
}

async function quarantinedOf({ ledger, pipelines }: Stores): Promise<StatusReport['quarantined']> {
  const files = await Promise.all([...pipelines.keys()].map((name) => quarantinedFiles(ledger, name)));
  const counts = new Map<string, { pipeline: string; stream: string; files: number }>();
  for (const { pipeline, stream } of files.flat()) {
    const key = `${pipeline}/${stream}`;
    counts.set(key, { pipeline, stream, files: (counts.get(key)?.files ?? 0) + 1 });
  }
  return [...counts.values()];
}

async function queueStatus({
  queue,
  pipelines,
}: Stores): Promise<Pick<StatusReport, 'queues' | 'queueProblems'>> {
  const queueProblems = await queue.check();
  if (queueProblems.length > 0) return { queues: [], queueProblems };
  const shards = [DEFAULT_SHARD, ...listedShards(pipelines).map(({ queueShard }) => queueShard)];
  const names = [queues.scheduler, ...shards.map(queues.extract), queues.load, queues.transform];
  const counted = names.map(async (name) => ({ queue: name, ...(await queue.counts(name)) }));
  return { queues: await Promise.all(counted), queueProblems };
}
