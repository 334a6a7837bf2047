import { setTimeout as delay } from 'node:timers/promises';
import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import { type BenchOptions, type Figure, median } from '../figure.ts';
import {
  type FleetBench,
  type FleetServices,
  startFleetBench,
  withFleetServices,
} from '../fleet/fleet-bench.ts';
import { allLanded, secondsToLand } from '../fleet/landed-slices.ts';

const HUGE = 10_000;
/** Customers under 100 devices, about 2,000 devices together: at 50 calls a second, 40 s of calls one by one. */
const SMALL = [5, 8, 10, 10, 12, 15, 25, 40, 60, 95];
const TIMES = 7;
/**
 * Which of the first eight customers has all its calls within the burst is decided by which answer comes first, in two rounds of five otherwise
 * than mostly; a median of three is theirs now and then.
 */
const LEAST_ROUNDS = 5;
/** Only devices can be asked: a call each. */
const NO_COARSE: ShardApiOptions['scenario'] = { faults: [{ kind: 'not-implemented' }] };
const TIMEOUT_MS = 900_000;
/** At 50 calls a second as many as may be made at once, and some more. */
const FULL_BUCKET_MS = 2_000;

/** Seconds from the request to each small customer's landing, by slice. */
type Landings = ReadonlyMap<string, number>;

interface Round {
  readonly alone: Landings;
  readonly beside: Landings;
}

/** The customer that suffers most: its time beside the huge one against its time without. */
interface Worst {
  readonly ratio: number;
  readonly secondsMore: number;
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
      for (let round = 0; round < Math.max(LEAST_ROUNDS, options.rounds); round += 1) {
        const without = await smallLandings(alone, options);
        const one = { alone: without, beside: await smallLandings(beside, options) };
        rounds.push(one);
        options.say(`fleet-fairness round ${round + 1}: ${JSON.stringify(worstOf([one]))}`);
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
  const each = rounds.map((round) => worstOf([round]));
  const common = { direction: 'at most', details: { ...size, rounds: each } } as const;
  const worst = worstOf(rounds);
  return [
    {
      ...common,
      name: 'fleet-fairness',
      what: 'slowest customer under 100 devices beside one of 10,000, against without it',
      value: worst.ratio,
      unit: '× its time',
      bar: 1.2,
    },
    {
      ...common,
      name: 'fleet-fairness-delay',
      what: 'the same as time',
      value: worst.secondsMore,
      unit: 's more',
      bar: 2,
    },
  ];
}

/**
 * Each customer's median over the rounds is compared, not its times of one round: which slices happen to share a file moves a
 * customer by some tenths of a second either way, and the worst of 70 such moves is not what the huge one costs.
 */
function worstOf(rounds: readonly Round[]): Worst {
  const [first] = rounds;
  const times = (of: (round: Round) => Landings, slice: string): number =>
    median(rounds.map((round) => of(round).get(slice) ?? Number.NaN));
  const pairs = [...(first?.alone.keys() ?? [])].map((slice) => ({
    alone: times(({ alone }) => alone, slice),
    beside: times(({ beside }) => beside, slice),
  }));
  return {
    ratio: Math.max(...pairs.map(({ alone, beside }) => beside / alone)),
    secondsMore: Math.max(...pairs.map(({ alone, beside }) => beside - alone)),
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
    await warmUp(services);
    const run = await services.ask();
    return secondsToLand(services, run, slices.size, (slice) => slices.has(slice), TIMEOUT_MS);
  });
}

/**
 * A first run by pages. In a process's first second everything is compiled and the first 50 calls go to whoever is first, which decides
 * for the smallest whether they land after half a second or after one and a half.
 */
async function warmUp(services: FleetServices): Promise<void> {
  const { runId } = await services.ask({ schedule: 'twelve_hourly_elt' });
  await allLanded(services, runId, TIMEOUT_MS);
  await delay(FULL_BUCKET_MS);
}
