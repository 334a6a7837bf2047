/** Types a landed value can have. Each maps to one Parquet, DuckDB, PostgreSQL and BigQuery type. */
export type ScalarType =
  | { readonly kind: 'text' }
  | { readonly kind: 'int32' }
  | { readonly kind: 'int64' }
  | { readonly kind: 'float64' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  /** Wall-clock time without zone, microseconds. */
  | { readonly kind: 'timestamp' }
  /** An instant, microseconds, UTC. */
  | { readonly kind: 'timestamptz' }
  | { readonly kind: 'bytes' }
  /** JSON text as the source wrote it. */
  | { readonly kind: 'json' }
  | { readonly kind: 'uuid' };

/** A scalar, or a one-dimensional array of scalars. */
export type FieldType = ScalarType | { readonly kind: 'array'; readonly of: ScalarType };

/**
 * The closed set of checks a field may declare; each exists as zod and as SQL predicate. The two that depend on today are made `min` and
 * `max` by {@link contractAsOf} before rows are read.
 */
export interface FieldChecks {
  /** Inclusive bounds as decimal or ISO text, so that no precision is lost (`'0'`, `'1900-01-01'`). */
  readonly min?: string;
  readonly max?: string;
  /** Length of text in Unicode code points, of bytes in bytes. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Anchored regular expression; only syntax that RE2 and JavaScript read alike. */
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  /** Of dates and instants in a column: months before the run's date that may still be meant, whole ones, as retention keeps them. */
  readonly maxAgeMonths?: number;
  /** Of dates and instants in a column: days beyond now that may be meant. */
  readonly maxAheadDays?: number;
}

/** One column of a contract. */
export interface Field {
  readonly type: FieldType;
  /** Default false. */
  readonly nullable: boolean;
  readonly checks: FieldChecks;
  readonly description: string;
  /** What a JSON column may hold; anything else in it is dropped. Undefined: as the source wrote it. */
  readonly shape?: JsonShape;
  /** Text that is landed only as its keyed HMAC, 64 lower-case hex digits; checks are of the text before. */
  readonly hashed?: boolean;
}

/** The keys a JSON object may have: the allowlist inside a JSON column, at every depth. */
export interface JsonShape {
  readonly keys: Readonly<Record<string, Field | JsonShape>>;
}

/** True for an object within a JSON column, false for a leaf. */
export const isShape = (part: Field | JsonShape): part is JsonShape => 'keys' in part;

interface FieldOptions extends FieldChecks {
  readonly nullable?: boolean;
  readonly description?: string;
}

function field(type: FieldType, options: FieldOptions = {}): Field {
  const { nullable = false, description = '', ...checks } = options;
  return Object.freeze({ type: Object.freeze(type), nullable, checks: Object.freeze(checks), description });
}

/** An object within a JSON column. */
export const object = (keys: JsonShape['keys']): JsonShape => Object.freeze({ keys: Object.freeze(keys) });

/** JSON of which nothing but the named keys is landed; leaves are fields with checks, as columns are. */
export const shapedJson = (keys: JsonShape['keys'], options?: FieldOptions): Field =>
  Object.freeze({ ...json(options), shape: object(keys) });

/** Text that is landed as its keyed HMAC (SHA-256); the key comes from the source's `hashKey`. */
export const hashedText = (options?: FieldOptions): Field =>
  Object.freeze({ ...text(options), hashed: true });

export const text = (options?: FieldOptions): Field => field({ kind: 'text' }, options);
export const int32 = (options?: FieldOptions): Field => field({ kind: 'int32' }, options);
export const int64 = (options?: FieldOptions): Field => field({ kind: 'int64' }, options);
export const float64 = (options?: FieldOptions): Field => field({ kind: 'float64' }, options);
export const boolean = (options?: FieldOptions): Field => field({ kind: 'boolean' }, options);
export const date = (options?: FieldOptions): Field => field({ kind: 'date' }, options);
export const timestamp = (options?: FieldOptions): Field => field({ kind: 'timestamp' }, options);
export const timestamptz = (options?: FieldOptions): Field => field({ kind: 'timestamptz' }, options);
export const bytes = (options?: FieldOptions): Field => field({ kind: 'bytes' }, options);
export const json = (options?: FieldOptions): Field => field({ kind: 'json' }, options);
export const uuid = (options?: FieldOptions): Field => field({ kind: 'uuid' }, options);

/** Exact decimal; `precision` 1–38 digits in all, `scale` of them after the point. */
export const decimal = (precision: number, scale: number, options?: FieldOptions): Field =>
  field({ kind: 'decimal', precision, scale }, options);

/** One-dimensional array; elements may be NULL. */
export const array = (of: ScalarType, options?: FieldOptions): Field => field({ kind: 'array', of }, options);
