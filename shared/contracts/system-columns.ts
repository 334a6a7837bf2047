/** Columns the engine adds to every landed row, in file order, after the contract's fields. */
export const LANDED_SYSTEM_COLUMNS = ['_cursor', '_version', '_row_hash', '_slice'] as const;

/**
 * What each column holds. Types are the same in Parquet, temp tables and bronze.
 *
 * - `_cursor` BIGINT NULL: integer microseconds since 1970 UTC (timestamps, dates) or the integer itself.
 * - `_version` VARCHAR: fixed-width lower-case hex, compared bytewise (`COLLATE "C"`); larger is newer.
 * - `_row_hash` VARCHAR(32): md5 over the contract's fields only, see `shared/parquet`.
 * - `_slice` VARCHAR: slice key, `''` where a stream has one slice.
 */
export type LandedSystemColumn = (typeof LANDED_SYSTEM_COLUMNS)[number];

/** The column the loader adds to a hashed temp table: the ledger's id of the file a row came from. */
export const FILE_ID_COLUMN = '_file_id';
