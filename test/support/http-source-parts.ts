import { defineContract } from '#shared/pipeline/define-contract.ts';
import { text } from '#shared/pipeline/field.ts';
import type {
  HttpLimits,
  HttpPeriodStreamDeclaration,
  HttpSnapshotStreamDeclaration,
  HttpSourceDeclaration,
} from '#shared/pipeline/http-declaration.ts';
import type { RateBuckets } from '#shared/rate-limit/rate-buckets.ts';
import type { RawBatch, SliceRead, WayChoices } from '#shared/sources/http/http-source.ts';
import { parsedRows } from '#shared/sources/http/raw-pieces.ts';

const limits: HttpLimits = {
  requestsPerSecond: 10_000,
  burst: 10_000,
  concurrency: 4,
  connections: 8,
  requestTimeoutMs: 5_000,
  sliceTimeoutMs: 30_000,
  maxBodyBytes: 16 * 1024 * 1024,
  attempts: 3,
  breaker: { failures: 5, resetMs: 60_000 },
};

const page = { param: 'cursor', next: 'next_cursor', limitParam: 'limit', limit: 100 };

export function sourceDeclaration(
  changed: Partial<HttpLimits> = {},
  shards: readonly string[] = ['s1'],
): HttpSourceDeclaration {
  return {
    kind: 'http',
    connection: 'FLEET',
    shards,
    auth: { kind: 'client-credentials', path: '/oauth/token', renewBeforeMs: 30_000 },
    limits: { ...limits, ...changed },
    slices: {
      endpoint: { path: '/v1/customers', query: {}, rows: 'items[]', page },
      id: 'customer_id',
      pattern: null,
      entities: 'device_count',
    },
    hashKey: null,
  };
}

const contract = defineContract({ version: 1, key: ['device_id'], fields: { device_id: text() } });

const base = {
  source: 'fleet',
  contract,
  map: {},
  drop: [],
  entity: 'device_id',
  eventTime: null,
  version: 'ordinal',
  maxRejectedRatio: 0,
  targetFileBytes: 1_000_000,
} as const;

export const snapshotStream: HttpSnapshotStreamDeclaration = {
  ...base,
  kind: 'snapshot',
  endpoint: {
    path: '/v1/customers/{slice}/devices/state',
    query: {},
    rows: 'items[]',
    page: { ...page, total: 'total' },
  },
};

export const periodStream: HttpPeriodStreamDeclaration = {
  ...base,
  kind: 'period',
  coarse: { path: '/v1/customers/{slice}/aggregates', query: { day: '{day}' }, rows: 'items[]', page },
  expected: {
    endpoint: {
      path: '/v1/customers/{slice}/hierarchy',
      query: {},
      rows: 'sites[].rooms[].thermostats[]',
      page,
    },
    id: 'device_id',
  },
  fine: {
    endpoint: { path: '/v1/devices/{entity}/aggregates', query: { day: '{day}' }, rows: '', page: null },
    rememberMs: 3_600_000,
    maxMissingRatio: 0.2,
  },
  tz: 'UTC',
  firstDays: 3,
  lateDays: 2,
};

/** Buckets that are always full; pauses are kept for the test to see. */
export class FullBuckets implements RateBuckets {
  readonly pauses: number[] = [];
  taken = 0;

  bucket(): { take(): Promise<number>; pause(pauseMs: number): void } {
    return {
      take: async () => {
        this.taken += 1;
        return 0;
      },
      pause: (pauseMs) => void this.pauses.push(pauseMs),
    };
  }

  async close(): Promise<void> {}
}

/** Choices in memory. */
export class MemoryChoices implements WayChoices {
  readonly remembered = new Map<string, number>();

  async get(shard: string, slice: string, stream: string): Promise<'coarse' | 'fine'> {
    return (this.remembered.get(`${shard}/${slice}/${stream}`) ?? 0) > Date.now() ? 'fine' : 'coarse';
  }

  async remember(shard: string, slice: string, stream: string, _way: string, untilMs: number): Promise<void> {
    this.remembered.set(`${shard}/${slice}/${stream}`, untilMs);
  }
}

/** All of a read. */
export async function batchesOf(read: SliceRead): Promise<RawBatch[]> {
  const batches: RawBatch[] = [];
  for await (const batch of read) batches.push(batch);
  return batches;
}

export async function idsOf(read: SliceRead): Promise<string[]> {
  const batches = await batchesOf(read);
  return batches.flatMap(({ rows }) =>
    parsedRows(rows).map(({ value }) => (value as { device_id: string }).device_id),
  );
}

/** `d-0` to `d-<count - 1>`. */
export function devices(count: number, prefix = 'd'): { device_id: string }[] {
  return Array.from({ length: count }, (_, index) => ({ device_id: `${prefix}-${index}` }));
}
