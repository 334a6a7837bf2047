import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

let found: string | undefined;

/**
 * Where unpacked server binaries and clusters live: one folder per machine user, outside the project.
 *
 * Root's must be world-readable, because root's servers run as someone else and the clone or root's home may
 * be closed to them.
 */
export function cacheFolder(): string {
  found ??= firstUsable(candidates());
  return found;
}

function candidates(): string[] {
  const uid = process.getuid?.() ?? 0;
  const inTemp = join(tmpdir(), `penstock-${uid}`);
  if (uid === 0) return ['/var/cache/penstock', inTemp];
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  return [join(homedir(), caches, 'penstock'), inTemp];
}

function firstUsable(folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      // A folder somebody else made in a shared place must not feed us binaries.
      if (lstatSync(folder).uid !== process.getuid?.() || !lstatSync(folder).isDirectory()) continue;
      accessSync(folder, constants.W_OK);
      chmodSync(folder, 0o755);
      return folder;
    } catch {
      // Not writable here: the next candidate.
    }
  }
  throw new Error(`none of these folders can be written: ${folders.join(', ')}`);
}
