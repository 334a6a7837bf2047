import { randomBytes } from 'node:crypto';
import { queues } from '#shared/contracts/jobs.ts';
import { withTransaction } from '#shared/ledger/ledger.ts';
import { createRun } from '#shared/ledger/runs.ts';
import { insertTasks, taskCounts } from '#shared/ledger/tasks.ts';
import { calendarDay } from '#shared/runs/calendar-day.ts';
import { type BenchOptions, type Figure, median } from '../figure.ts';
import { makeBenchPlatform } from '../platform/bench-platform.ts';
import { type BenchServers, type QueueKind, startBenchServers } from '../platform/bench-servers.ts';
import { startLoadBeside } from '../platform/load-beside.ts';
import { makePayments, paymentsAt } from '../platform/payments-table.ts';
import { type BenchServices, startServices } from '../platform/services.ts';

const MANY = 50_000;
const FEW = 5_000;
const TIMEOUT_MS = 600_000;
/** Nothing is done inside a task, so what counts is how many may wait for ledger and queue at once. */
const CONCURRENCY = { redis: '200', postgres: '50' } as const;

/** 50,000 tasks that do nothing: planning, queue, claims, endings and barrier. */
export async function benchTasksOnRedis(options: BenchOptions): Promise<readonly Figure[]> {
  return withServers('redis', async (servers) => {
    const { few, many } = await measure(servers, options, 'redis');
    const details = {
      few,
      many,
      tasks: [scaled(FEW, options), scaled(MANY, options)],
      concurrency: CONCURRENCY.redis,
    };
    return [
      {
        name: 'tasks-redis',
        what: '50,000 no-op tasks, ledger and barrier included, Redis',
        value: clockOf(many),
        unit: 'ms each',
        direction: 'at most',
        bar: 0.6,
        details,
      },
      {
        name: 'tasks-redis-growth',
        what: 'a task among 50,000 against one among 5,000',
        value: clockOf(many) / clockOf(few),
        unit: '× its cost',
        direction: 'at most',
        bar: 1.25,
        details,
      },
    ];
  });
}

/** The same on the PostgreSQL queue, while 2M rows are loaded into the warehouse again and again. */
export async function benchTasksOnPostgres(options: BenchOptions): Promise<readonly Figure[]> {
  return withServers('postgres', async (servers) => {
    const rows = Math.round(2_000_000 * options.scale);
    const beside = await startLoadBeside(servers, rows, options.environment);
    try {
      const { many } = await measure(servers, { ...options, rounds: 1 }, 'postgres');
      const loads = await beside.loads();
      return [
        {
          name: 'tasks-postgres',
          what: '50,000 no-op tasks on the PostgreSQL queue, 2M rows being loaded beside',
          value: clockOf(many),
          unit: 'ms each',
          direction: 'at most',
          bar: 2.5,
          details: {
            many,
            tasks: scaled(MANY, options),
            loadsBeside: loads,
            concurrency: CONCURRENCY.postgres,
          },
        },
      ];
    } finally {
      await beside.stop();
    }
  });
}

async function withServers<T>(queue: QueueKind, work: (servers: BenchServers) => Promise<T>): Promise<T> {
  const servers = await startBenchServers(queue);
  try {
    return await work(servers);
  } finally {
    await servers.stop();
  }
}

const scaled = (tasks: number, { scale }: BenchOptions): number => Math.max(100, Math.round(tasks * scale));

/** Of one task: on the clock, and on this process's CPU, which a busy machine falsifies less. */
interface Cost {
  readonly msEach: number;
  readonly cpuMsEach: number;
}

const clockOf = (costs: readonly Cost[]): number => median(costs.map(({ msEach }) => msEach));

/** Few tasks and many in turns. */
async function measure(
  servers: BenchServers,
  options: BenchOptions,
  queue: QueueKind,
): Promise<{ readonly few: Cost[]; readonly many: Cost[] }> {
  const sourceUrl = await makePayments(servers, 'source', 1);
  const platform = await makeBenchPlatform(servers, paymentsAt(sourceUrl), {
    PENSTOCK_EXTRACT_CONCURRENCY: CONCURRENCY[queue],
  });
  const services = await startServices(platform, ['scheduler', 'extractor']);
  const [few, many]: [Cost[], Cost[]] = [[], []];
  try {
    // Compiles the code and fills the caches; a service is not measured in its first second.
    await msPerTask(services, scaled(FEW, options));
    for (let round = 0; round < options.rounds; round += 1) {
      if (queue === 'redis') few.push(await msPerTask(services, scaled(FEW, options)));
      many.push(await msPerTask(services, scaled(MANY, options)));
      options.say(`tasks round ${round + 1}: ${JSON.stringify([few.at(-1), many.at(-1)])}`);
    }
    return { few, many };
  } finally {
    await services.stop();
    await platform.drop();
  }
}

/** From the nudge to the closed run, planning of the tasks apart from their insertion. */
async function msPerTask({ ledger, queue, closed }: BenchServices, count: number): Promise<Cost> {
  const runId = await makeRun(ledger, count);
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  await queue.nudge(queues.scheduler, 'advanceRun', { runId });
  const run = await closed(runId, TIMEOUT_MS);
  const spentMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  const counts = await taskCounts(ledger, runId);
  const done = counts.find(({ status }) => status === 'succeeded')?.count;
  if (run.status !== 'succeeded' || done !== count)
    throw new Error(`the run ended ${run.status}, ${done} done`);
  return { msEach: spentMs / count, cpuMsEach: (user + system) / 1_000 / count };
}

async function makeRun(ledger: BenchServices['ledger'], count: number): Promise<string> {
  const now = new Date();
  const tasks = Array.from({ length: count }, (_, index) => ({ kind: 'noop' as const, slice: `s${index}` }));
  const newRun = {
    runId: `r${randomBytes(6).toString('hex').slice(0, 11)}`,
    pipeline: 'bench',
    kind: 'manual',
    logicalTime: now.toISOString(),
    asOf: calendarDay('UTC', now),
    ingestionDate: calendarDay('UTC', now),
    streams: [],
    layers: [],
    requestedBy: 'bench',
  } as const;
  // Together: a reconciler that found the run without tasks would close it.
  await withTransaction(ledger, async (tx) => {
    await createRun(tx, newRun);
    await insertTasks(tx, newRun.runId, tasks);
  });
  return newRun.runId;
}
