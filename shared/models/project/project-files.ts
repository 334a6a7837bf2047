import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file of the project with its text. */
export interface ProjectFile {
  /** Relative to the project's folder, with `/`. */
  readonly path: string;
  /** Relative to the configured folder it was found in (`models`, `macros`, …), with `/`. */
  readonly inner: string;
  readonly text: string;
}

/**
 * Reads every file with one of the endings below some folders of a project, sorted by path.
 *
 * @param folders relative to `dir`; one that does not exist has no files.
 * @param endings with dot, e.g. `['.yml', '.yaml']`.
 */
export async function readFilesBelow(
  dir: string,
  folders: readonly string[],
  endings: readonly string[],
): Promise<ProjectFile[]> {
  const found: ProjectFile[] = [];
  for (const folder of folders) {
    const root = join(dir, folder);
    const paths = (await pathsBelow(root)).filter((path) => endings.some((ending) => path.endsWith(ending)));
    for (const path of paths) {
      found.push({
        path: slashed(relative(dir, path)),
        inner: slashed(relative(root, path)),
        text: await readFile(path, 'utf8'),
      });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function pathsBelow(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

const slashed = (path: string): string => path.split(sep).join('/');
