import { defineErrors } from '#shared/errors/define-errors.ts';

/** Errors of the model engine. Facts never hold row values: not of tests, not of a database's `detail`. */
export const modelErrors = defineErrors({
  projectInvalid: {
    code: 'PROJECT_INVALID',
    retry: 'terminal',
    actor: 'author',
    what: 'The project cannot be used',
    now: 'Correct every line listed; nothing was run',
  },
  compileFailed: {
    code: 'MODEL_COMPILE_FAILED',
    retry: 'terminal',
    actor: 'author',
    what: 'A model or test does not compile',
    now: 'Correct the template at the place named',
  },
  unknownModel: {
    code: 'MODEL_UNKNOWN',
    retry: 'terminal',
    actor: 'author',
    what: 'No such model in the project',
    now: 'Check the name against the files below models/',
  },
  unknownSource: {
    code: 'MODEL_SOURCE_UNKNOWN',
    retry: 'terminal',
    actor: 'author',
    what: 'No such source table in the project',
    now: 'Declare it under sources: in a YAML file below models/',
  },
  selectorInvalid: {
    code: 'MODEL_SELECTOR_INVALID',
    retry: 'terminal',
    actor: 'operator',
    what: 'A selection cannot be understood',
    now: 'Use a model name, layer:, tag: or path:, with + before or after for what is above or below',
  },
  notBronze: {
    code: 'MODEL_NOT_VERSIONED',
    retry: 'terminal',
    actor: 'author',
    what: 'A bronze merge needs an incremental model with unique_key, version_column and hash_column',
    now: 'Set them in config() of the model',
  },
  hashedTableShort: {
    code: 'HASHED_TABLE_SHORT',
    retry: 'retryable',
    actor: 'us',
    what: 'The hashed table holds other row counts than its files, as after a database crash',
    now: 'Load the files again from landing or archive, then merge',
  },
  hashedTableMissing: {
    code: 'HASHED_TABLE_MISSING',
    retry: 'retryable',
    actor: 'us',
    what: 'The hashed table of this run is gone',
    now: 'Load the files again from landing or archive, then merge',
  },
  sourceColumnMissing: {
    code: 'BRONZE_COLUMN_MISSING',
    retry: 'terminal',
    actor: 'author',
    what: 'The model no longer selects a column that its table has or that the merge needs',
    now: 'Select it again, or rebuild the table with a full refresh',
  },
  schemaChanged: {
    code: 'MODEL_SCHEMA_CHANGED',
    retry: 'terminal',
    actor: 'author',
    what: 'The columns of an incremental model changed and on_schema_change is "fail"',
    now: 'Rebuild it with a full refresh, or set on_schema_change',
  },
  publishLocked: {
    code: 'PUBLISH_LOCKED',
    retry: 'retryable',
    actor: 'operator',
    what: 'The published tables stayed in use, so the swap gave way every time',
    now: 'End or wait for the sessions named, then run again; readers see the old tables meanwhile',
  },
  publishRefused: {
    code: 'PUBLISH_REFUSED',
    retry: 'terminal',
    actor: 'operator',
    what: 'A swap would silently drop something that is attached to the published table',
    now: 'Remove it, or make the model incremental or a view; the published table is unchanged',
  },
});
