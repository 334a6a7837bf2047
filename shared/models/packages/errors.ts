import { defineErrors } from '#shared/errors/define-errors.ts';

/** What can go wrong when packages are installed. Facts never hold a token: addresses are shown as written, credentials replaced. */
export const packageErrors = defineErrors({
  notFetched: {
    code: 'PACKAGE_NOT_FETCHED',
    retry: 'unknown',
    actor: 'author',
    what: 'A package could not be fetched',
    now: 'Check address, revision and access; the packages installed before are still there',
  },
  kindUnsupported: {
    code: 'PACKAGE_KIND_UNSUPPORTED',
    retry: 'terminal',
    actor: 'author',
    what: 'Private packages are resolved by a hosted service and cannot be installed here',
    now: 'Name the package by git: and revision:',
  },
  twice: {
    code: 'PACKAGE_TWICE',
    retry: 'terminal',
    actor: 'author',
    what: 'Two different packages have one name',
    now: 'Ask for one of them',
  },
  conflict: {
    code: 'PACKAGE_CONFLICT',
    retry: 'terminal',
    actor: 'author',
    what: 'Nothing satisfies everyone who asks for a package',
    now: 'Change one of the versions or revisions asked for',
  },
  cycle: {
    code: 'PACKAGE_CYCLE',
    retry: 'terminal',
    actor: 'author',
    what: 'Packages ask for each other in a circle',
    now: 'Take one of them out of the packages.yml that closes the circle',
  },
  unsafe: {
    code: 'PACKAGE_UNSAFE',
    retry: 'terminal',
    actor: 'author',
    what: 'An archive would write or point outside its own folder',
    now: 'Do not use it; nothing of it was installed',
  },
  broken: {
    code: 'PACKAGE_BROKEN',
    retry: 'terminal',
    actor: 'author',
    what: 'What was fetched is no package',
    now: 'Check that address and subdirectory lead to a folder with dbt_project.yml',
  },
});
