import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from './errors.ts';
import { type LoadedProject, loadProject } from './load/load-project.ts';
import type { ProjectOptions } from './project/project.ts';
import { describeProblems } from './project/project-problem.ts';

/**
 * Opens a dbt-style project for running: loaded, checked, every reference resolved.
 *
 * @param dir folder of `dbt_project.yml`.
 * @throws PenstockError `PROJECT_INVALID` listing every problem of the project with file, line and cause.
 */
export async function openProject(dir: string, options: ProjectOptions): Promise<LoadedProject> {
  const loaded = await loadProject(dir, options);
  if ('project' in loaded) return loaded.project;
  const { problems } = loaded;
  throw new PenstockError(modelErrors.projectInvalid, {
    problems: problems.length,
    list: `\n  ${describeProblems(problems)}\n`,
  });
}
