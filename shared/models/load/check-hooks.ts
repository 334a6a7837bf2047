import type { Environment } from '#shared/template/create-environment.ts';
import { addTemplateProblem } from '../compile/macro-library.ts';
import type { ProjectPackage } from '../project/project-package.ts';
import { ProblemList } from '../project/project-problem.ts';
import { SETTINGS_FILE } from '../project/project-settings.ts';

/** Hooks of project files whose templates cannot be parsed: known before anything is run, not when the last node has ended. */
export function checkHooks(
  { settings, shown }: ProjectPackage,
  environment: Environment,
  problems: ProblemList,
): void {
  const file = `${shown}${SETTINGS_FILE}`;
  for (const occasion of ['onRunStart', 'onRunEnd'] as const) {
    for (const hook of settings[occasion]) {
      const found = new ProblemList();
      try {
        environment.parse(hook, file);
      } catch (error) {
        addTemplateProblem(error, file, found);
      }
      // Lines inside the hook's text are not lines of the file.
      for (const { cause } of found.all()) problems.add(file, settings.lines[occasion], cause);
    }
  }
}
