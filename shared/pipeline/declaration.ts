import type { Contract } from './contract.ts';
import type { HttpSourceDeclaration, HttpStreamDeclaration } from './http-declaration.ts';
import type { ObjectSourceDeclaration, ObjectStreamDeclaration } from './objects-declaration.ts';

/** A PostgreSQL database rows are read from. The connection comes from configuration, never from here. */
export interface PostgresSourceDeclaration {
  readonly kind: 'postgres';
  /** Variable that configuration resolves, e.g. `OLTP_URL` (read as `PENSTOCK_SOURCE_OLTP_URL`). */
  readonly connection: string;
  /** Safety margin below the oldest possible open transaction, default 5000. */
  readonly marginMs: number;
  /** A run whose bound is held back longer is `partial`, default 30 minutes. */
  readonly maxHeldBackMs: number;
}

export type SourceDeclaration = PostgresSourceDeclaration | HttpSourceDeclaration | ObjectSourceDeclaration;

export interface CursorDeclaration {
  /** SQL expression over the source table, computed at the source, e.g. `coalesce(updated_at, created_at)`. */
  readonly expression: string;
  readonly type: 'timestamptz' | 'date' | 'int64';
  /** `database`: set by the server at write (a trigger with `now()`). `application`: may lie; needs a look-back. */
  readonly setBy: 'database' | 'application';
  /** How far below the watermark each window starts again, in days. 0 for `database`. */
  readonly lookBackDays: number;
  /** Rows whose cursor lies after today are read up to this many days ahead. */
  readonly maxFutureDays: number;
  /** Days between full comparisons of source and bronze; null for none. */
  readonly fullCompareEveryDays: number | null;
}

/** A stream read from a PostgreSQL table through a cursor. */
export interface PostgresStreamDeclaration {
  readonly kind: 'cursor';
  readonly source: string;
  readonly table: { readonly schema: string; readonly name: string };
  readonly contract: Contract;
  readonly cursor: CursorDeclaration;
  /** `cursor-then-ordinal` where the database sets the cursor, else `ordinal`. */
  readonly version: 'cursor-then-ordinal' | 'ordinal';
  /** Rejected rows over rows read above which the slice fails, 0–1, default 0.01. */
  readonly maxRejectedRatio: number;
  /** Landing files are cut at about this size, default 64 MiB of source text. */
  readonly targetFileBytes: number;
}

export type StreamDeclaration = PostgresStreamDeclaration | HttpStreamDeclaration | ObjectStreamDeclaration;

/** What has come due is computed from the ledger under a unique (pipeline, schedule, logical time). */
export interface ScheduleDeclaration {
  readonly cron: string;
  /** IANA zone, e.g. `America/Sao_Paulo`. */
  readonly tz: string;
  readonly streams: readonly string[];
  /** Layers built after bronze: `['silver']` or `['silver', 'gold']`. */
  readonly layers: readonly string[];
}

/** A pipeline as its author declares it in `pipelines/<name>/pipeline.ts` (defaults filled in by `definePipeline`). */
export interface PipelineDeclaration {
  readonly name: string;
  readonly owner: string;
  readonly description: string;
  readonly sources: Readonly<Record<string, SourceDeclaration>>;
  readonly streams: Readonly<Record<string, StreamDeclaration>>;
  readonly schedules: Readonly<Record<string, ScheduleDeclaration>>;
  /** Folder of the dbt-style project, absolute (use `new URL('.', import.meta.url)`). */
  readonly projectDir: string;
}
