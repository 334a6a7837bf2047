import { defineErrors } from '#shared/errors/define-errors.ts';

export const loadParquetErrors = defineErrors({
  noFiles: {
    code: 'LOAD_PARQUET_NO_FILES',
    retry: 'terminal',
    actor: 'operator',
    what: 'the folder holds no *.parquet file, or cannot be read',
    now: 'Name the folder that holds them; files in folders below it are not looked at.',
  },
  notParquet: {
    code: 'LOAD_PARQUET_NOT_PARQUET',
    retry: 'terminal',
    actor: 'operator',
    what: 'a file is not a readable Parquet file',
    now: 'Replace or remove it; nothing of it was loaded.',
  },
  noTable: {
    code: 'LOAD_PARQUET_NO_TABLE',
    retry: 'terminal',
    actor: 'operator',
    what: 'the database has no table of a file’s name',
    now: 'Create it, rename the file, or add --create-schema.',
  },
  noColumn: {
    code: 'LOAD_PARQUET_NO_COLUMN',
    retry: 'terminal',
    actor: 'operator',
    what: 'the table lacks columns that a file has',
    now: 'Add them to the table, or write the file without them; columns are matched by name.',
  },
  notExact: {
    code: 'LOAD_PARQUET_NOT_EXACT',
    retry: 'terminal',
    actor: 'operator',
    what: 'a column holds nanoseconds, which PostgreSQL would round',
    now: 'Write the file with microseconds; nothing of it was loaded.',
  },
  rowsDiffer: {
    code: 'LOAD_PARQUET_ROWS_DIFFER',
    retry: 'unknown',
    actor: 'us',
    what: 'PostgreSQL took another number of rows than the file holds',
    now: 'Nothing of the file was kept; load it again.',
  },
  noUrl: {
    code: 'LOAD_PARQUET_NO_URL',
    retry: 'terminal',
    actor: 'operator',
    what: 'there is no database to load into',
    now: 'Give --url, or set PENSTOCK_SOURCE_OLTP_URL.',
  },
});
