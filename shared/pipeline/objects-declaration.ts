import type { Contract } from './contract.ts';

/** A bucket of an object store. `PENSTOCK_SOURCE_<connection>_URL` is `s3://key:secret@host/bucket?region=…`. */
export interface ObjectSourceDeclaration {
  readonly kind: 'objects';
  readonly connection: string;
}

export type ObjectFormat = 'json' | 'ndjson' | 'csv' | 'parquet';

/** New objects of a bucket, each read once: known by key and ETag, not by date alone. */
export interface ObjectStreamDeclaration {
  readonly kind: 'objects';
  readonly source: string;
  /** Objects below it, e.g. `evaluations/`. */
  readonly prefix: string;
  /** Regular expression over the whole key; others are left alone. */
  readonly match: string;
  /** `by-name`: from the key's ending (`.json`, `.ndjson`, `.jsonl`, `.csv`, `.parquet`, each also with `.gz`). */
  readonly format: ObjectFormat | 'by-name';
  readonly contract: Contract;
  /** Where each contract field stands in a row; default its name. `$key` and `$modifiedAt` are the object's. */
  readonly map: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
  readonly version: 'ordinal';
  readonly maxRejectedRatio: number;
  readonly targetFileBytes: number;
  /** Larger objects are quarantined. */
  readonly maxObjectBytes: number;
}
