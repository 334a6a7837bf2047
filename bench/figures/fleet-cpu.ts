import { type BenchOptions, type Figure, median } from '../figure.ts';
import { type BareRound, bareRound } from '../fleet/bare-loop.ts';
import { type FleetBench, pidOf, startFleetBench, withFleetServices } from '../fleet/fleet-bench.ts';
import { fleetOfSize } from '../fleet/fleet-size.ts';
import { allLanded } from '../fleet/landed-slices.ts';
import { cpuSeconds } from '../platform/process-figures.ts';

const STREAMS = ['device_states', 'hierarchy'] as const;
const TIMEOUT_MS = 900_000;

/** CPU seconds of one snapshot by a warm extractor, and of a warm loop that fetches and parses the same pages. */
interface Round {
  readonly extractor: number;
  /** Of the process's first snapshot, its compilation included. */
  readonly extractorCold: number;
  readonly simulator: number;
  readonly bare: BareRound;
}

/**
 * What reading costs beyond fetching and parsing, on the extractor's own CPU: all its threads, nobody else's. Extractor and loop
 * both do everything once before: a service runs for weeks.
 */
export async function benchFleetCpu(options: BenchOptions): Promise<readonly Figure[]> {
  const size = fleetOfSize(100_000, options.scale);
  const bench = await startFleetBench(size);
  try {
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      rounds.push(await measure(bench, options));
      options.say(`fleet-cpu round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }
    return [
      {
        name: 'fleet-cpu',
        what: `extractor's CPU for a snapshot of ${size.devices} devices, against fetching and parsing the same pages`,
        value: median(rounds.map((one) => one.extractor / one.bare.cpuSeconds)),
        unit: '× its CPU',
        direction: 'at most',
        bar: 2,
        details: { ...size, rounds },
      },
    ];
  } finally {
    await bench.stop();
  }
}

/** The loop directly before the extractor, so that both meet the machine in the same mood. */
async function measure(bench: FleetBench, { environment }: BenchOptions): Promise<Round> {
  const bare = await bareRound(bench.shards, STREAMS);
  const platform = {
    // Loader and transformer finish the first snapshot: a slice is not read again before its rows are in bronze.
    services: ['scheduler', 'extractor', 'loader', 'transformer'],
    schedule: 'twelve_hourly_elt',
    environment,
  } as const;
  return withFleetServices(bench, platform, async (services) => {
    const pid = pidOf(services, 'extractor');
    const snapshot = async (): Promise<{ runId: string; seconds: number }> => {
      const before = await cpuSeconds(pid);
      const { runId } = await services.ask({ streams: [...STREAMS] });
      await allLanded(services, runId, TIMEOUT_MS);
      return { runId, seconds: (await cpuSeconds(pid)) - before };
    };
    const { runId, seconds: extractorCold } = await snapshot();
    await services.closed(runId, TIMEOUT_MS);
    const served = await bench.shards.cpuSeconds();
    const { seconds: extractor } = await snapshot();
    return { extractor, extractorCold, simulator: (await bench.shards.cpuSeconds()) - served, bare };
  });
}
