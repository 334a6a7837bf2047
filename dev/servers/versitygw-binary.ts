import { existsSync } from 'node:fs';
import { glob, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../bootstrap/lock.mjs';
import { cacheFolder } from './cache-folder.ts';
import { findProgram } from './find-program.ts';
import { runCommand } from './run-command.ts';

const version = 'v1.8.0';
const module = `github.com/versity/versitygw/cmd/versitygw@${version}`;

/** Far beyond a slow build; a proxy that never answers must not hold a test run for ever. */
const buildTimeoutMs = 30 * 60_000;

/** Path of the S3 server that was built on this machine before, or undefined. */
export function findVersitygw(cache = cacheFolder()): string | undefined {
  const binary = binaryIn(cache);
  return existsSync(binary) ? binary : undefined;
}

/**
 * Builds the S3 server once per machine user, which takes two to four minutes; later calls only look. Everything Go
 * leaves behind (800 MB of modules and objects) is removed again.
 *
 * @param searchPath PATH to look for `go` in.
 * @param say receives one line when something takes long.
 * @returns path of the binary; undefined where there is no Go.
 * @throws DEV_SERVER_COMMAND_FAILED with Go's last words, e.g. when no module proxy can be reached.
 */
export async function buildVersitygw(
  searchPath: string,
  say: (line: string) => void,
  cache = cacheFolder(),
): Promise<string | undefined> {
  const there = findVersitygw(cache);
  if (there !== undefined) return there;
  if (findProgram('go', searchPath) === undefined) return undefined;
  const binary = binaryIn(cache);
  const busy = (): void => say('Another process is building the S3 server for tests; waiting for it.');
  await withLock(
    `${binary}.lock`,
    async () => {
      if (existsSync(binary)) return;
      say(`Building versitygw ${version}, the S3 server for tests, once (two to four minutes).`);
      await build(binary, searchPath);
    },
    busy,
  );
  return binary;
}

const binaryIn = (cache: string): string =>
  join(cache, 'versitygw', `${version}-${process.platform}-${process.arch}`);

async function build(binary: string, searchPath: string): Promise<void> {
  const aside = `${binary}.${process.pid}.part`;
  for await (const left of glob(`${binary}.*.part`)) await rm(left, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const settings = {
    PATH: searchPath,
    CGO_ENABLED: '0',
    // Without `-modcacherw` Go makes its modules read-only, and nobody could remove them.
    GOFLAGS: '-mod=mod -modcacherw',
    GOBIN: join(aside, 'bin'),
    GOMODCACHE: join(aside, 'modules'),
    GOCACHE: join(aside, 'objects'),
  };
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  try {
    // By `env`, so that proxy settings of the machine stay as they are.
    await runCommand('env', [...assignments, 'go', 'install', module], {}, buildTimeoutMs);
    await rename(join(aside, 'bin/versitygw'), binary);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
