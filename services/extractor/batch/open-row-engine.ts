import { join } from 'node:path';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';

/**
 * The engine of batches, with one thread: conversions are small and follow one another, and a second thread with a row group of its
 * own made them no sooner and a seventh dearer.
 */
export async function openRowEngine(workDir: string, releasers: Releasers): Promise<ParquetEngine> {
  const engine = await openParquetEngine({ workDir: join(workDir, 'duckdb-rows'), threads: 1 });
  releasers.add('row engine', () => engine.close());
  return engine;
}
