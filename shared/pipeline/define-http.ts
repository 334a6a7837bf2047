import type {
  CursorPaging,
  HttpEndpoint,
  HttpLimits,
  HttpPeriodStreamDeclaration,
  HttpSnapshotStreamDeclaration,
  HttpSourceDeclaration,
} from './http-declaration.ts';

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export type EndpointInput = Optional<HttpEndpoint, 'query' | 'rows' | 'page'>;

/** What has a default in streams of every kind. */
type WithDefaults = 'map' | 'drop' | 'eventTime' | 'version' | 'maxRejectedRatio' | 'targetFileBytes';

type HttpSourceInput = Omit<
  Optional<HttpSourceDeclaration, 'auth' | 'hashKey'>,
  'kind' | 'limits' | 'slices'
> & {
  readonly limits?: Partial<HttpLimits>;
  readonly slices: {
    readonly endpoint: EndpointInput;
    readonly id: string;
    readonly pattern?: string | null;
    readonly entities?: string | null;
  };
};

type SnapshotInput = Omit<Optional<HttpSnapshotStreamDeclaration, WithDefaults>, 'kind' | 'endpoint'> & {
  readonly endpoint: EndpointInput;
};

type PeriodInput = Omit<
  Optional<HttpPeriodStreamDeclaration, WithDefaults | 'tz' | 'firstDays' | 'lateDays'>,
  'kind' | 'coarse' | 'expected' | 'fine'
> & {
  readonly coarse: EndpointInput;
  readonly expected: { readonly endpoint: EndpointInput; readonly id: string };
  readonly fine: {
    readonly endpoint: EndpointInput;
    readonly rememberMs?: number;
    readonly maxMissingRatio?: number;
  };
};

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const DEFAULT_LIMITS: HttpLimits = {
  requestsPerSecond: 20,
  burst: 20,
  concurrency: 4,
  connections: 8,
  requestTimeoutMs: 30_000,
  sliceTimeoutMs: 15 * MINUTE_MS,
  maxBodyBytes: 32 * MIB,
  attempts: 5,
  breaker: { failures: 5, resetMs: 30_000 },
};

/** Paging by `cursor` and `limit`, the next one in `next_cursor`, 100 rows a page, where not said otherwise. */
export function cursorPaging(input: Partial<CursorPaging> = {}): CursorPaging {
  return { param: 'cursor', next: 'next_cursor', limitParam: 'limit', limit: 100, ...input };
}

/**
 * An HTTP API behind shards with its defaults: 20 calls a second and shard, 4 slices at once, 30 s a call, 15 min a slice,
 * bodies up to 32 MiB, 5 attempts, a shard left alone for 30 s after 5 failures in a row; no authentication, no hash key.
 */
export function httpSource(input: HttpSourceInput): HttpSourceDeclaration {
  return {
    auth: null,
    hashKey: null,
    ...input,
    kind: 'http',
    limits: { ...DEFAULT_LIMITS, ...input.limits },
    slices: { pattern: null, entities: null, ...input.slices, endpoint: endpoint(input.slices.endpoint) },
  };
}

/** A stream of what an API says now: every field under its own name, 1% rejects at most, files of about 64 MiB of text. */
export function httpSnapshot(input: SnapshotInput): HttpSnapshotStreamDeclaration {
  return { ...STREAM_DEFAULTS, ...input, kind: 'snapshot', endpoint: endpoint(input.endpoint) };
}

/**
 * A stream of a day's rows, with the defaults of a snapshot. Days are of UTC, the first run fetches one, each run asks for two again;
 * a missing coarse endpoint is remembered for a day, and a slice fails when more than a tenth of its entities do.
 */
export function httpPeriod(input: PeriodInput): HttpPeriodStreamDeclaration {
  return {
    ...STREAM_DEFAULTS,
    tz: 'UTC',
    firstDays: 1,
    lateDays: 2,
    ...input,
    kind: 'period',
    coarse: endpoint(input.coarse),
    expected: { ...input.expected, endpoint: endpoint(input.expected.endpoint) },
    fine: {
      rememberMs: DAY_MS,
      maxMissingRatio: 0.1,
      ...input.fine,
      endpoint: endpoint(input.fine.endpoint),
    },
  };
}

const STREAM_DEFAULTS = {
  map: {},
  drop: [],
  eventTime: null,
  version: 'ordinal',
  maxRejectedRatio: 0.01,
  targetFileBytes: 64 * MIB,
} as const;

/** The answer itself is the row, in one call, unless the endpoint says otherwise. */
const endpoint = (input: EndpointInput): HttpEndpoint => ({ query: {}, rows: '', page: null, ...input });
