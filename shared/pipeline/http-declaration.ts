import type { Contract } from './contract.ts';

/** Bounds of what a shard's API is asked. Rates hold across all workers and processes. */
export interface HttpLimits {
  /** Refill of the shard's token bucket, calls a second. */
  readonly requestsPerSecond: number;
  /** Calls that may follow one another at once before the rate holds. */
  readonly burst: number;
  /** Slices of one shard that are read at once, over all processes. */
  readonly concurrency: number;
  /** Calls in flight of one shard in one process. */
  readonly connections: number;
  /** From sending a request to the last byte of its answer. */
  readonly requestTimeoutMs: number;
  /** One slice, all its calls together. */
  readonly sliceTimeoutMs: number;
  /** Answers beyond this are refused while they arrive. */
  readonly maxBodyBytes: number;
  /** Tries of one call, the first included. */
  readonly attempts: number;
  /** Calls in a row that must fail for the shard to count as down, and how long it is then left alone. */
  readonly breaker: { readonly failures: number; readonly resetMs: number };
}

/** Tokens by client credentials: `POST <path>` with HTTP Basic, answered by `access_token` and `expires_in` (seconds). */
export interface ClientCredentials {
  readonly kind: 'client-credentials';
  readonly path: string;
  /** A token is renewed this long before it expires. */
  readonly renewBeforeMs: number;
}

/** Paging by an opaque cursor in the answer. */
export interface CursorPaging {
  /** Query parameter that carries the cursor, e.g. `cursor`. */
  readonly param: string;
  /** Where the answer has the next one, e.g. `next_cursor`; absent, null or empty ends. */
  readonly next: string;
  readonly limitParam: string;
  /** Rows a page. */
  readonly limit: number;
  /** Where the answer says how many rows all pages have, e.g. `total`; left out where it does not. */
  readonly total?: string;
}

/** One call, or the pages of one. */
export interface HttpEndpoint {
  /** Relative to the shard's URL. `{slice}`, `{entity}` and `{day}` are filled in, percent-encoded. */
  readonly path: string;
  /** Query parameters; the same placeholders. */
  readonly query: Readonly<Record<string, string>>;
  /** Where rows stand in the answer: `items[]`, `sites[].rooms[].devices[]`, or `` for the answer itself. */
  readonly rows: string;
  readonly page: CursorPaging | null;
}

/** Lists the slices of a shard: one row each. */
export interface SliceListing {
  readonly endpoint: HttpEndpoint;
  /** Path of the slice's id in the row. Ids that do not match `[A-Za-z0-9._-]{1,64}` are refused. */
  readonly id: string;
  /**
   * Anchored regular expression ids must match besides, with the syntax of a contract's `pattern`. They stand in the ledger, logs and
   * every landed row, so nothing that somebody typed should pass for one. Null where the above is all that can be said.
   */
  readonly pattern: string | null;
  /** Path of how many entities it has; what the order of tasks starts from. Null where the listing does not say. */
  readonly entities: string | null;
}

/** An HTTP API behind several shards. Base URLs and credentials come from configuration, one URL per shard. */
export interface HttpSourceDeclaration {
  readonly kind: 'http';
  /** Shard `s1` of connection `FLEET` is read from `PENSTOCK_SOURCE_FLEET_S1_URL`; user and password in it are the client's. */
  readonly connection: string;
  readonly shards: readonly string[];
  readonly auth: ClientCredentials | null;
  readonly limits: HttpLimits;
  readonly slices: SliceListing;
  /** Key of `hashed` fields: `PENSTOCK_HASH_KEY_<name>`. Null where no field is hashed. */
  readonly hashKey: string | null;
}

/** What streams of every kind of an HTTP source declare. */
interface HttpStreamBase {
  readonly source: string;
  readonly contract: Contract;
  /**
   * Where each contract field stands in a row (`state.temperature`; `^id` in the element of the enclosing array, `^^id` one
   * further out). `$slice`, `$shard`, `$takenAt`, `$day` and `$way` are filled in by the engine. Default: the field's name.
   */
  readonly map: Readonly<Record<string, string>>;
  /** Paths known to be dropped, so that they are no drift. */
  readonly drop: readonly string[];
  /** Contract field that identifies the entity (device) a row is about. */
  readonly entity: string;
  /** Path within the row's contract fields of the event's time, for freshness by slice; null for none. */
  readonly eventTime: string | null;
  readonly version: 'ordinal';
  readonly maxRejectedRatio: number;
  /** Slices of a shard are written together up to about this size of text. */
  readonly targetFileBytes: number;
}

/** The state now; can't be asked for again. The watermark of a slice is the instant of its last snapshot. */
export interface HttpSnapshotStreamDeclaration extends HttpStreamBase {
  readonly kind: 'snapshot';
  readonly endpoint: HttpEndpoint;
}

/** Asked for single entities when the coarse endpoint is missing, fails or leaves some out. */
export interface FineCalls {
  readonly endpoint: HttpEndpoint;
  /** How long a coarse endpoint that is missing (404, 405, 501) is not tried again, per slice. */
  readonly rememberMs: number;
  /** Entities that may fail, of those expected, 0–1; beyond, the slice fails. Below, it is incomplete and asked again. */
  readonly maxMissingRatio: number;
}

/** A day's rows; every day must be fetched. The watermark of a slice is the first day not yet fetched. */
export interface HttpPeriodStreamDeclaration extends HttpStreamBase {
  readonly kind: 'period';
  /** Asked first, for all of a slice. */
  readonly coarse: HttpEndpoint;
  /** Lists the entities expected of a slice, and the path of their id in its rows. */
  readonly expected: { readonly endpoint: HttpEndpoint; readonly id: string };
  readonly fine: FineCalls;
  /** IANA zone of a day. */
  readonly tz: string;
  /** Days before the first run that it fetches. */
  readonly firstDays: number;
  /** Days below the watermark that each run asks for again, because late ones arrive. */
  readonly lateDays: number;
}

export type HttpStreamDeclaration = HttpSnapshotStreamDeclaration | HttpPeriodStreamDeclaration;
