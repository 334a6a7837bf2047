import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { testDatabase } from './postgres.ts';
import type { Taken, TakerOrders } from './rate-taker-main.ts';
import { describeWithRedis, testRedis } from './redis.ts';

export type RateBackend = 'redis' | 'postgres';

/** Runs one suite against both stores of rate limits. */
export function describeRateBackends(title: string, suite: (kind: RateBackend) => void): void {
  describeWithRedis(`${title} on Redis`, () => suite('redis'));
  describe(`${title} on PostgreSQL`, () => suite('postgres'));
}

/** The table that a migration of the ledger makes. */
export const RATE_TABLE = `
  CREATE SCHEMA IF NOT EXISTS ops;
  CREATE UNLOGGED TABLE ops.rate_buckets (
    key text PRIMARY KEY,
    full_at_micros bigint NOT NULL,
    granted bigint NOT NULL
  ) WITH (fillfactor = 50);`;

export interface RateBench {
  readonly url: string;
  readonly prefix: string;
}

/** A place for buckets on the run's shared servers. */
export function useRateBench(kind: RateBackend): RateBench {
  const bench = { url: '', prefix: `r_${randomBytes(5).toString('hex')}` };
  let drop: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    if (kind === 'redis') {
      bench.url = (await testRedis()).url;
      return;
    }
    const database = await testDatabase();
    bench.url = database.url;
    drop = database.drop;
    await createRateTable(database.url);
  });
  afterAll(() => drop());
  return bench;
}

export async function createRateTable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(RATE_TABLE);
  await client.end();
}

const script = fileURLToPath(new URL('./rate-taker-main.ts', import.meta.url));

/** Takes points in a process of its own; what it took, once it has ended. */
export async function takeInProcess(orders: TakerOrders): Promise<Taken[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(orders)], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Taken[];
}

/**
 * The worst interval of all: how many points more than `burst + rate * length` were asked for and given within it.
 * At most 0 when the promise held.
 */
export function worstExcess(
  taken: readonly Taken[],
  shape: { ratePerSecond: number; burst: number },
): number {
  let worst = Number.NEGATIVE_INFINITY;
  const ends = taken.map(([, gotAt]) => gotAt).sort((a, b) => a - b);
  for (const [from] of taken) {
    const within = taken
      .filter(([askedAt]) => askedAt >= from)
      .map(([, gotAt]) => gotAt)
      .sort((a, b) => a - b);
    for (const [index, to] of within.entries()) {
      const allowed = shape.burst + (shape.ratePerSecond * (to - from)) / 1000;
      worst = Math.max(worst, index + 1 - allowed);
    }
  }
  return ends.length === 0 ? 0 : worst;
}
