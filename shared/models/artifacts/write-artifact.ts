import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes one JSON artifact beside its place and moves it there, so that a reader never finds half of it. */
export const writeArtifact = (folder: string, name: string, content: unknown): Promise<void> =>
  writeText(folder, name, JSON.stringify(content));

/** As {@link writeArtifact}, of any text. */
export async function writeText(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}.tmp`;
  await writeFile(aside, text);
  await rename(aside, path);
}
