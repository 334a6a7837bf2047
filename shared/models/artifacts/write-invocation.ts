import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { RunScope } from '../compile/render-scope.ts';
import type { NodeResult } from '../invoke/node-result.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { customEnvironment } from './artifact-metadata.ts';
import type { Dictionary } from './config-dictionary.ts';
import { ownFile } from './inner-path.ts';
import { type Compiled, manifestOf } from './manifest.ts';
import { runResultsOf } from './run-results.ts';
import { writeArtifact } from './write-artifact.ts';

/** An invocation to be written down. */
export interface InvocationArtifacts {
  readonly project: LoadedProject;
  readonly run: RunScope;
  /** Absolute; made when it is missing. */
  readonly targetDir: string;
  readonly results: readonly NodeResult[];
  readonly elapsedMs: number;
  /** Flags, as `run_results.json` keeps them; `which` is the command. */
  readonly args: Dictionary;
}

/** Writes compiled SQL, `manifest.json` and `run_results.json`. */
export async function writeInvocation(input: InvocationArtifacts): Promise<void> {
  const { project, run, targetDir, results, elapsedMs, args } = input;
  const compiled = await writeCompiled(project, targetDir, results).catch(async (error: unknown) => {
    if (!isInTheWay(error)) throw error;
    await rm(join(targetDir, 'compiled'), { recursive: true, force: true });
    return writeCompiled(project, targetDir, results);
  });
  const env = customEnvironment(project.scope.env);
  await Promise.all([
    writeArtifact(targetDir, 'manifest.json', manifestOf(project, run, compiled)),
    writeArtifact(targetDir, 'run_results.json', runResultsOf({ run, results, elapsedMs, args, env })),
  ]);
}

/** A file of an earlier invocation where a folder has to be now, or the other way round. */
const isInTheWay = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EEXIST', 'ENOTDIR', 'EISDIR'].includes(String(error.code));

/** Writes what was compiled below `compiled/<package>/<file>`, and tells where each is, relative to the project. */
async function writeCompiled(
  project: LoadedProject,
  targetDir: string,
  results: readonly NodeResult[],
): Promise<Map<string, Compiled>> {
  const files = filesOf(project);
  const shown = project.graph.settings.targetPath;
  const written = new Map<string, Compiled>();
  const folders = new Set<string>();
  const writes: (() => Promise<void>)[] = [];
  for (const { uniqueId, compiledCode } of results) {
    const file = files.get(uniqueId);
    if (compiledCode === null) continue;
    const path = file === undefined ? null : `${shown}/compiled/${file}`;
    written.set(uniqueId, { code: compiledCode, path });
    if (file === undefined) continue;
    const place = join(targetDir, 'compiled', file);
    folders.add(dirname(place));
    writes.push(() => writeFile(place, compiledCode));
  }
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await Promise.all(writes.map((write) => write()));
  return written;
}

/** `<package>/<file>` of every node that has SQL; a generic test stands below the file that declares it. */
function filesOf({ graph }: LoadedProject): Map<string, string> {
  const files = new Map<string, string>();
  for (const { uniqueId, packageName, originalFile, kind, name } of graph.models.values()) {
    // One file may hold several snapshots.
    const file = kind === 'snapshot' ? `${originalFile}/${name}.sql` : originalFile;
    if (kind !== 'seed') files.set(uniqueId, inside(`${packageName}/${file}`));
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
