import type { Pipelines } from '#shared/config/load-pipelines.ts';
import type { Settings } from '#shared/config/settings.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { openLedger, pingLedger } from '#shared/ledger/ledger.ts';
import { beatProcess, endProcess, registerProcess } from '#shared/ledger/processes.ts';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import type { StepProbe } from '#shared/lifecycle/step-probe.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { TaskRunner } from '#shared/task-runner/task-runner.ts';
import { createLogger, type Logger } from '#shared/telemetry/logger.ts';
import { createMetrics, type Metrics } from '#shared/telemetry/metrics.ts';
import { openQueueStore } from './open-queue-store.ts';
import { newProcessId } from './process-id.ts';

/** What every service is started with; `main.ts` makes it from the environment. */
export interface ServiceInput {
  readonly settings: Settings;
  readonly pipelines: Pipelines;
  readonly probe: StepProbe;
  /** False where another service of the process serves health and metrics. */
  readonly serveHealth: boolean;
  /** Shared by services that run in one process; each makes its own otherwise. */
  readonly metrics?: Metrics;
  readonly log?: Logger;
  /** Now, as schedules and snapshots see it; default the clock. Leases, retries and limits go by real time. */
  readonly now?: () => Date;
}

/** What every service holds once it has started. */
export interface ServiceRuntime extends ServiceInput {
  readonly processId: string;
  readonly ledger: Ledger;
  readonly queue: QueuePort;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => Date;
}

const LEDGER_POOL_SIZE = 8;

/** Opens ledger and queue, and keeps this process listed as alive. Everything is given back by `releasers`. */
export async function openRuntime(
  service: string,
  input: ServiceInput,
  releasers: Releasers,
): Promise<ServiceRuntime> {
  const { settings } = input;
  const log = input.log?.child({ service }) ?? createLogger(service, settings.logLevel);
  const metrics = input.metrics ?? createMetrics({ processMetrics: true });
  const processId = newProcessId(service);
  const ledger = await openLedger({
    url: settings.ledgerUrl,
    applicationName: processId,
    poolSize: LEDGER_POOL_SIZE,
  });
  releasers.add('ledger', () => ledger.close());
  const queue = await openQueueStore(settings, ledger, log, metrics);
  releasers.add('queue connections', async () => void (await queue.close({ deadlineMs: 2_000 })));
  await keepAlive(service, processId, ledger, settings.leaseMs, log, releasers);
  const now = input.now ?? (() => new Date());
  return { ...input, processId, ledger, queue, metrics, log, now };
}

async function keepAlive(
  service: string,
  processId: string,
  ledger: Ledger,
  leaseMs: number,
  log: Logger,
  releasers: Releasers,
): Promise<void> {
  await registerProcess(ledger, { processId, service });
  const beat = () =>
    beatProcess(ledger, processId).catch((err: unknown) => log.warn({ err }, 'heartbeat failed'));
  const timer = setInterval(() => void beat(), leaseMs);
  releasers.add('process entry', async () => {
    clearInterval(timer);
    await endProcess(ledger, processId).catch(() => {});
  });
}

/** A task runner on a runtime, released before its stores. */
export function openTaskRunner(runtime: ServiceRuntime, releasers: Releasers): TaskRunner {
  const { ledger, queue, processId, settings, log, metrics } = runtime;
  const { leaseMs, retryBaseMs } = settings;
  const runner = new TaskRunner({ ledger, queue, owner: processId, leaseMs, retryBaseMs, log, metrics });
  runner.start();
  releasers.add('leases', () => runner.stop());
  return runner;
}

/** Readiness of the stores every service needs. */
export function storeChecks(runtime: ServiceRuntime) {
  return {
    ledger: async () => pingLedger(runtime.ledger).then(() => []),
    queue: () => runtime.queue.check(),
  };
}
