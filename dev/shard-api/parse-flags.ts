import { parseArgs } from 'node:util';
import type { ShardApiOptions } from './options.ts';

export interface ShardApiFlags {
  readonly options: ShardApiOptions;
  /** Entries a page that is rendered beforehand; undefined renders none. */
  readonly warm?: number;
  /** Ends when standard input does, so that it dies with whoever started it. */
  readonly untilStdinEnds: boolean;
}

export const HELP = `Simulates the API shards of the fleet pipeline. The same flags give the same fleet.

  node dev/shard-api/main.ts [flags]

  --shards               default 5, named s1, s2, …
  --customers            default 20
  --devices              of all customers together, default 600
  --seed                 decides every value, default 7
  --removed-share        of the devices that vanish one day in 2025–2028, default 0.01
  --scenario             a name (dev/shard-api/scenarios) or a JSON file; SIGHUP reads it again
  --token-ttl-ms         life of an access token, default 3600000
  --requests-per-second  that a shard allows, default no limit
  --burst                calls that may follow one another at once
  --first-port           port of s1, the others follow; default free ones
  --fuzz                 marked secrets at random places of every answer
  --pre-rendered         renders a page once and serves it from memory; time stands still
  --warm                 renders all pages of so many entries before it says that it is up; needs --pre-rendered
  --until-stdin-ends     ends when standard input does
  --help                 this text

It prints one variable a shard, PENSTOCK_SOURCE_FLEET_S1_URL=…, and runs until a signal. Then it prints what was
called, one JSON line a kind of call.
`;

const NUMBERS = {
  shards: 'shards',
  customers: 'customers',
  devices: 'devices',
  seed: 'seed',
  'removed-share': 'removedShare',
  'token-ttl-ms': 'tokenTtlMs',
  'requests-per-second': 'requestsPerSecond',
  burst: 'burst',
  'first-port': 'firstPort',
} as const satisfies Record<string, keyof ShardApiOptions>;

/**
 * Reads the command's flags. Whether the numbers make sense together is for `startShardApi` to say.
 *
 * @returns undefined when help was asked for.
 * @throws Error that says which flag is wrong.
 */
export function parseFlags(args: readonly string[]): ShardApiFlags | undefined {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  const numbers = Object.fromEntries(Object.keys(NUMBERS).map((flag) => [flag, text]));
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...numbers,
      scenario: text,
      warm: text,
      fuzz: yes,
      'pre-rendered': yes,
      'until-stdin-ends': yes,
      help: yes,
    },
  });
  if (values.help === true) return undefined;
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  const counted = Object.entries(NUMBERS)
    .filter(([flag]) => given[flag] !== undefined)
    .map(([flag, option]) => [option, numberOf(flag, String(given[flag]))]);
  const preRendered = values['pre-rendered'] === true;
  if (values.warm !== undefined && !preRendered) throw new Error('--warm needs --pre-rendered');
  return {
    options: {
      ...(Object.fromEntries(counted) as ShardApiOptions),
      ...(values.scenario === undefined ? {} : { scenario: values.scenario }),
      fuzz: values.fuzz === true,
      preRendered,
    },
    ...(values.warm === undefined ? {} : { warm: numberOf('warm', values.warm) }),
    untilStdinEnds: values['until-stdin-ends'] === true,
  };
}

function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value)) return value;
  throw new Error(`--${flag} needs a number`);
}
