import type { Readable } from 'node:stream';
import type { RelationName } from '#shared/contracts/names.ts';
import type { Contract } from '#shared/pipeline/contract.ts';

/** Differences between warehouses, declared so that nobody asks one by name. */
export interface WarehouseCapabilities {
  /** How landed files get in: rows streamed as CSV, or Parquet objects the warehouse fetches by URI. */
  readonly intake: 'csv-stream' | 'parquet-uris';
  /** CREATE, DROP and renames roll back with their transaction. */
  readonly transactionalDdl: boolean;
  /** Hashed tables are unlogged: quick to fill, empty after a crash of the server. */
  readonly unloggedTables: boolean;
  /** Hashed tables vanish by themselves after a while. */
  readonly expiringTables: boolean;
  /** What people see under the stable name: a view on the hashed table, or a copy of it. */
  readonly stableAs: 'view' | 'copy';
}

/** One landed file on its way into a hashed table. An adapter uses the form its `intake` names. */
export interface FileToLoad {
  /** The ledger's id of the file, decimal digits. */
  readonly fileId: string;
  /** Where the object stands, for `parquet-uris`. */
  readonly uri: string;
  /**
   * The rows as CSV without header, in UTF-8: `landedColumns(contract)`, then `_file_id`. NULL is an unquoted empty
   * field, empty text is `""`. For `csv-stream`; see `openCsvStream` in `shared/parquet`.
   */
  openCsv(signal?: AbortSignal): Readable | Promise<Readable>;
}

/** A table found in a temp schema. */
export interface StagingTable {
  readonly relation: RelationName;
  readonly bytes: bigint;
  /** The stable relation that reads it now; such a table must stay. */
  readonly servesStable: RelationName | undefined;
}

/** Keys and hashes of landed rows, column by column; all arrays are of one length. */
export interface KeyBatch {
  /** One array per key field, in the contract's key order; values as PostgreSQL text (bytes as `\x…`). */
  readonly keys: readonly (readonly string[])[];
  readonly hashes: readonly string[];
}

/** How a slice of a pipeline stands, as SQL in the warehouse may read it (`penstock.penstock_slice_status`). */
export interface PublishedSliceStatus {
  readonly stream: string;
  readonly shard: string;
  readonly slice: string;
  readonly runId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly lastSuccessAt: string | null;
  readonly expectedEntities: number | null;
  readonly answeredEntities: number | null;
  readonly newestEventAt: string | null;
}

export interface StagingOptions {
  readonly signal?: AbortSignal;
}

export interface SwapOptions extends StagingOptions {
  /** Gives up after this many milliseconds of waiting for readers, default 60,000. */
  readonly giveUpAfterMs?: number;
}

/**
 * The loader's side of a warehouse: hashed temp tables, the stable relation, the probe for changes.
 *
 * Names are deterministic and every method may be repeated after a crash. Errors are PenstockErrors without row
 * values, or the signal's reason; after an abort no statement of ours goes on at the server.
 */
export interface StagingWarehouse {
  readonly kind: string;
  readonly capabilities: WarehouseCapabilities;

  /**
   * Makes the hashed table anew, in place of one of its name, and fills it from all files: whole or not at all.
   *
   * @returns rows per file id. A file that is empty counts 0.
   * @throws with the fact `fileId` when it is one file's fault; the others can be loaded without it.
   */
  loadHashedTable(
    relation: RelationName,
    contract: Contract,
    files: Iterable<FileToLoad> | AsyncIterable<FileToLoad>,
    options?: StagingOptions,
  ): Promise<Map<string, bigint>>;

  /** Rows per file id as they stand now; empty when the table is missing or was emptied by a crash. */
  countPerFile(relation: RelationName): Promise<Map<string, bigint>>;

  /** Points the stable relation at a hashed table. Readers see the old rows or the new, never an error or nothing. */
  swapStable(stable: RelationName, hashed: RelationName, options?: SwapOptions): Promise<void>;

  /** True as soon as one landed row is missing in `target` or has another `_row_hash`; also without target. */
  differsFrom(
    target: RelationName,
    contract: Contract,
    batches: AsyncIterable<KeyBatch>,
    options?: StagingOptions,
  ): Promise<boolean>;

  relationExists(relation: RelationName): Promise<boolean>;

  /** Idempotent. @throws WAREHOUSE_TABLE_IN_USE when a view reads it. */
  dropTable(relation: RelationName, options?: SwapOptions): Promise<void>;

  /** Tables of a temp schema, by name; none when the schema is not there. */
  listStagingTables(schema: string): Promise<StagingTable[]>;

  /** Replaces what the warehouse tells of a pipeline's slices; readers see the old or the new. */
  publishSliceStatus(pipeline: string, slices: readonly PublishedSliceStatus[]): Promise<void>;

  /** Problems in words: reachability, version, privileges. */
  check(): Promise<string[]>;

  close(): Promise<void>;
}
