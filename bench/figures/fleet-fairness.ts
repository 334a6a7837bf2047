import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import { type BenchOptions, type Figure, median } from '../figure.ts';
import { type FleetBench, startFleetBench, withFleetServices } from '../fleet/fleet-bench.ts';
import { secondsToLand } from '../fleet/landed-slices.ts';

const HUGE = 10_000;
/** Customers under 100 devices, about 2,000 devices together: at 50 calls a second, 40 s of calls one by one. */
const SMALL = [5, 8, 10, 10, 12, 15, 25, 40, 60, 95];
const TIMES = 7;
/** Only devices can be asked: a call each. */
const NO_COARSE: ShardApiOptions['scenario'] = { faults: [{ kind: 'not-implemented' }] };
const TIMEOUT_MS = 900_000;

/** Seconds from the request to each small customer's landing, by slice. */
type Landings = ReadonlyMap<string, number>;

interface Round {
  /** The customer that suffers most: its time beside the huge one against its time without. */
  readonly worstRatio: number;
  readonly worstSecondsMore: number;
  readonly lastAlone: number;
  readonly lastBeside: number;
}

/** What a customer of 10,000 devices costs those under 100 on its shard, where each device is a call and the rate is limited. */
export async function benchFleetFairness(options: BenchOptions): Promise<readonly Figure[]> {
  const small = Array.from({ length: Math.max(2, Math.round(TIMES * options.scale)) }, () => SMALL).flat();
  const huge = Math.max(1_000, Math.round(HUGE * options.scale));
  const alone = await startFleetBench(shardOf(small));
  try {
    // The huge one last, so that the small ones are the same customers with the same devices.
    const beside = await startFleetBench(shardOf([...small, huge]));
    try {
      const rounds: Round[] = [];
      for (let round = 0; round < options.rounds; round += 1) {
        const without = await smallLandings(alone, options);
        rounds.push(compare(without, await smallLandings(beside, options)));
        options.say(`fleet-fairness round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
      }
      return figuresOf(rounds, { small: small.length, huge });
    } finally {
      await beside.stop();
    }
  } finally {
    await alone.stop();
  }
}

const shardOf = (sizes: readonly number[]): ShardApiOptions => ({
  sizes: { s1: sizes, s2: [1], s3: [1], s4: [1], s5: [1] },
  scenario: NO_COARSE,
});

function figuresOf(rounds: readonly Round[], size: Record<string, number>): Figure[] {
  const common = { direction: 'at most', details: { ...size, rounds } } as const;
  return [
    {
      ...common,
      name: 'fleet-fairness',
      what: 'slowest customer under 100 devices beside one of 10,000, against without it',
      value: median(rounds.map(({ worstRatio }) => worstRatio)),
      unit: '× its time',
      bar: 1.2,
    },
    {
      ...common,
      name: 'fleet-fairness-delay',
      what: 'the same as time',
      value: median(rounds.map(({ worstSecondsMore }) => worstSecondsMore)),
      unit: 's more',
      bar: 2,
    },
  ];
}

function compare(alone: Landings, beside: Landings): Round {
  const pairs = [...alone].map(([slice, without]) => ({ without, besides: beside.get(slice) ?? Number.NaN }));
  return {
    worstRatio: Math.max(...pairs.map(({ without, besides }) => besides / without)),
    worstSecondsMore: Math.max(...pairs.map(({ without, besides }) => besides - without)),
    lastAlone: Math.max(...alone.values()),
    lastBeside: Math.max(...pairs.map(({ besides }) => besides)),
  };
}

async function smallLandings(bench: FleetBench, { environment }: BenchOptions): Promise<Landings> {
  const platform = {
    services: ['scheduler', 'extractor'],
    schedule: 'daily_aggregates_elt',
    environment,
  } as const;
  const small = bench.shards.customers.filter(({ shard, devices }) => shard === 's1' && devices < 100);
  const slices = new Set(small.map(({ id, shard }) => `${shard}/${id}`));
  return withFleetServices(bench, platform, async (services) => {
    const run = await services.ask();
    return secondsToLand(services, run, slices.size, (slice) => slices.has(slice), TIMEOUT_MS);
  });
}
