import { execFile } from 'node:child_process';
import { mkdir, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { packageErrors } from './errors.ts';
import { staysInside } from './extract-tarball.ts';
import { withoutSecrets } from './without-secrets.ts';

const run = promisify(execFile);

/** What to fetch by git. */
export interface GitFetch {
  /** May hold a token; it never leaves this module. */
  readonly address: string;
  readonly shown: string;
  readonly revision: string | undefined;
  readonly subdirectory: string | undefined;
}

/**
 * Fetches one revision of a repository with the `git` on the path and leaves its files, without `.git`, in `folder`. Links that point
 * out of the package are left out.
 *
 * @param aside an empty folder to work in, on the same disk.
 * @returns the commit, and the links left out.
 * @throws PenstockError `PACKAGE_NOT_FETCHED`, `PACKAGE_BROKEN`
 */
export async function fetchGit(
  wanted: GitFetch,
  folder: string,
  aside: string,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<{ commit: string; leftOut: string[] }> {
  const clone = join(aside, 'clone');
  const git = gitIn(clone, wanted, env, signal);
  await mkdir(clone, { recursive: true });
  await git('init', '--quiet', '--template=');
  await git('remote', 'add', '--', 'origin', wanted.address);
  await checkOut(git, wanted);
  const commit = await git('rev-parse', 'HEAD');
  // It holds the address, and with it the token.
  await rm(join(clone, '.git'), { recursive: true, force: true });
  const found = join(clone, wanted.subdirectory ?? '');
  if (!(await isFolderIn(clone, found))) {
    const facts = { package: wanted.shown, subdirectory: wanted.subdirectory ?? '' };
    throw new PenstockError(packageErrors.broken, { ...facts, reason: 'there is no such folder' });
  }
  await rename(found, folder);
  return { commit, leftOut: await dropLinksOut(folder) };
}

type Git = (...args: string[]) => Promise<string>;

/** A shallow fetch of the one revision; where the server refuses that, as it may for a short commit, the whole history. */
async function checkOut(git: Git, { revision }: GitFetch): Promise<void> {
  const wanted = revision ?? 'HEAD';
  // A tag is meant before a branch of the same name, as in the original.
  for (const name of [`refs/tags/${wanted}`, wanted]) {
    const fetched = await git('fetch', '--quiet', '--depth=1', '--no-tags', 'origin', name).catch(
      () => undefined,
    );
    if (fetched === undefined) continue;
    await git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
    return;
  }
  await git('fetch', '--quiet', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*');
  await git('checkout', '--quiet', '--detach', wanted, '--');
}

function gitIn(
  clone: string,
  wanted: GitFetch,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Git {
  const options = {
    cwd: clone,
    env: { ...env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    maxBuffer: 16 * 1024 * 1024,
    ...(signal === undefined ? {} : { signal }),
  };
  return async (...args) => {
    try {
      const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never'];
      return (await run('git', [...safe, ...args], options)).stdout.trim();
    } catch (error) {
      signal?.throwIfAborted();
      throw new PenstockError(packageErrors.notFetched, {
        package: wanted.shown,
        revision: wanted.revision ?? 'its default branch',
        reason: reasonOf(error, wanted, env),
      });
    }
  };
}

/** The line that says why, with the address as it was written. */
function reasonOf(error: unknown, wanted: GitFetch, env: Readonly<Record<string, string>>): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'git is not on the PATH';
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((one) => /^(fatal|error|ERROR)/.test(one)) ?? lines.at(-1) ?? 'git failed';
  return withoutSecrets(line.replaceAll(wanted.address, wanted.shown), env);
}

/** Links do not count: a repository could name any folder of this machine by one. */
async function isFolderIn(clone: string, path: string): Promise<boolean> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return false;
  return (await realpath(path)) === join(await realpath(clone), relative(clone, path));
}

async function dropLinksOut(folder: string): Promise<string[]> {
  const leftOut: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const inner = relative(folder, path).split(sep).join('/');
    if (staysInside(inner, await readlink(path))) continue;
    await rm(path);
    leftOut.push(inner);
  }
  return leftOut;
}
