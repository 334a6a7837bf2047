/** Entities of a slice, or of one day of it. */
export interface EntityCounts {
  /** Null where nothing says how many there should be. */
  readonly expected: number | null;
  readonly answered: number;
  /** Removed at the source (404, 410): expected, but no error. */
  readonly gone: number;
  /** By the code of the error that kept them away. */
  readonly missing: Readonly<Record<string, number>>;
}

/** What one read has cost and brought. */
export interface ReadStats {
  /** Calls on the wire, repeated ones included. `other`: the list of expected entities. */
  readonly calls: { readonly coarse: number; readonly fine: number; readonly other: number };
  /** Of those, how many were repetitions. */
  readonly retries: number;
  /** Failed calls by code, whether repeated with success or not. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of answers' bodies, as they came over the wire. */
  readonly bytes: number;
  readonly rows: number;
  /** Rows of an entity that had come before. */
  readonly duplicates: number;
  /** Sums over all days. */
  readonly entities: EntityCounts;
  /** Of period streams: a day with missing entities is incomplete. */
  readonly days: Readonly<Record<string, EntityCounts>>;
}
