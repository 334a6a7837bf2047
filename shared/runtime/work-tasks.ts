import type { TaskKind } from '#shared/contracts/task.ts';
import { healthApp } from '#shared/http/health-app.ts';
import { listen } from '#shared/http/listen.ts';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import type { TaskWork } from '#shared/task-runner/task-runner.ts';
import { openTaskRunner, type ServiceRuntime, storeChecks } from './worker-runtime.ts';

/** A queue of tasks and how many of it run at once. */
export interface WorkedQueue {
  readonly name: string;
  readonly concurrency: number;
  /** Over all processes together; default no limit. */
  readonly globalConcurrency?: number;
}

/**
 * Works off queues of tasks, each kind by its work, until released.
 *
 * @param onDrain runs once no more tasks are taken: what tasks wait for without a slot must end now.
 */
export async function workTasks(
  runtime: ServiceRuntime,
  releasers: Releasers,
  queues: readonly WorkedQueue[],
  works: Readonly<Partial<Record<TaskKind, TaskWork>>>,
  onDrain: () => void = () => {},
): Promise<void> {
  const { queue, settings } = runtime;
  const runner = openTaskRunner(runtime, releasers);
  const handlers = Object.fromEntries(
    Object.entries(works).map(([kind, work]) => [kind, runner.handler(kind as TaskKind, work)]),
  );
  const workers = await Promise.all(queues.map(({ name, ...limits }) => queue.work(name, handlers, limits)));
  releasers.add('workers', async () => {
    runner.drain();
    const closing = workers.map((worker) => worker.close({ deadlineMs: settings.drainMs }));
    onDrain();
    await Promise.all(closing);
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
