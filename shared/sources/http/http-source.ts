import type {
  HttpPeriodStreamDeclaration,
  HttpSnapshotStreamDeclaration,
  HttpSourceDeclaration,
} from '#shared/pipeline/http-declaration.ts';
import type { RowPicker } from '#shared/pipeline/picker/picked-answer.ts';
import type { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import type { RateBuckets } from '#shared/rate-limit/rate-buckets.ts';
import type { ReadStats } from './read-stats.ts';

/** Which endpoint a row came by: that of its slice, or that of its entity. Snapshots come coarse. */
export type Way = 'coarse' | 'fine';

/** One row as the API gave it. Nothing of it may be logged. */
export interface RawRow {
  readonly value: unknown;
  /**
   * The elements of the arrays around it, innermost first, then the answer without its rows: of `sites[].rooms[].devices[]` the room,
   * the site, the answer with `sites` empty. An answer too large to be held is left out.
   */
  readonly parents: readonly unknown[];
}

/** Rows as they came: one that was parsed, or several that a picker read. */
export type RawPiece = RawRow | PickedRows;

export interface RawBatch {
  /**
   * Whoever has read them empties the list: generators that wait for the next page still hold it, and a page at every slice in
   * hand outlives collection after collection.
   */
  readonly rows: RawPiece[];
  readonly way: Way;
  /** `YYYY-MM-DD`; of period streams. */
  readonly day?: string;
}

export interface ListedSlice {
  readonly id: string;
  /** How many entities it has, where the listing says so. */
  readonly entities: number | null;
}

/** What a shard says its slices are. */
export interface ShardListing {
  /** Each once, in the order of the listing. */
  readonly slices: readonly ListedSlice[];
  /** Entries whose id is none, and after how many good ones the first of them came, from 1; null when there are none. */
  readonly refused: { readonly count: number; readonly firstPosition: number } | null;
}

/** The entity a row is about; null where it names none. */
export type EntityOf = (row: RawRow) => string | null;

interface ReadOptions {
  /** The stream's name in its pipeline. */
  readonly streamName: string;
  readonly shard: string;
  readonly slice: string;
  readonly signal: AbortSignal;
  /** Default: the field that the stream declares as `entity`, where its `map` says. */
  readonly entityOf?: EntityOf;
  /** Of the projection that the rows are for: large answers come as what it reads of them. Default: rows are parsed. */
  readonly picker?: RowPicker | null;
}

export interface SnapshotReadOptions extends ReadOptions {
  readonly stream: HttpSnapshotStreamDeclaration;
}

export interface PeriodReadOptions extends ReadOptions {
  readonly stream: HttpPeriodStreamDeclaration;
  /** `YYYY-MM-DD`, in the order they are asked for. */
  readonly days: readonly string[];
}

/** Rows of a slice, to be iterated once; nothing is called before. Whatever it throws, none of its rows may count. */
export interface SliceRead extends AsyncIterable<RawBatch> {
  /** What has happened so far; final once the iteration has ended. */
  stats(): ReadStats;
}

/** Remembers which slices have no coarse endpoint, across runs and processes. */
export interface WayChoices {
  /** `coarse` when nothing is remembered, or no longer. */
  get(shard: string, slice: string, stream: string): Promise<Way>;
  /** @param untilMs milliseconds since 1970 UTC. */
  remember(shard: string, slice: string, stream: string, way: Way, untilMs: number): Promise<void>;
}

export type EndpointKind = 'token' | 'slices' | 'snapshot' | 'expected' | 'coarse' | 'fine';

/** One call on the wire; a repeated call is another. */
export interface EndedCall {
  readonly shard: string;
  readonly endpoint: EndpointKind;
  /** Null where there are no two ways. */
  readonly way: Way | null;
  /** `ok` or the error's code. */
  readonly outcome: string;
  readonly ms: number;
  /** Of the answer's body, as they came over the wire. */
  readonly bytes: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Told of what happens, for metrics. Must be quick and must not throw. */
export interface HttpObserver {
  callEnded(call: EndedCall): void;
  breakerChanged(change: { readonly shard: string; readonly state: BreakerState }): void;
  rateWaited(wait: { readonly shard: string; readonly ms: number }): void;
}

export interface HttpSourceOptions {
  readonly source: HttpSourceDeclaration;
  /** The pipeline's name; it is told to the API as the caller's. */
  readonly name: string;
  /** Base URL of each shard, with the client and its secret. */
  readonly urls: Readonly<Record<string, string>>;
  readonly buckets: RateBuckets;
  readonly choices: WayChoices;
  readonly observe: HttpObserver;
}

/** An API behind several shards, up to raw rows. */
export interface HttpSource {
  /**
   * All slices of a shard.
   *
   * @throws PenstockError HTTP_SLICE_ID_INVALID when it lists some and none has a good id; what calls throw (see the README).
   */
  listSlices(shard: string, signal: AbortSignal): Promise<ShardListing>;
  /** @throws PenstockError HTTP_SOURCE_INVALID for a shard that is not declared. */
  readSnapshot(options: SnapshotReadOptions): SliceRead;
  /** @throws PenstockError HTTP_SOURCE_INVALID, HTTP_DECLARATION_INVALID. */
  readPeriod(options: PeriodReadOptions): SliceRead;
  /** Ends every read with HTTP_SOURCE_CLOSED and closes all connections. Buckets and choices stay open. */
  close(): Promise<void>;
}
