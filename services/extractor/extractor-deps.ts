import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { ServiceRuntime } from '#shared/runtime/worker-runtime.ts';
import type { ApiSessions } from './api-sessions.ts';
import type { RowBatches } from './batch/open-batches.ts';
import type { DroppedKeyBooks } from './listed/dropped-key-books.ts';
import type { Projections } from './listed/projections.ts';
import type { SliceFacts } from './listed/slice-facts.ts';
import type { ObjectStores } from './object-stores.ts';
import type { SourceSessions } from './source-sessions.ts';

/** What the extractor works with; opened by `service.ts`. */
export interface ExtractorDeps extends ServiceRuntime {
  readonly landing: LandingStore;
  readonly engine: ParquetEngine;
  readonly sources: SourceSessions;
  readonly apis: ApiSessions;
  readonly stores: ObjectStores;
  /** Where complete slices of APIs wait to land together. */
  readonly batches: RowBatches;
  readonly dropped: DroppedKeyBooks;
  readonly projections: Projections;
  readonly facts: SliceFacts;
  /** Folder of this process alone. */
  readonly workDir: string;
}
