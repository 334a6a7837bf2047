import { extractorService } from '#services/extractor/service.ts';
import { loaderService } from '#services/loader/service.ts';
import { schedulerService } from '#services/scheduler/service.ts';
import { transformerService } from '#services/transformer/service.ts';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { TaskKind } from '#shared/contracts/task.ts';
import { type Ledger, openLedger } from '#shared/ledger/ledger.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import { type Task, tasksOf } from '#shared/ledger/tasks.ts';
import type { Service } from '#shared/lifecycle/service.ts';
import type { StepProbe } from '#shared/lifecycle/step-probe.ts';
import { silentProbe } from '#shared/lifecycle/step-probe.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { type AskedRun, requestRun } from '#shared/runs/request-run.ts';
import { openQueueStore } from '#shared/runtime/open-queue-store.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import type { ServiceInput } from '#shared/runtime/worker-runtime.ts';
import { createLogger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import type { ServiceName } from './service-process.ts';
import type { TestPlatform } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

/** A run that has closed, with its tasks. */
export interface ClosedRun {
  readonly run: Run;
  readonly tasks: readonly Task[];
  /** The only task of a kind and stream. */
  task(kind: TaskKind, stream?: string): Task;
}

/** What a test asks for. */
export type Asking = Partial<AskedRun> & { readonly pipeline?: string };

export interface RunningServices {
  readonly ledger: Ledger;
  readonly queue: QueuePort;
  readonly input: ServiceInput;
  readonly httpPort: number;
  /** Asks for a run of a pipeline, default credit. @returns its id. */
  ask(asked?: Asking): Promise<string>;
  /** Waits until a run has closed. */
  closed(runId: string, timeoutMs?: number): Promise<ClosedRun>;
  /** Both. */
  run(asked?: Asking): Promise<ClosedRun>;
  stop(): Promise<void>;
}

const STOP_MS = 10_000;
const CLOSE_MS = 45_000;

/**
 * Starts the services in this process.
 *
 * @param probe may hold them at their steps.
 * @param except left out, because the test runs them as processes of their own.
 * @param instead replaces each service's own log and metrics, to look into them, or its clock.
 */
export async function startServices(
  platform: TestPlatform,
  probe: StepProbe = silentProbe,
  except: ServiceName | readonly ServiceName[] = [],
  instead: Pick<ServiceInput, 'log' | 'metrics' | 'now'> = {},
): Promise<RunningServices> {
  const input = { ...(await serviceInput(platform.environment, process.cwd(), false)), probe, ...instead };
  const listening = Promise.withResolvers<number>();
  const all = [
    schedulerService({ ...input, onListening: listening.resolve }),
    extractorService(input),
    loaderService(input),
    transformerService(input),
  ];
  const left: readonly string[] = [except].flat();
  const services = all.filter(({ name }) => !left.includes(name));
  for (const service of services) await service.start();
  if (left.includes('scheduler')) listening.resolve(0);
  const client = await openClient(input);
  const httpPort = await listening.promise;
  return { ...client, input, httpPort, stop: () => stopAll(services, client) };
}

/** Ledger and queue of a test that only asks and looks; the services run elsewhere. */
export async function openClient(input: ServiceInput) {
  const { settings, pipelines } = input;
  const ledger = await openLedger({ url: settings.ledgerUrl, applicationName: 'test-client', poolSize: 2 });
  const queue = await openQueueStore(
    settings,
    ledger,
    createLogger('test', 'silent'),
    createMetrics({ processMetrics: false }),
  );
  const ask = async ({ pipeline = 'credit', ...asked }: Asking = {}): Promise<string> => {
    const request = { kind: 'manual', logicalTime: new Date(), requestedBy: 'test', ...asked } as const;
    const { run } = await requestRun({ ledger, queue }, pipelineNamed(pipelines, pipeline), request);
    return run.runId;
  };
  const closed = (runId: string, timeoutMs = CLOSE_MS): Promise<ClosedRun> =>
    closedRun(ledger, runId, timeoutMs);
  const run = async (asked: Asking = {}): Promise<ClosedRun> => closed(await ask(asked));
  const close = async (): Promise<void> => {
    await queue.close({ deadlineMs: 2_000 });
    await ledger.close();
  };
  return { ledger, queue, ask, closed, run, close };
}

async function closedRun(ledger: Ledger, runId: string, timeoutMs: number): Promise<ClosedRun> {
  const what = `run ${runId} to close`;
  const run = await waitFor(
    async () => {
      // The ledger may be away for a moment in a chaos test.
      const found = await getRun(ledger, runId).catch(() => undefined);
      return found?.finishedAt == null ? undefined : found;
    },
    { timeoutMs, what },
  );
  const tasks = await tasksOf(ledger, runId);
  return { run, tasks, task: (kind, stream = '') => onlyTask(tasks, kind, stream) };
}

function onlyTask(tasks: readonly Task[], kind: TaskKind, stream: string): Task {
  const found = tasks.find((task) => task.kind === kind && task.stream === stream);
  if (found === undefined) throw new Error(`the run has no ${kind} task of stream '${stream}'`);
  return found;
}

async function stopAll(services: readonly Service[], client: { close(): Promise<void> }): Promise<void> {
  await client.close();
  for (const service of services.toReversed()) await service.stop(STOP_MS);
}
