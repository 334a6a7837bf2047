import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { runCommand } from './run-command.ts';
import type { ServerUser } from './server-user.ts';

/** Name of the file, beside PostgreSQL's own in a data folder, that holds the superuser's password. */
const passwordFile = 'penstock-password';

/** Raised when the arguments of initdb change, so that an older cached cluster isn't taken. */
const templateRevision = 1;

/**
 * Makes a data folder by copying a cluster that was initialised once per version: a fifth of initdb's time.
 * The folder must not exist; its parent must be writable by `user`.
 */
export async function copyTemplate(
  binaries: PostgresBinaries,
  user: ServerUser,
  dataDir: string,
): Promise<void> {
  const owner = user.uid === undefined ? 'own' : String(user.uid);
  const template = join(cacheFolder(), 'templates', `${binaries.version}-${templateRevision}-${owner}`);
  if (!existsSync(template)) await initialise(binaries, user, template);
  await makeServerFolder(dirname(dataDir), user);
  await runCommand('cp', ['-a', template, dataDir], user);
}

/** The password of the superuser `postgres` of a cluster made here. */
export async function clusterPassword(dataDir: string): Promise<string> {
  return (await readFile(join(dataDir, passwordFile), 'utf8')).trim();
}

/** Makes a folder that only the server's user may enter. */
export async function makeServerFolder(folder: string, user: ServerUser): Promise<void> {
  if (!existsSync(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
  // Also where it was there: whoever made it may not have come to this line yet.
  if (user.uid === undefined || user.gid === undefined || statSync(folder).uid === user.uid) return;
  chownSync(folder, user.uid, user.gid);
}

async function initialise(binaries: PostgresBinaries, user: ServerUser, template: string): Promise<void> {
  await makeServerFolder(dirname(template), user);
  const aside = `${template}.${process.pid}.part`;
  const secret = `${aside}.password`;
  await rm(aside, { recursive: true, force: true });
  await writeFile(secret, `${randomBytes(18).toString('hex')}\n`, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(secret, user.uid, user.gid);
  try {
    await runCommand(join(binaries.home, 'bin/initdb'), initdbArguments(aside, secret), user);
    await rename(secret, join(aside, passwordFile));
    await rename(aside, template);
  } catch (error) {
    // Another process may have finished the same template first: then ours is not needed.
    if (!existsSync(template)) throw error;
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(secret, { force: true });
  }
}

function initdbArguments(dataDir: string, secret: string): string[] {
  return [
    ...['-D', dataDir, '-U', 'postgres', '-E', 'UTF8', '--no-sync', '--no-instructions'],
    // The built-in provider sorts alike on every machine.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    // A superuser open to every local account would be a way in, hence a password. It has 144 random bits,
    // so one hashing round is enough and connecting stays fast.
    ...['--auth=scram-sha-256', `--pwfile=${secret}`, '-c', 'scram_iterations=1'],
    ...['-c', 'timezone=UTC', '-c', 'log_timezone=UTC'],
  ];
}
