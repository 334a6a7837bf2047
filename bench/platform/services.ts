import { setTimeout as delay } from 'node:timers/promises';
import { extractorService } from '#services/extractor/service.ts';
import { loaderService } from '#services/loader/service.ts';
import { schedulerService } from '#services/scheduler/service.ts';
import { transformerService } from '#services/transformer/service.ts';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { TaskKind } from '#shared/contracts/task.ts';
import { type Ledger, openLedger } from '#shared/ledger/ledger.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import { type Task, tasksOf } from '#shared/ledger/tasks.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { type AskedRun, requestRun } from '#shared/runs/request-run.ts';
import { openQueueStore } from '#shared/runtime/open-queue-store.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { createLogger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import type { BenchPlatform } from './bench-platform.ts';

export const SERVICES = {
  scheduler: schedulerService,
  extractor: extractorService,
  loader: loaderService,
  transformer: transformerService,
} as const;

export type ServiceName = keyof typeof SERVICES;

/** Services of this process, and connections to ask and look with. */
export interface BenchServices {
  readonly ledger: Ledger;
  readonly queue: QueuePort;
  /** Asks for a run of the pipeline by its schedule. */
  ask(asked?: Partial<AskedRun>): Promise<Run>;
  /** Waits until a run has closed, whatever its status. */
  closed(runId: string, timeoutMs: number): Promise<Run>;
  /** Waits until the run's only task of a kind has ended well, and returns it. */
  ended(runId: string, kind: TaskKind, timeoutMs: number): Promise<Task>;
  stop(): Promise<void>;
}

/** What is asked for, and how closely it is watched. */
export interface AskedOf {
  readonly pipeline: string;
  readonly schedule: string;
  /** Between two looks at the ledger. */
  readonly pollMs: number;
}

const STOP_MS = 20_000;
const POLL_MS = 5;
const BENCH: AskedOf = { pipeline: 'bench', schedule: 'bronze', pollMs: POLL_MS };

/** Starts services in this process; others may run as processes of their own. */
export async function startServices(
  platform: BenchPlatform,
  names: readonly ServiceName[],
  { pipeline: pipelineName, schedule, pollMs }: AskedOf = BENCH,
): Promise<BenchServices> {
  const releasers = new Releasers();
  const input = await serviceInput(platform.environment, process.cwd(), false);
  const { settings, pipelines } = input;
  const log = createLogger('bench', settings.logLevel);
  const metrics = createMetrics({ processMetrics: false });
  for (const name of names) {
    const service = SERVICES[name]({ ...input, log, metrics });
    releasers.add(name, async () => void (await service.stop(STOP_MS)));
    await service.start();
  }
  const ledger = await openLedger({ url: settings.ledgerUrl, applicationName: 'bench', poolSize: 2 });
  releasers.add('ledger', () => ledger.close());
  const queue = await openQueueStore(settings, ledger, log, metrics);
  releasers.add('queue', async () => void (await queue.close({ deadlineMs: 2_000 })));
  const pipeline = pipelineNamed(pipelines, pipelineName);
  return {
    ledger,
    queue,
    ask: async (asked = {}) => {
      const request = { kind: 'manual', logicalTime: new Date(), requestedBy: 'bench', ...asked } as const;
      return (await requestRun({ ledger, queue }, pipeline, { schedule, ...request })).run;
    },
    closed: (runId, timeoutMs) =>
      until(timeoutMs, `run ${runId} to close`, () => closedRun(ledger, runId), pollMs),
    ended: (runId, kind, timeoutMs) =>
      until(timeoutMs, `${kind} of run ${runId}`, () => endedTask(ledger, runId, kind), pollMs),
    stop: async () => void (await releasers.releaseAll(STOP_MS * 2)),
  };
}

async function closedRun(ledger: Ledger, runId: string): Promise<Run | undefined> {
  const run = await getRun(ledger, runId);
  return run?.finishedAt == null ? undefined : run;
}

async function endedTask(ledger: Ledger, runId: string, kind: TaskKind): Promise<Task | undefined> {
  const task = (await tasksOf(ledger, runId)).find((one) => one.kind === kind);
  if (task?.status === 'failed')
    throw new Error(`${kind} failed: ${task.error?.code} ${task.error?.message}`);
  return task?.finishedAt == null ? undefined : task;
}

/** Looks again and again until there is an answer. */
export async function until<T>(
  timeoutMs: number,
  what: string,
  look: () => Promise<T | undefined>,
  pollMs = POLL_MS,
): Promise<T> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endsAt) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await delay(pollMs);
  }
}

/** Milliseconds a task took, from its claim to its end, as the ledger saw it. */
export function taskMs({ startedAt, finishedAt }: Pick<Task, 'startedAt' | 'finishedAt'>): number {
  if (startedAt === null || finishedAt === null) throw new Error('the task has not ended');
  return Date.parse(finishedAt) - Date.parse(startedAt);
}
