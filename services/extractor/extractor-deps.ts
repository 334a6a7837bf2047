import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { ServiceRuntime } from '#shared/runtime/worker-runtime.ts';
import type { SourceSessions } from './source-sessions.ts';

/** What the extractor works with; opened by `service.ts`. */
export interface ExtractorDeps extends ServiceRuntime {
  readonly landing: LandingStore;
  readonly engine: ParquetEngine;
  readonly sources: SourceSessions;
  /** Folder of this process alone. */
  readonly workDir: string;
}
