import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProblemList } from './project-problem.ts';
import { type ProjectSettings, readSettings } from './project-settings.ts';
import type { RenderYaml } from './read-project-yaml.ts';

/** One project among those that are loaded together: the root, or a package installed below it. */
export interface ProjectPackage {
  readonly name: string;
  readonly dir: string;
  /** Before paths in messages: `''` for the root, `dbt_packages/<folder>/` for a package. */
  readonly shown: string;
  readonly settings: ProjectSettings;
  readonly isRoot: boolean;
}

/** Reads the root's settings and those of every installed package, the root first. Empty when the root has none. */
export async function readPackages(
  dir: string,
  problems: ProblemList,
  render: RenderYaml,
): Promise<ProjectPackage[]> {
  const settings = await readSettings(dir, problems, render);
  if (settings === undefined) return [];
  const packages: ProjectPackage[] = [{ name: settings.name, dir, shown: '', settings, isRoot: true }];
  const installed = join(dir, settings.packagesInstallPath);
  for (const folder of await foldersIn(installed)) {
    const shown = `${settings.packagesInstallPath}/${folder}/`;
    const own = await readSettings(join(installed, folder), problems, render, shown);
    if (own === undefined) continue;
    const earlier = packages.find(({ name }) => name === own.name);
    if (earlier)
      problems.add(
        shown,
        1,
        `a package named ${own.name} is already at ${earlier.shown || 'the project itself'}`,
      );
    else packages.push({ name: own.name, dir: join(installed, folder), shown, settings: own, isRoot: false });
  }
  return packages;
}

async function foldersIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
