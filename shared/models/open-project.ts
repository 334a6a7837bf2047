import { type LoadedProject, loadProject } from './load/load-project.ts';
import { problemsError } from './project/problems-error.ts';
import type { ProjectOptions } from './project/project.ts';

/**
 * Opens a dbt-style project for running: loaded, checked, every reference resolved.
 *
 * @param dir folder of `dbt_project.yml`.
 * @throws PenstockError `PROJECT_INVALID` listing every problem of the project with file, line and cause.
 */
export async function openProject(dir: string, options: ProjectOptions): Promise<LoadedProject> {
  const loaded = await loadProject(dir, options);
  if ('project' in loaded) return loaded.project;
  throw problemsError(loaded.problems);
}
