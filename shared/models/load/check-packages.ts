import { addMissingPackages } from '../packages/missing-packages.ts';
import { checkProjectFile } from '../project/check-project-file.ts';
import type { ProjectPackage } from '../project/project-package.ts';
import type { ProblemList, ProjectProblem } from '../project/project-problem.ts';

/**
 * Checks, before anything is parsed, that every package is installed and that each project file can be used here.
 *
 * @param versionCheck false lets a project run that says it needs another version (`--no-version-check`).
 * @returns warnings of the root. Unless `isComplete`, packages are missing: parsing would only tell what follows from that.
 */
export async function checkPackages(
  packages: readonly ProjectPackage[],
  versionCheck: boolean,
  problems: ProblemList,
): Promise<{ warnings: ProjectProblem[]; isComplete: boolean }> {
  const [root, ...installed] = packages;
  if (root === undefined) return { warnings: [], isComplete: true };
  const before = problems.all().length;
  await addMissingPackages(root.dir, new Set(installed.map(({ name }) => name)), problems);
  const isComplete = problems.all().length === before;
  const checksVersion = versionCheck && root.settings.flags['version_check'] !== false;
  const warnings: ProjectProblem[] = [];
  for (const { dir, shown, isRoot } of packages) {
    const found = await checkProjectFile(dir, shown, checksVersion, problems);
    if (isRoot) warnings.push(...found);
  }
  return { warnings, isComplete };
}
