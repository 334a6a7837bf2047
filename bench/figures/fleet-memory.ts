import { type BenchOptions, type Figure, median } from '../figure.ts';
import { type FleetBench, pidOf, startFleetBench, withFleetServices } from '../fleet/fleet-bench.ts';
import { fleetOfSize } from '../fleet/fleet-size.ts';
import { allLanded } from '../fleet/landed-slices.ts';
import { peakMib } from '../platform/process-figures.ts';

const [FEW, MANY] = [10_000, 100_000];
const TIMEOUT_MS = 900_000;

/** Peak memory of an extractor, a new process each time, after a snapshot of ten times the devices. */
export async function benchFleetMemory(options: BenchOptions): Promise<readonly Figure[]> {
  const few = await startFleetBench(fleetOfSize(FEW, options.scale));
  try {
    const many = await startFleetBench(fleetOfSize(MANY, options.scale));
    try {
      const rounds: { readonly few: number; readonly many: number }[] = [];
      for (let round = 0; round < options.rounds; round += 1) {
        rounds.push({ few: await peakOf(few, options), many: await peakOf(many, options) });
        options.say(`fleet-memory round ${round + 1}: ${JSON.stringify(rounds.at(-1))} MiB`);
      }
      return [
        {
          name: 'fleet-memory',
          what: 'peak memory of the extractor at 100,000 devices against 10,000',
          value: median(rounds.map((round) => round.many / round.few)),
          unit: '× as much',
          direction: 'at most',
          bar: 1.3,
          details: { rounds },
        },
      ];
    } finally {
      await many.stop();
    }
  } finally {
    await few.stop();
  }
}

function peakOf(bench: FleetBench, { environment }: BenchOptions): Promise<number> {
  const platform = {
    services: ['scheduler', 'extractor'],
    schedule: 'twelve_hourly_elt',
    environment,
  } as const;
  return withFleetServices(bench, platform, async (services) => {
    const { runId } = await services.ask();
    await allLanded(services, runId, TIMEOUT_MS);
    return peakMib(pidOf(services, 'extractor'));
  });
}
