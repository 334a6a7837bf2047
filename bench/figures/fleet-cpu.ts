import { type BenchOptions, type Figure, median } from '../figure.ts';
import { type BareRound, bareRound } from '../fleet/bare-loop.ts';
import { type FleetBench, pidOf, startFleetBench, withFleetServices } from '../fleet/fleet-bench.ts';
import { fleetOfSize } from '../fleet/fleet-size.ts';
import { allLanded } from '../fleet/landed-slices.ts';
import { cpuSeconds } from '../platform/process-figures.ts';

const STREAMS = { states: 'device_states', hierarchy: 'hierarchy' } as const;
const TIMEOUT_MS = 900_000;

/** CPU seconds of the extractor from idle to its last landed slice, and of a loop that fetches and parses the same pages. */
interface Round {
  readonly extractor: number;
  readonly simulator: number;
  readonly bare: BareRound;
}

/** What reading costs beyond fetching and parsing, on the extractor's own CPU: all its threads, nobody else's. */
export async function benchFleetCpu(options: BenchOptions): Promise<readonly Figure[]> {
  const size = fleetOfSize(100_000, options.scale);
  const bench = await startFleetBench(size);
  try {
    // Fills the shards' cache: from here on they serve bytes.
    await bareRound(bench.shards, Object.values(STREAMS));
    const rounds: Record<keyof typeof STREAMS, Round>[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const states = await measure(bench, STREAMS.states, options);
      const hierarchy = await measure(bench, STREAMS.hierarchy, options);
      rounds.push({ states, hierarchy });
      options.say(`fleet-cpu round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }
    return [
      {
        name: 'fleet-cpu',
        what: `extractor's CPU for a snapshot of ${size.devices} devices, against fetching and parsing the same pages`,
        value: median(rounds.map(ratioOf)),
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

/** Both streams of a snapshot together. */
function ratioOf(round: Record<keyof typeof STREAMS, Round>): number {
  const both = Object.values(round);
  const sum = (of: (one: Round) => number): number => both.reduce((total, one) => total + of(one), 0);
  return sum((one) => one.extractor) / sum((one) => one.bare.cpuSeconds);
}

/** The loop directly before the extractor, so that both meet the machine in the same mood. */
async function measure(bench: FleetBench, stream: string, { environment }: BenchOptions): Promise<Round> {
  const bare = await bareRound(bench.shards, [stream]);
  const platform = {
    services: ['scheduler', 'extractor'],
    schedule: 'twelve_hourly_elt',
    environment,
  } as const;
  return withFleetServices(bench, platform, async (services) => {
    const pid = pidOf(services, 'extractor');
    const before = [await cpuSeconds(pid), await bench.shards.cpuSeconds()] as const;
    const { runId } = await services.ask({ streams: [stream] });
    await allLanded(services, runId, TIMEOUT_MS);
    const extractor = (await cpuSeconds(pid)) - before[0];
    return { extractor, simulator: (await bench.shards.cpuSeconds()) - before[1], bare };
  });
}
