import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, posix } from 'node:path';
import type { NodeResult } from '../invoke/node-result.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { ownFile } from './inner-path.ts';
import type { Compiled } from './manifest.ts';

/** Where code goes: what templates gave, and what was sent to the server to make the relation. */
type Folder = 'compiled' | 'run';

interface CodeFile {
  readonly folder: Folder;
  /** `<package>/<file>` */
  readonly file: string;
  readonly code: string;
}

/**
 * Writes SQL below `compiled/<package>/<file>` and `run/<package>/<file>`, one file for each batch of a microbatch model (`models/m/m_2024-01-05.sql`).
 *
 * @param targetDir absolute; made when it is missing.
 * @returns what was compiled, with its path relative to the project, by unique id.
 */
export async function writeCode(
  project: LoadedProject,
  targetDir: string,
  results: readonly NodeResult[],
): Promise<Map<string, Compiled>> {
  const places = filesOf(project);
  const files = results.flatMap((result) => codeFiles(result, places.get(result.uniqueId)));
  await writeAll(targetDir, files).catch(async (error: unknown) => {
    if (!isInTheWay(error)) throw error;
    for (const folder of ['compiled', 'run'])
      await rm(join(targetDir, folder), { recursive: true, force: true });
    await writeAll(targetDir, files);
  });
  const shown = project.graph.settings.targetPath;
  return new Map(
    results.flatMap(({ uniqueId, compiledCode: code }): [string, Compiled][] => {
      const file = places.get(uniqueId);
      return code === null ? [] : [[uniqueId, { code, path: file ? `${shown}/compiled/${file}` : null }]];
    }),
  );
}

function codeFiles(
  { compiledCode, executedCode, batchCode }: NodeResult,
  file: string | undefined,
): CodeFile[] {
  if (file === undefined) return [];
  const own = { compiledCode, executedCode: executedCode ?? null };
  const batches = [...(batchCode ?? [])].map(([name, code]) => ({ ...code, file: batchFile(file, name) }));
  return [{ ...own, file }, ...batches].flatMap((code) => [
    ...(code.compiledCode === null ? [] : [fileOf('compiled', code.file, code.compiledCode)]),
    ...(code.executedCode === null ? [] : [fileOf('run', code.file, code.executedCode)]),
  ]);
}

const fileOf = (folder: Folder, file: string, code: string): CodeFile => ({ folder, file, code });

function batchFile(file: string, batch: string): string {
  const { dir, name, ext } = posix.parse(file);
  return `${dir}/${name}/${name}_${batch}${ext}`;
}

async function writeAll(targetDir: string, files: readonly CodeFile[]): Promise<void> {
  const placed = files.map(({ folder, file, code }) => ({ place: join(targetDir, folder, file), code }));
  for (const folder of new Set(placed.map(({ place }) => dirname(place))))
    await mkdir(folder, { recursive: true });
  await Promise.all(placed.map(({ place, code }) => writeFile(place, code)));
}

/** A file of an earlier invocation where a folder has to be now, or the other way round. */
const isInTheWay = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EEXIST', 'ENOTDIR', 'EISDIR'].includes(String(error.code));

/** `<package>/<file>` of every node that has SQL; a generic test stands below the file that declares it. */
function filesOf({ graph }: LoadedProject): Map<string, string> {
  const files = new Map<string, string>();
  for (const { uniqueId, packageName, originalFile, kind, name } of graph.models.values()) {
    // One file may hold several snapshots.
    const file = kind === 'snapshot' ? `${originalFile}/${name}.sql` : originalFile;
    files.set(uniqueId, inside(`${packageName}/${file}`));
  }
  for (const test of graph.tests) {
    const file = ownFile(graph, test);
    const path = test.sql === undefined ? `${file}/${test.alias}.sql` : file;
    files.set(test.uniqueId, inside(`${test.packageName}/${path}`));
  }
  return files;
}

/** Names of tests may hold anything: none leads out of the folder. */
const inside = (path: string): string => normalize(`/${path}`).slice(1);
