import { PenstockError } from '#shared/errors/penstock-error.ts';
import { shardApiErrors } from './errors.ts';
import type { FleetOptions } from './fleet/fleet.ts';
import type { ScenarioInput } from './scenario/scenario.ts';
import type { Tamper } from './server/tamper.ts';

/** What the simulated shards shall be; everything has a default. */
export interface ShardApiOptions {
  /** Decides every value, default 7. */
  readonly seed?: number;
  /** Default 5; they are named s1, s2, … */
  readonly shards?: number;
  /** Default 20. */
  readonly customers?: number;
  /** Devices that were ever installed, default 600. */
  readonly devices?: number;
  /** Sizes of customers as they are wanted, instead of both: dealt to the shards in turn, or by name of shard. */
  readonly sizes?: FleetOptions['sizes'];
  /** Share of the devices that are removed one day in 2025–2028, default 0.01. */
  readonly removedShare?: number;
  /** Milliseconds since 1970 that the data is of, default `Date.now`. */
  readonly clock?: () => number;
  /** A name, the path of a file, or the scenario itself; default none. */
  readonly scenario?: string | ScenarioInput;
  /** Life of an access token, default one hour. */
  readonly tokenTtlMs?: number;
  /** Calls a second that a shard allows, tokens apart; default no limit. */
  readonly requestsPerSecond?: number;
  /** Calls that may follow one another at once; default as many as a second allows. */
  readonly burst?: number;
  /** Renders each page once, for the instant of the start, and serves it from memory. */
  readonly preRendered?: boolean;
  /** Puts marked secrets at random places of every answer. */
  readonly fuzz?: boolean;
  /** Changes answers on their way out. */
  readonly tamper?: Tamper;
  /** Port of s1; the others follow. Default 0: each takes a free one. */
  readonly firstPort?: number;
}

type Filled = Required<
  Omit<ShardApiOptions, 'scenario' | 'sizes' | 'requestsPerSecond' | 'burst' | 'tamper'>
>;

export interface ResolvedOptions extends Filled {
  readonly tamper?: Tamper;
  readonly fleet: FleetOptions;
  readonly rate: { readonly requestsPerSecond: number; readonly burst: number } | null;
}

const DEFAULTS = {
  seed: 7,
  shards: 5,
  customers: 20,
  devices: 600,
  removedShare: 0.01,
  clock: Date.now,
  tokenTtlMs: 3_600_000,
  preRendered: false,
  fuzz: false,
  firstPort: 0,
} as const;
const MOST_DEVICES = 9_999_999;

/**
 * Fills in the defaults.
 *
 * @throws PenstockError SHARD_API_OPTIONS naming every problem at once.
 */
export function resolveOptions(options: ShardApiOptions): ResolvedOptions {
  const filled = { ...DEFAULTS, ...options };
  const { seed, customers, devices, removedShare, requestsPerSecond, burst } = filled;
  const shards = Array.from({ length: filled.shards }, (_, index) => `s${index + 1}`);
  const problems = [
    ...problemsOf(filled),
    ...(filled.sizes === undefined
      ? fleetProblems(filled.shards, customers, devices)
      : sizeProblems(shards, filled.sizes)),
  ];
  if (problems.length > 0) throw new PenstockError(shardApiErrors.options, { problems: problems.join('; ') });
  const { sizes } = filled;
  const base = { seed, shards, customers, devices, removedShare };
  const rate =
    requestsPerSecond === undefined
      ? null
      : { requestsPerSecond, burst: burst ?? Math.max(1, Math.ceil(requestsPerSecond)) };
  const frozenMs = filled.clock();
  const clock = filled.preRendered ? () => frozenMs : filled.clock;
  return { ...filled, clock, rate, fleet: sizes === undefined ? base : { ...base, sizes } };
}

function problemsOf(options: Filled & ShardApiOptions): string[] {
  const { seed, shards, removedShare, tokenTtlMs, requestsPerSecond, burst, preRendered, fuzz } = options;
  const checks: readonly (readonly [boolean, string])[] = [
    [isWhole(seed, 0, 0xffff_ffff), 'seed must be a whole number of 32 bits'],
    [isWhole(shards, 1, 1_000), 'shards must be a whole number from 1 to 1000'],
    [removedShare >= 0 && removedShare <= 1, 'removedShare must be from 0 to 1'],
    [tokenTtlMs > 0, 'tokenTtlMs must be more than 0'],
    [requestsPerSecond === undefined || requestsPerSecond > 0, 'requestsPerSecond must be more than 0'],
    [burst === undefined || isWhole(burst, 1, 1e9), 'burst must be a whole number, at least 1'],
    [!(preRendered && fuzz), 'preRendered and fuzz exclude each other'],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, problem]) => problem);
}

function fleetProblems(shards: number, customers: number, devices: number): string[] {
  if (isWhole(customers, shards, devices) && isWhole(devices, 1, MOST_DEVICES)) return [];
  return [
    `there must be at least as many customers as shards, as many devices as customers, and at most ${MOST_DEVICES}`,
  ];
}

function sizeProblems(shards: readonly string[], sizes: NonNullable<FleetOptions['sizes']>): string[] {
  const isList = Array.isArray(sizes);
  const all = isList ? sizes : Object.values(sizes).flat();
  const strangers = isList ? [] : Object.keys(sizes).filter((name) => !shards.includes(name));
  return [
    ...strangers.map((name) => `sizes name a shard ${name} that there is not`),
    ...(all.every((size: number) => isWhole(size, 1, MOST_DEVICES))
      ? []
      : ['sizes must be whole numbers from 1']),
  ];
}

const isWhole = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;
