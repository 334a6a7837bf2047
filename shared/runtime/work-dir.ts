import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Releasers } from '#shared/lifecycle/releasers.ts';

/**
 * Makes this process's own scratch folder and removes those that killed processes of this machine left behind.
 *
 * @param root shared by the processes of a machine.
 * @param processId see `newProcessId`: it carries host and pid.
 */
export async function makeWorkDir(root: string, processId: string, releasers: Releasers): Promise<string> {
  await mkdir(root, { recursive: true });
  await removeLeftBehind(root);
  const workDir = join(root, processId);
  await mkdir(workDir, { recursive: true });
  releasers.add('work folder', () => rm(workDir, { recursive: true, force: true }));
  return workDir;
}

async function removeLeftBehind(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = pidIn(name);
    if (pid !== undefined && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true });
  }
}

/** Only folders of this host: another machine's pid means nothing here. */
function pidIn(name: string): number | undefined {
  const marker = `-${hostname()}-`;
  const at = name.indexOf(marker);
  const pid = at < 0 ? undefined : /^(\d+)-[0-9a-f]{6}$/.exec(name.slice(at + marker.length))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
