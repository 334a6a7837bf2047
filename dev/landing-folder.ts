import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import { cacheFolder } from './servers/cache-folder.ts';

const root = (): string => join(cacheFolder(), 'landing');

/** Landing folder of a platform whose data is kept. */
export const keptLandingFolder = (name: string): string => join(root(), name);

/**
 * Makes a landing folder of this process, removed on release, and removes those of processes that were killed.
 *
 * @returns its absolute path.
 */
export async function temporaryLandingFolder(releasers: Releasers): Promise<string> {
  await mkdir(root(), { recursive: true });
  for (const name of await readdir(root())) {
    const pid = /^tmp-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(root(), name), { recursive: true, force: true });
    }
  }
  const folder = join(root(), `tmp-${process.pid}`);
  await mkdir(folder, { recursive: true });
  releasers.add('landing folder', () => rm(folder, { recursive: true, force: true }));
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
