import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { NodeNamesData } from '../project/node-names.ts';
import type { ProjectGraph, ProjectOptions } from '../project/project.ts';
import type { ProjectPackage } from '../project/project-package.ts';
import type { ProjectProblem } from '../project/project-problem.ts';

/** What parsing gave, as it is kept. */
export interface ParsedGraph
  extends Omit<ProjectGraph, 'dir' | 'settings' | 'packages' | 'options' | 'names'> {
  readonly names: NodeNamesData;
  readonly warnings: readonly ProjectProblem[];
}

/** Kept results of one project with these files, variables, environment and target. */
export interface ParseCache {
  /** Undefined when nothing is kept, or something has changed since. */
  read(): ParsedGraph | undefined;
  /** A folder that cannot be written costs the next parse its time, nothing else. */
  write(graph: ParsedGraph): Promise<void>;
}

const FILE = 'penstock-parsed.bin';

/** Opens the cache in a folder. Every file's content counts, and the engine itself: nothing stale is ever read. */
export function openParseCache(
  folder: string,
  packages: readonly ProjectPackage[],
  options: ProjectOptions,
): ParseCache {
  const path = join(folder, FILE);
  const key = keyOf(packages, options);
  return {
    read: () => {
      try {
        const kept = deserialize(readFileSync(path)) as { readonly key: string; readonly graph: ParsedGraph };
        return kept.key === key ? kept.graph : undefined;
      } catch {
        return undefined;
      }
    },
    write: async (graph) => {
      const aside = `${path}.${process.pid}`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(aside, serialize({ key, graph }));
        await rename(aside, path);
      } catch {
        await rm(aside, { force: true });
      }
    },
  };
}

function keyOf(packages: readonly ProjectPackage[], { target, vars, env }: ProjectOptions): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([process.version, engineStamp(), target, vars ?? {}, env ?? {}]));
  for (const { dir, settings } of packages) {
    hash.update(`\0${dir}\0`).update(readFileSync(join(dir, 'dbt_project.yml')));
    for (const folder of foldersOf(settings)) {
      for (const path of filesBelow(join(dir, folder))) hash.update(`\0${path}\0`).update(readFileSync(path));
    }
  }
  return hash.digest('hex');
}

function foldersOf(settings: ProjectPackage['settings']): string[] {
  const { modelPaths, seedPaths, snapshotPaths, testPaths, macroPaths, analysisPaths, docsPaths } = settings;
  const all = [modelPaths, seedPaths, snapshotPaths, testPaths, macroPaths, analysisPaths, docsPaths].flat();
  return [...new Set(all)].sort();
}

function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

/** Changes with the engine's own files: what another version parsed is not trusted. */
function engineStamp(): string {
  const folders = ['../../models', '../../template'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const stats = folders.flatMap(filesBelow).map((path) => statSync(path));
  return `${stats.length} ${Math.max(...stats.map(({ mtimeMs }) => mtimeMs))} ${stats.reduce((sum, { size }) => sum + size, 0)}`;
}
