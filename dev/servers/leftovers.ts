import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf, isAlive, listProcesses, signalIfAlive } from './process-tree.ts';

/**
 * Removes temporary server folders whose owner has died, stopping a server that still runs in one.
 *
 * The guard of each server normally does this; here is the second net, for a guard that was killed too.
 * Folders are named `<pid of the owner>-<random>`.
 */
export function sweepLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = Number(/^(\d+)-/.exec(name)?.[1]);
    if (!Number.isInteger(owner) || isAlive(owner)) continue;
    const left = join(folder, name);
    killServerOf(left);
    rmSync(left, { recursive: true, force: true });
  }
}

/** Kills the server, and its children, whose data folder this is. */
export function killServerOf(dataDir: string): void {
  const pid = serverPidOf(dataDir);
  if (pid === undefined) return;
  const family = [pid, ...childrenOf(pid).map((child) => child.pid)];
  for (const member of family) signalIfAlive(member, 'SIGKILL');
}

/**
 * The live server of a data folder, or undefined. Looks at command lines rather than trusting the pid file
 * alone, since a pid may have passed to another program.
 */
export function serverPidOf(dataDir: string): number | undefined {
  const noted = firstLineOf(join(dataDir, 'postmaster.pid'));
  const match = listProcesses().find(
    (one) => (one.pid === noted && one.command.includes('postgres')) || runsIn(one.command, dataDir),
  );
  return match?.pid;
}

function runsIn(command: string, dataDir: string): boolean {
  const marks = [`-D ${dataDir} `, `--dir ${dataDir} `, `posix ${dataDir}/`];
  return marks.some((mark) => command.includes(mark));
}

function firstLineOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
