import { PenstockError } from '#shared/errors/penstock-error.ts';
import { parquetErrors } from './errors.ts';

/**
 * Classifies what DuckDB threw. Its messages quote values and whole lines of input, so only the kind of exception
 * (the words before the first colon) is kept, and no cause.
 */
export function duckdbFailure(error: unknown, signal?: AbortSignal): PenstockError {
  const message = error instanceof Error ? error.message : '';
  const kind = /^[A-Z][A-Za-z ]{2,40}(?= Error)/.exec(message)?.[0] ?? 'Unknown';
  if (signal?.aborted || kind === 'INTERRUPT') return new PenstockError(parquetErrors.aborted);
  if (kind === 'Out of Memory') return new PenstockError(parquetErrors.outOfMemory);
  if (/Maximum line size of \d+ bytes exceeded|^Not implemented Error: The Parallel CSV Reader/.test(message))
    return new PenstockError(parquetErrors.rowTooLong);
  if (/No space left|disk quota|max_temp_directory_size/i.test(message))
    return new PenstockError(parquetErrors.outOfSpace);
  const csv = /CSV/.test(message);
  return new PenstockError(csv ? parquetErrors.csvUnreadable : parquetErrors.unreadable, { duckdb: kind });
}
