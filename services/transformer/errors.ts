import { defineErrors } from '#shared/errors/define-errors.ts';

export const transformerErrors = defineErrors({
  blockedByTests: {
    code: 'MERGE_BLOCKED_BY_TESTS',
    retry: 'terminal',
    actor: 'author',
    what: 'blocking tests failed on the loaded rows, so nothing was merged and no watermark moved',
    now: 'Look at the tests named with `penstock show <run>`, correct source or contract, and run again.',
  },
  modelsFailed: {
    code: 'MODELS_FAILED',
    retry: 'terminal',
    actor: 'author',
    what: 'no model of the run could be published',
    now: 'Look at the models named with `penstock show <run>`; what was published before stays as it was.',
  },
  noBronzeModel: {
    code: 'MERGE_NO_BRONZE_MODEL',
    retry: 'terminal',
    actor: 'author',
    what: 'the project has no bronze model of the stream’s name',
    now: 'Add models/bronze/<stream>.sql, reading source(landing, <stream>).',
  },
});
