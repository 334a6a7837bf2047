import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { WrittenBatch } from '#shared/parquet/convert-row-batch.ts';
import type { Logger } from '#shared/telemetry/logger.ts';
import type { Metrics } from '#shared/telemetry/metrics.ts';

/**
 * Tells who wrote a file: the module of rows, or DuckDB in its place, at five times the CPU, and why. Most reasons lie in what is stored; a
 * fault of the module is ours, and is warned of.
 */
export function tellWriter(
  { metrics, log }: { readonly metrics: Metrics; readonly log: Logger },
  { pipeline, stream }: Pick<ClaimedTask, 'pipeline' | 'stream'>,
  { otherWay }: Pick<WrittenBatch, 'otherWay'>,
): void {
  const writer = otherWay === null ? 'module' : 'duckdb';
  metrics.convertedFiles.inc({ pipeline, stream, writer, because: otherWay ?? 'none' });
  if (otherWay === 'module_fault')
    log.warn({ pipeline, stream }, 'the module that writes files failed; DuckDB wrote this one in its place');
}
