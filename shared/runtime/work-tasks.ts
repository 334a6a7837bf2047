import type { TaskKind } from '#shared/contracts/task.ts';
import { healthApp } from '#shared/http/health-app.ts';
import { listen } from '#shared/http/listen.ts';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import type { TaskWork } from '#shared/task-runner/task-runner.ts';
import { openTaskRunner, type ServiceRuntime, storeChecks } from './worker-runtime.ts';

/** Works off a queue of tasks, each kind by its work, until released. */
export async function workTasks(
  runtime: ServiceRuntime,
  releasers: Releasers,
  queueName: string,
  works: Readonly<Partial<Record<TaskKind, TaskWork>>>,
  concurrency: number,
): Promise<void> {
  const { queue, settings } = runtime;
  const runner = openTaskRunner(runtime, releasers);
  const handlers = Object.fromEntries(
    Object.entries(works).map(([kind, work]) => [kind, runner.handler(kind as TaskKind, work)]),
  );
  const worker = await queue.work(queueName, handlers, { concurrency });
  releasers.add('worker', async () => {
    runner.drain();
    await worker.close({ deadlineMs: settings.drainMs });
  });
}

/** Serves health and metrics, where no other service of the process does. */
export async function serveHealth(
  runtime: ServiceRuntime,
  releasers: Releasers,
  checks: Readonly<Record<string, () => Promise<string[]>>>,
): Promise<void> {
  if (!runtime.serveHealth) return;
  const { settings, metrics } = runtime;
  const app = healthApp({ ...storeChecks(runtime), ...checks }, metrics.registry);
  const server = await listen(app, settings.httpHost, settings.httpPort);
  releasers.add('http', () => server.close());
}
