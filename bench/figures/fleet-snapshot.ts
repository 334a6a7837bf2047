import type { Run } from '#shared/ledger/runs.ts';
import { type Task, tasksOf } from '#shared/ledger/tasks.ts';
import { type BenchOptions, type Figure, median } from '../figure.ts';
import { fillShardsCache } from '../fleet/bare-loop.ts';
import { type FleetBench, startFleetBench, withFleetServices } from '../fleet/fleet-bench.ts';
import { fleetOfSize } from '../fleet/fleet-size.ts';
import { type StepTimes, stepTimes } from '../fleet/step-times.ts';
import { cpuSeconds } from '../platform/process-figures.ts';
import type { ServiceName } from '../platform/services.ts';

const SCHEDULE = 'twelve_hourly_elt';
const SERVICES: readonly ServiceName[] = ['scheduler', 'extractor', 'loader', 'transformer'];
/** What the two snapshots bring. */
const GOLD = ['last_updates_per_day', 'devices_offline_per_firmware_week', 'device_anomalies'];
const TIMEOUT_MS = 900_000;

interface Round {
  readonly seconds: number;
  readonly steps: Readonly<Record<string, StepTimes>>;
  /** Of each process; the database's is not in it. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Models that were not built. */
  readonly withheld: readonly string[];
}

/** A first full snapshot, extract to gold, all on this machine: servers, services, simulated shards. */
export async function benchFleetSnapshot(options: BenchOptions): Promise<readonly Figure[]> {
  const size = fleetOfSize(100_000, options.scale);
  const bench = await startFleetBench(size);
  try {
    await fillShardsCache(bench.shards, ['device_states', 'hierarchy']);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      rounds.push(await measure(bench, options));
      options.say(`fleet-snapshot round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }
    return [
      {
        name: 'fleet-snapshot',
        what: `${size.devices} devices, ${size.customers} customers, 5 shards: asked for → gold, closed`,
        value: median(rounds.map(({ seconds }) => seconds)),
        unit: 's',
        direction: 'at most',
        bar: 120,
        details: { ...size, rounds },
      },
    ];
  } finally {
    await bench.stop();
  }
}

function measure(bench: FleetBench, { environment }: BenchOptions): Promise<Round> {
  const platform = { services: SERVICES, schedule: SCHEDULE, environment };
  return withFleetServices(bench, platform, async (services) => {
    const simulator = await bench.shards.cpuSeconds();
    const { runId } = await services.ask();
    const run = await services.closed(runId, TIMEOUT_MS);
    const tasks = await tasksOf(services.ledger, runId);
    const withheld = checkGold(run, tasks);
    const used: Record<string, number> = { simulator: (await bench.shards.cpuSeconds()) - simulator };
    for (const [name, { pid }] of services.processes) used[name] = await cpuSeconds(pid);
    const seconds = (Date.parse(run.finishedAt ?? '') - Date.parse(run.requestedAt)) / 1_000;
    return { seconds, steps: stepTimes(run.requestedAt, tasks), cpuSeconds: used, withheld };
  });
}

/** The whole of gold must be there, those models too that also read what other schedules bring. */
function checkGold({ status, manifest }: Run, tasks: readonly Task[]): string[] {
  const models = (manifest?.['models'] ?? []) as { model: string; status: string }[];
  const isBuilt = GOLD.every((name) =>
    models.some((one) => one.model === name && one.status === 'succeeded'),
  );
  const incomplete = (manifest?.['incomplete'] ?? []) as readonly unknown[];
  if (status !== 'succeeded' || !isBuilt || incomplete.length > 0) {
    const errors = tasks.flatMap(({ kind, slice, error }) =>
      error === null ? [] : [{ kind, slice, error }],
    );
    const facts = JSON.stringify({ errors: errors.slice(0, 5), models });
    throw new Error(`the run ended ${status} without its gold: ${facts}`);
  }
  return models.filter((one) => one.status !== 'succeeded').map(({ model }) => model);
}
