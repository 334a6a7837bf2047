import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchOptions, type Figure, median } from '../figure.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../landing/main.ts', import.meta.url));
const ROWS = 100_000;
const WAYS = ['module', 'duckdb', 'appender', 'parquetjs'] as const;

/** One way in a process of its own. */
interface Landed {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMb: number;
}

type Round = Readonly<Record<(typeof WAYS)[number] | 'nothing' | 'fewer', Landed>> & {
  readonly projection: { readonly parseUs: number; readonly projectUs: number; readonly ratio: number };
};

/** Rows that come one by one to a durable Parquet file, four ways; and what projecting a row costs beside parsing it. */
export async function benchLanding(options: BenchOptions): Promise<readonly Figure[]> {
  const rows = Math.max(1_000, Math.round(ROWS * options.scale));
  const exactness = Object.fromEntries(
    await Promise.all(WAYS.map(async (way) => [way, await child(options, `exact-${way}`, 1)] as const)),
  );
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    rounds.push(await measureRound(options, rows));
    options.say(`landing round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
  }
  const details = { rows, exactness, rounds };
  const against = (other: 'duckdb' | 'appender' | 'parquetjs') => (round: Round) =>
    (round.module.cpuMs - round.nothing.cpuMs) / (round[other].cpuMs - round.nothing.cpuMs);
  const figure = (name: string, what: string, unit: string, bar: number, of: (round: Round) => number) => ({
    ...{ name, what, unit, bar, direction: 'at most' as const, details },
    value: median(rounds.map(of)),
  });
  return [
    figure(
      'landing',
      'rows → Parquet by the module, against parquetjs-lite',
      'of its CPU',
      0.35,
      against('parquetjs'),
    ),
    figure('landing-appender', 'the same against DuckDB’s appender', 'of its CPU', 0.7, against('appender')),
    figure(
      'landing-duckdb',
      'the same against text that DuckDB converts',
      'of its CPU',
      0.9,
      against('duckdb'),
    ),
    figure(
      'landing-memory',
      'peak memory at 100k rows against 10k',
      '× as much',
      1.3,
      (round) => round.module.peakMb / round.fewer.peakMb,
    ),
    figure(
      'landing-projection',
      'projecting a state, against parsing it',
      'of its CPU',
      1,
      (round) => round.projection.ratio,
    ),
  ];
}

async function measureRound(options: BenchOptions, rows: number): Promise<Round> {
  const nothing = await child<Landed>(options, 'nothing', rows);
  const module = await child<Landed>(options, 'module', rows);
  const duckdb = await child<Landed>(options, 'duckdb', rows);
  const fewer = await child<Landed>(options, 'module', rows / 10);
  const appender = await child<Landed>(options, 'appender', rows);
  const parquetjs = await child<Landed>(options, 'parquetjs', rows);
  const projection = await child<Round['projection']>(options, 'project', rows);
  return { nothing, module, duckdb, fewer, appender, parquetjs, projection };
}

async function child<T>({ environment }: BenchOptions, way: string, rows: number): Promise<T> {
  const { stdout } = await run(process.execPath, [MAIN, way, String(rows)], { env: environment });
  return JSON.parse(stdout) as T;
}
