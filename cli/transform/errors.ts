import { defineErrors } from '#shared/errors/define-errors.ts';

/** What can be wrong with a transform command beside the project itself. */
export const transformErrors = defineErrors({
  noTarget: {
    code: 'TRANSFORM_NO_TARGET',
    retry: 'terminal',
    actor: 'operator',
    what: 'Nothing says which database the project is built in',
    now: 'Add a profiles.yml, or set --warehouse-url or PENSTOCK_WAREHOUSE_URL',
  },
  urlInvalid: {
    code: 'TRANSFORM_URL_INVALID',
    retry: 'terminal',
    actor: 'operator',
    what: 'The address of the warehouse is no URL of PostgreSQL',
    now: 'Write it as postgres://user:password@host:5432/database; special characters of a password as %40',
  },
  cannotRetry: {
    code: 'TRANSFORM_CANNOT_RETRY',
    retry: 'terminal',
    actor: 'operator',
    what: 'There is no earlier invocation of nodes to take up',
    now: 'Run build, run, test, seed or snapshot first, or name the folder of its run_results.json with --state',
  },
  docsMissing: {
    code: 'TRANSFORM_DOCS_MISSING',
    retry: 'terminal',
    actor: 'operator',
    what: 'There is no documentation to show in the folder',
    now: 'Run docs generate first, or name its folder with --target-path',
  },
  portTaken: {
    code: 'TRANSFORM_PORT_TAKEN',
    retry: 'terminal',
    actor: 'operator',
    what: 'The address cannot be listened on',
    now: 'Choose another with --port, or 0 for any that is free',
  },
  noProject: {
    code: 'TRANSFORM_NO_PROJECT',
    retry: 'terminal',
    actor: 'operator',
    what: 'The folder holds no dbt_project.yml that can be read',
    now: 'Name the folder of the project with --project-dir',
  },
  projectBroken: {
    code: 'TRANSFORM_PROJECT_BROKEN',
    retry: 'terminal',
    actor: 'author',
    what: 'The project has problems',
    now: 'Run `penstock transform parse`, which lists them',
  },
  cannotClean: {
    code: 'TRANSFORM_CANNOT_CLEAN',
    retry: 'terminal',
    actor: 'author',
    what: 'clean-targets names a folder outside of the project, or one that holds its sources; nothing was removed',
    now: 'Take it out of clean-targets in dbt_project.yml',
  },
  notOneNode: {
    code: 'TRANSFORM_NOT_ONE_NODE',
    retry: 'terminal',
    actor: 'operator',
    what: 'The selection must mean exactly one model, seed or snapshot',
    now: 'Narrow --select, or give a query with --inline',
  },
});
