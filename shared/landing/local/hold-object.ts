import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { landingErrors } from '../errors.ts';
import { classified, errnoOf } from './classify-file-error.ts';

/** A file system without hard links, or another one than the object's. */
const CANNOT_LINK: readonly (string | undefined)[] = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'];

/**
 * Gives an object's bytes a name of the reader's own, without copying them: another run may move the object while it is
 * read, and a file that vanishes under its reader would look broken.
 *
 * @returns the path, to be removed by the reader.
 * @throws LANDING_OBJECT_MISSING when nothing stands at `path`.
 */
export async function holdObject(key: string, path: string, workDir: string): Promise<string> {
  const held = join(workDir, `held-${randomUUID()}`);
  await classified({ key }, () => mkdir(workDir, { recursive: true }));
  try {
    await link(path, held);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw new PenstockError(landingErrors.objectMissing, { key });
    if (!CANNOT_LINK.includes(errnoOf(error))) return classified({ key }, () => Promise.reject(error));
    await classified({ key }, () => copyFile(path, held));
  }
  return held;
}
