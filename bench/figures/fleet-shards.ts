import type { ScenarioInput } from '#dev/shard-api/scenario/scenario.ts';
import { type BenchOptions, type Figure, median } from '../figure.ts';
import { fillShardsCache } from '../fleet/bare-loop.ts';
import { type FleetBench, startFleetBench, withFleetServices } from '../fleet/fleet-bench.ts';
import { fleetOfSize } from '../fleet/fleet-size.ts';
import { secondsToLand } from '../fleet/landed-slices.ts';

const STREAMS = ['device_states', 'hierarchy'];
const HEALTHY = new URL('../fleet/three-shards.config.ts', import.meta.url);
const TROUBLED = ['s1', 's2'];
const SLOW_AND_DEAD: ScenarioInput = {
  faults: [
    { kind: 'latency', shards: ['s1'], ms: 5_000 },
    { kind: 'shard-down', shards: ['s2'] },
  ],
};
const CALM: ScenarioInput = { faults: [] };
const TIMEOUT_MS = 900_000;

/** Seconds until the last slice of the three healthy shards has landed. */
interface Round {
  readonly alone: number;
  readonly beside: number;
}

/** What a shard that answers in five seconds and one that is dead cost the three others. */
export async function benchFleetShards(options: BenchOptions): Promise<readonly Figure[]> {
  const size = fleetOfSize(100_000, options.scale);
  const bench = await startFleetBench(size);
  try {
    await fillShardsCache(bench.shards, STREAMS);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const alone = await lastLanding(bench, options, CALM, HEALTHY);
      const beside = await lastLanding(bench, options, SLOW_AND_DEAD);
      rounds.push({ alone, beside });
      options.say(`fleet-shards round ${round + 1}: ${JSON.stringify(rounds.at(-1))} s`);
    }
    return [
      {
        name: 'fleet-shards',
        what: 'last slice of three shards landed, beside a slow one and a dead one, against alone',
        value: median(rounds.map(({ alone, beside }) => beside / alone)),
        unit: '× its time',
        direction: 'at most',
        bar: 1.2,
        details: { ...size, rounds },
      },
    ];
  } finally {
    await bench.stop();
  }
}

async function lastLanding(
  bench: FleetBench,
  { environment }: BenchOptions,
  scenario: ScenarioInput,
  config?: URL,
): Promise<number> {
  const platform = {
    services: ['scheduler', 'extractor'],
    schedule: 'twelve_hourly_elt',
    environment,
    ...(config === undefined ? {} : { config }),
  } as const;
  const others = bench.shards.customers.filter(({ shard }) => !TROUBLED.includes(shard));
  const isWanted = (slice: string): boolean => !TROUBLED.some((shard) => slice.startsWith(`${shard}/`));
  await bench.shards.scenario(scenario);
  return withFleetServices(bench, platform, async (services) => {
    const run = await services.ask();
    const expected = others.length * STREAMS.length;
    const landed = await secondsToLand(services, run, expected, isWanted, TIMEOUT_MS);
    return Math.max(...landed.values());
  });
}
