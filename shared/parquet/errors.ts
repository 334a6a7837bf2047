import { defineErrors } from '#shared/errors/define-errors.ts';

/** Errors of reading and writing Parquet. DuckDB's own messages quote values, so none is passed on. */
export const parquetErrors = defineErrors({
  csvUnreadable: {
    code: 'PARQUET_CSV_UNREADABLE',
    retry: 'terminal',
    actor: 'us',
    what: 'A part of source text could not be read as CSV with the contract’s columns',
    now: 'Compare the source query’s columns with the contract; text must be UTF-8.',
  },
  rowTooLong: {
    code: 'PARQUET_ROW_TOO_LONG',
    retry: 'terminal',
    actor: 'author',
    what: 'A row of source text is longer than can be read within the memory limit',
    now: 'Leave the long field out of the contract, or raise the memory limit of bulk conversion.',
  },
  rowsDiffer: {
    code: 'PARQUET_ROWS_DIFFER',
    retry: 'retryable',
    actor: 'us',
    what: 'A conversion did not account for every row it was given',
    now: 'Nothing was landed; the extraction is repeated.',
  },
  unreadable: {
    code: 'PARQUET_UNREADABLE',
    retry: 'terminal',
    actor: 'operator',
    what: 'A Parquet file could not be read to its end',
    now: 'Inspect the file in quarantine; release a good copy or discard it.',
  },
  outOfMemory: {
    code: 'PARQUET_OUT_OF_MEMORY',
    retry: 'retryable',
    actor: 'operator',
    what: 'DuckDB reached its memory limit',
    now: 'Raise the memory limit of bulk conversion, or lower the size of parts.',
  },
  outOfSpace: {
    code: 'PARQUET_OUT_OF_SPACE',
    retry: 'retryable',
    actor: 'operator',
    what: 'The work folder could not be written',
    now: 'Free space there or give the service another work folder.',
  },
  aborted: {
    code: 'PARQUET_ABORTED',
    retry: 'retryable',
    actor: 'us',
    what: 'A conversion was cancelled',
    now: 'It is repeated when its task runs again.',
  },
  engineClosed: {
    code: 'PARQUET_ENGINE_CLOSED',
    retry: 'retryable',
    actor: 'us',
    what: 'The Parquet engine is closed',
    now: 'The service is stopping; the task runs again after its start.',
  },
});
