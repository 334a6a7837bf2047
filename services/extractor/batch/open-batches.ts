import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { ServiceRuntime } from '#shared/runtime/worker-runtime.ts';
import type { DroppedKeyBooks } from '../listed/dropped-key-books.ts';
import { landSlices, type ReadSlice } from './land-slices.ts';
import { SliceBatches } from './slice-batches.ts';

/** What landing slices together needs. */
export interface BatchDeps extends ServiceRuntime {
  readonly landing: LandingStore;
  readonly engine: ParquetEngine;
  readonly dropped: DroppedKeyBooks;
  /** Folder of this process alone. */
  readonly workDir: string;
}

export type RowBatches = SliceBatches<ReadSlice>;

/** A batch is waited with as long as slices keep coming, but never so long that who waits for a small customer would notice. */
const LIMITS = { idleMs: 500, shortestMs: 100, longestMs: 2_000, maxHeldBytes: 12 * 1024 * 1024 } as const;

/** Batches that land by way of Parquet, landing store and ledger. */
export const openBatches = (deps: BatchDeps): RowBatches => new SliceBatches(landSlices(deps), LIMITS);
