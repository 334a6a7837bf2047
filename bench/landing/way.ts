import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { ProjectedRow } from '#shared/pipeline/project-row.ts';

/** What there is to write, and where. */
export interface WayInput {
  readonly engine: ParquetEngine;
  readonly contract: Contract;
  readonly rows: Iterable<ProjectedRow>;
  /** Scratch folder. */
  readonly folder: string;
  readonly outPath: string;
}

/** One way from rows that come one by one to a durable landing file with all its columns and a checksum. */
export type Way = (input: WayInput) => Promise<void>;

/** What every way stamps its rows with. */
export const STAMP = { cursor: '1793534400000000', version: '0000000000000000000000aa', slice: 's1/c-00001' };
