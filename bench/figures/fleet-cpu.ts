import { type BenchOptions, type Figure, median } from '../figure.ts';
import { type BareLoop, type BareRound, startBareLoop } from '../fleet/bare-loop.ts';
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
  /** Directly before the extractor and directly after. */
  readonly bare: readonly BareRound[];
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
        value: median(
          rounds.map(({ extractor, bare }) => extractor / mean(bare.map((one) => one.cpuSeconds))),
        ),
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

/** The loop before and after, so that both meet the machine in the same mood: its speed changes by half within a minute. */
async function measure(bench: FleetBench, options: BenchOptions): Promise<Round> {
  const loop = await startBareLoop(bench.shards, STREAMS);
  try {
    return await measureBeside(loop, bench, options);
  } finally {
    await loop.stop();
  }
}

function measureBeside(loop: BareLoop, bench: FleetBench, { environment }: BenchOptions): Promise<Round> {
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
    const before = await loop.round();
    const served = await bench.shards.cpuSeconds();
    const { runId: measured, seconds: extractor } = await snapshot();
    const simulator = (await bench.shards.cpuSeconds()) - served;
    await services.closed(measured, TIMEOUT_MS);
    return { extractor, extractorCold, simulator, bare: [before, await loop.round()] };
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
